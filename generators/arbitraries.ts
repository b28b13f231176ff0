// plumbing: the generators as fast-check arbitraries, for property tests of others
import fc from 'fast-check';
import type { Code, Program } from '../spec/vocabulary/program.js';
import type { ValueType } from '../spec/wasm/types.js';
import type { Scenario } from '../spec/vocabulary/scenario.js';
import { reduceProgram, sublists } from './canister/reduce.js';
import type { GeneratorOptions } from './config.js';
import { Draw } from './draw.js';
import { caseFor } from './scenario/case-for.js';
import { assignment } from './scenario/plan.js';
import { typedStackCode, type CodeSurroundings } from './wasm/typed-stack.js';

/**
 * An arbitrary from a function that draws, and one that gives smaller values. Values shrink without a context: also those that
 * fast-check did not make, such as what was read from a file.
 */
class DrawnArbitrary<T> extends fc.Arbitrary<T> {
  constructor(
    private readonly make: (draw: Draw) => T,
    private readonly smaller: (value: T) => Iterable<T>,
  ) {
    super();
  }

  override generate(random: fc.Random): fc.Value<T> {
    return new fc.Value(this.make(new Draw(random)), undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is T {
    return true;
  }

  override shrink(value: T): fc.Stream<fc.Value<T>> {
    return fc.stream(wrapped(this.smaller(value)));
  }
}

function* wrapped<T>(values: Iterable<T>): IterableIterator<fc.Value<T>> {
  for (const value of values) yield new fc.Value(value, undefined);
}

/** An arbitrary of whatever a function draws. */
export function drawn<T>(make: (draw: Draw) => T, smaller: (value: T) => Iterable<T> = () => []): fc.Arbitrary<T> {
  return new DrawnArbitrary(make, smaller);
}

/** How far the plan is looked ahead by arbitraries: about ten of its rounds. */
const PLANNED = 10_000;

/** Scenarios as `generateCase` gives them, of any number of the plan. They shrink by steps and by programs. */
export function scenarioArbitrary(options: GeneratorOptions = {}): fc.Arbitrary<Scenario> {
  return drawn((draw) => caseFor(draw, assignment(draw.below(PLANNED), options), options).scenario, reduceScenario);
}

/** Programs as the scenarios' modules have them. */
export function programArbitrary(options: GeneratorOptions = {}): fc.Arbitrary<Program> {
  return drawn((draw) => {
    for (;;) {
      const { scenario } = caseFor(draw, assignment(draw.below(PLANNED), options), options);
      const programs = scenario.modules.flatMap((source) => (source.kind === 'program' ? [source.program] : []));
      if (programs.length > 0) return draw.pick(programs);
    }
  }, reduceProgram);
}

export interface DrawnCode {
  readonly code: Code;
  readonly locals: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Typed-stack code of up to so many steps, valid within its surroundings. */
export function codeArbitrary(around: CodeSurroundings, size = 40): fc.Arbitrary<DrawnCode> {
  return drawn((draw) => typedStackCode(draw, around, 0, draw.int(1, size)));
}

/** Scenarios with fewer steps, then with smaller programs. */
export function* reduceScenario(scenario: Scenario): Iterable<Scenario> {
  for (const steps of sublists(scenario.steps)) yield { ...scenario, steps };
  for (let i = 0; i < scenario.modules.length; i++) {
    const source = scenario.modules[i];
    if (source?.kind !== 'program') continue;
    for (const program of reduceProgram(source.program)) {
      const modules = scenario.modules.map((other, j) => (i === j ? { ...source, program } : other));
      yield { ...scenario, modules };
    }
  }
}
