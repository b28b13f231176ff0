// plumbing: drives one engine, or two in lockstep, through a scenario
import type { Engine } from '../../spec/vocabulary/engine.js';
import type { StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Choice, Scenario, Step, Stimulus } from '../../spec/vocabulary/scenario.js';
import { choiceByPick, choiceByPolicy, firstDifference } from './choices.js';
import { DEFAULT_POLICY, type Policy } from './policy.js';
import { setupStimuli } from './setup.js';

/** Which of the two engines is meant: the one under test, or the one that it is compared with. */
export type Side = 'target' | 'against';

/** One transition as both engines carried it out. */
export interface DrivenTransition {
  /** 0-based; -1: the setup. */
  readonly step: number;
  /** Number of the transition within the run, from 0. */
  readonly index: number;
  readonly actual: TransitionRecord;
  /** Absent when one engine runs alone. */
  readonly expected?: TransitionRecord | undefined;
  /** Absent for choices. */
  readonly outcome?: { readonly actual: StimulusOutcome; readonly expected?: StimulusOutcome | undefined };
}

/** The engines disagree about what may happen next. */
export interface EnabledDifference {
  readonly step: number;
  /** Number of transitions so far. */
  readonly index: number;
  readonly actual: Choice | undefined;
  readonly expected: Choice | undefined;
}

/** What a run tells; an answer of false ends it. */
export interface Observer {
  transition(transition: DrivenTransition): boolean;
  enabledDiffer(difference: EnabledDifference): boolean;
}

/**
 * `quiescent`: all steps done, nothing left that the policy would do; `held`: all steps done, the last one holds messages
 * back; `transition-limit`: a step caused too many transitions; `stopped`: the observer ended the run.
 */
export type RunEnd = 'quiescent' | 'held' | 'transition-limit' | 'stopped';

/** Something that an engine threw, with the side that threw it. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
  constructor(
    readonly side: Side,
    override readonly cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/**
 * Runs a scenario. Choices come from the list of the engine under test; both engines take the same ones.
 * @throws EngineFailure with whatever an engine throws
 */
export function drive(
  scenario: Scenario,
  target: Engine,
  against: Engine | undefined,
  observer: Observer,
  policy: Policy = DEFAULT_POLICY,
): RunEnd {
  return new Drive(target, against, observer, policy).scenario(scenario);
}

/** One run of a scenario. What returns a boolean says whether the run goes on: false where the observer ends it. */
class Drive {
  private index = 0;
  private step = -1;

  constructor(
    private readonly target: Engine,
    private readonly against: Engine | undefined,
    private readonly observer: Observer,
    private readonly policy: Policy,
  ) {}

  scenario({ setup, steps }: Scenario): RunEnd {
    for (const stimulus of setupStimuli(setup)) {
      if (!this.submit(stimulus)) return 'stopped';
    }
    for (const step of steps) {
      this.step += 1;
      const end = this.oneStep(step);
      if (end !== undefined) return end;
    }
    return steps.at(-1)?.hold === true ? 'held' : 'quiescent';
  }

  /** The stimulus, the picks, and then what the policy would do. @returns undefined where the run goes on */
  private oneStep({ stimulus, picks = [], hold }: Step): RunEnd | undefined {
    if (stimulus !== undefined && !this.submit(stimulus)) return 'stopped';
    let transitions = 0;
    for (const pick of picks) {
      const choices = this.enabled();
      if (choices === undefined) return 'stopped';
      const choice = choiceByPick(pick, choices);
      if (choice === undefined) continue;
      if (!this.take(choice)) return 'stopped';
      transitions += 1;
    }
    if (hold === true) return undefined;
    for (;;) {
      const choices = this.enabled();
      if (choices === undefined) return 'stopped';
      const choice = choiceByPolicy(this.policy, choices);
      if (choice === undefined) return undefined;
      if (transitions >= this.policy.transitionsPerStep) return 'transition-limit';
      if (!this.take(choice)) return 'stopped';
      transitions += 1;
    }
  }

  private submit(stimulus: Stimulus): boolean {
    const [actual, expected] = this.both((engine) => engine.submit(stimulus));
    return this.observer.transition({
      step: this.step,
      index: this.index++,
      actual: actual.transition,
      expected: expected?.transition,
      outcome: { actual: actual.outcome, expected: expected?.outcome },
    });
  }

  private take(choice: Choice): boolean {
    const [actual, expected] = this.both((engine) => engine.take(choice));
    return this.observer.transition({ step: this.step, index: this.index++, actual, expected });
  }

  /** What may happen next, or undefined when the observer ends the run over a difference. */
  private enabled(): readonly Choice[] | undefined {
    const [actual, expected] = this.both((engine) => engine.enabled());
    const difference = expected && firstDifference(actual, expected);
    if (difference === undefined) return actual;
    const { step, index } = this;
    const goesOn = this.observer.enabledDiffer({ step, index, actual: difference.a, expected: difference.b });
    return goesOn ? actual : undefined;
  }

  /** Asks the engine under test, and then the other one. */
  private both<T>(ask: (engine: Engine) => T): readonly [T, T | undefined] {
    const actual = asked('target', this.target, ask);
    return [actual, this.against && asked('against', this.against, ask)];
  }
}

/** @throws EngineFailure, so that it is known who threw */
function asked<T>(side: Side, engine: Engine, ask: (engine: Engine) => T): T {
  try {
    return ask(engine);
  } catch (cause) {
    throw new EngineFailure(side, cause);
  }
}
