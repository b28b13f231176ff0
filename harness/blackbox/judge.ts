// plumbing: judges a target that shows replies, rejects and status only
import { Crash, HostLimit, type EngineFactory } from '../../spec/vocabulary/engine.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { REJECT_CODES } from '../../spec/reject-codes.js';
import type { TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import type { ClauseId, Verdict } from '../../spec/vocabulary/verdict.js';
import { compileModules, printProgram } from '../../generators/index.js';
import { attribute } from '../oracle/attribution.js';
import type { Divergence } from '../oracle/divergence.js';
import { phaseOf } from '../oracle/differential.js';
import { Tally } from '../oracle/reached.js';
import type { Capabilities } from '../protocol/messages.js';
import { TargetSkip } from '../target.js';
import type { Answerer } from '../targets/stdio/channel.js';
import type { CaseResult, Failure, ObservedTransition } from '../types.js';
import { FREEDOMS } from './freedoms.js';
import { sightKey, strokesOf, type Sight, type Stroke } from './observation.js';
import { runModel, runTarget, type ModelRun } from './runs.js';

export interface BlackBox {
  readonly target: Answerer;
  readonly capabilities: Capabilities;
  /** The reference model. */
  readonly model: EngineFactory;
}

/** What all runs of the model agree on, and what they do not. */
interface Expectation {
  readonly values: ReadonlySet<string>;
  /** Present in every run. */
  readonly always: boolean;
}

/**
 * Runs a scenario on a black box and compares what is seen with runs of the model under every freedom of the table. Only what is
 * the same in all of these runs is required of the target; where they differ nothing is asserted.
 * @param observe return the transitions of the model's usual run, since the target shows none
 */
export function judgeBlackBox(
  scenario: Scenario,
  { target, capabilities, model }: BlackBox,
  profile: Profile,
  observe = false,
): CaseResult {
  const tally = new Tally();
  let usual: ModelRun | undefined;
  const result = (verdict: Verdict, reason?: string, failures: readonly Failure[] = []): CaseResult => ({
    verdict,
    ...(reason !== undefined && { reason }),
    failures,
    reached: tally.reached,
    ...(observe && { observed: observedIn(usual, strokes) }),
  });
  const all = strokesOf(scenario);
  // Steps that the target cannot be asked for are left out on both sides: what is left is a scenario too.
  const strokes = all.filter((stroke) => canDo(stroke, capabilities));
  const left = strokes.some(({ step }) => step >= 0);
  try {
    const lacking = lackOf(scenario, capabilities);
    if (lacking !== undefined) return result('skipped', lacking);
    const modules = compileModules(scenario);
    const concerned = FREEDOMS.filter(({ concerns }) => concerns === undefined || concerns(scenario));
    const runs: ModelRun[] = [];
    for (const freedom of concerned) {
      const run = runModel(model, strokes, scenario, profile, modules, freedom);
      if (run === undefined) return result('skipped', 'the canisters do not come to rest');
      runs.push(run);
    }
    usual = runs[0];
    if (usual === undefined) throw new Crash('the table of freedoms is empty');

    const judge = new Judge(strokes, expectationsOf(runs), usual, tally);
    runTarget(target, strokes, scenario, profile.name, modules, (sight) => judge.see(sight));
    judge.end();
    if (judge.failure !== undefined) return result('fail', undefined, [judge.failure]);
    if (judge.excuse !== undefined) return result('poisoned', judge.excuse);
    if (!left && all.length > strokes.length) return result('skipped', 'the target can do none of the steps');
    return result('pass');
  } catch (error) {
    if (error instanceof TargetSkip) return result('skipped', error.message);
    if (error instanceof HostLimit) return result('poisoned', `host limit: ${error.message}`);
    return result('errored', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
}

function observedIn(run: ModelRun | undefined, strokes: readonly Stroke[]): readonly ObservedTransition[] {
  return (run?.transitions ?? []).flatMap((records, stroke) =>
    records.map((actual) => ({ step: strokes[stroke]?.step ?? -1, actual })),
  );
}

/** Whether the target can be asked for the stimulus. */
function canDo({ stimulus }: Stroke, { stimuli, time }: Capabilities): boolean {
  return stimuli.includes(stimulus.kind) && (stimulus.kind !== 'advance-time' || time);
}

/** Why the target cannot run the scenario at all; undefined: it can. */
function lackOf(scenario: Scenario, { stimuli, widths, imports }: Capabilities): string | undefined {
  for (const { stimulus } of strokesOf({ ...scenario, steps: [] })) {
    if (!stimuli.includes(stimulus.kind)) return `the target has no stimulus ${stimulus.kind}`;
  }
  for (const module of scenario.modules) {
    if (module.kind !== 'program') continue;
    const { width } = module.program;
    if (!widths.includes(width)) return `the target has no ${width === 'i32' ? 'wasm32' : 'wasm64'}`;
    if (imports === undefined) continue;
    // A program's text names every System API function that it calls.
    for (const [, name] of printProgram(module.program).matchAll(/\bic0\.(\w+)/g)) {
      if (name !== undefined && !imports.includes(name)) return `the target does not know the import ${name}`;
    }
  }
  return undefined;
}

function expectationsOf(runs: readonly ModelRun[]): ReadonlyMap<string, Expectation> {
  const values = new Map<string, string[]>();
  for (const { sights } of runs) {
    for (const sight of sights) values.set(sightKey(sight), [...(values.get(sightKey(sight)) ?? []), sight.value]);
  }
  return new Map(
    [...values].map(([key, seen]) => [key, { values: new Set(seen), always: seen.length === runs.length }]),
  );
}

/** What differs, as the oracle calls it. */
const KINDS: Readonly<Record<Sight['what'], string>> = {
  outcome: 'stimulusOutcome',
  response: 'ended',
  status: 'status',
};

/** Follows a run of the target. */
class Judge {
  failure: Failure | undefined;
  /** Why the target may have gone another way, legally. */
  excuse: string | undefined;
  readonly #seen = new Set<string>();

  constructor(
    private readonly strokes: readonly Stroke[],
    private readonly expectations: ReadonlyMap<string, Expectation>,
    private readonly usual: ModelRun,
    private readonly tally: Tally,
  ) {}

  /** false: there is nothing more to be learned. */
  see(sight: Sight): boolean {
    const key = sightKey(sight);
    this.#seen.add(key);
    const expectation = this.expectations.get(key);
    if (expectation === undefined) return this.#differ(sight, 'nothing', sight.value);
    const [only] = expectation.values;
    if (expectation.values.size > 1 || !expectation.always || only === undefined) return true;
    this.tally.clause(this.#clause(sight));
    return only === sight.value || this.#differ(sight, only, sight.value);
  }

  /** Requests that all runs of the model end must have ended. */
  end(): void {
    if (this.failure !== undefined || this.excuse !== undefined) return;
    for (const sight of this.usual.sights) {
      const expectation = this.expectations.get(sightKey(sight));
      if (expectation?.always === true && !this.#seen.has(sightKey(sight))) {
        this.#differ(sight, [...expectation.values].join(' or '), 'no response');
        return;
      }
    }
  }

  #differ(sight: Sight, expected: string, actual: string): false {
    const { SYS_FATAL, SYS_TRANSIENT } = REJECT_CODES;
    if (sight.rejectCode === SYS_FATAL || sight.rejectCode === SYS_TRANSIENT) {
      this.excuse = 'the target rejected a call by itself, as it may';
      return false;
    }
    const stroke = this.strokes[sight.stroke];
    this.failure = {
      rule: this.#clause(sight),
      tier: 'spec',
      kind: KINDS[sight.what],
      step: stroke?.step ?? -1,
      transition: this.usual.transitions.slice(0, sight.stroke + 1).reduce((sum, list) => sum + list.length, 0) - 1,
      expected,
      actual,
    };
    return false;
  }

  /** The clause of what should have been seen: told by the last execution that trapped, or by the stimulus. */
  #clause({ stroke, what }: Sight): ClauseId {
    const records = this.usual.transitions[stroke] ?? [];
    const record = records.findLast(({ executions }) => executions.length > 0) ?? records[0];
    if (record === undefined) throw new Crash('a stroke without a transition');
    return attribute(divergenceOf(record, what));
  }
}

/** What is seen, in the words of the attribution table. */
function divergenceOf(record: TransitionRecord, what: Sight['what']): Divergence {
  const execution = record.executions.findLast(({ outcome }) => outcome.kind === 'trapped') ?? record.executions.at(-1);
  const last = execution?.trace.at(-1);
  const cause = record.cause.kind;
  const common = { expected: '', actual: '', aspects: new Set<never>(), phase: phaseOf(record), cause } as const;
  if (execution === undefined) return { ...common, kind: what === 'status' ? 'status' : 'stimulusOutcome' };
  const of = { ...common, canister: execution.canister, entryPoint: execution.entryPoint };
  if (last?.trap !== undefined) return { ...of, kind: 'systemCallTrap', import: last.name, expectedTrap: last.trap };
  if (execution.outcome.kind === 'trapped') return { ...of, kind: 'outcome', expectedTrap: execution.outcome.trap };
  if (what === 'status') return { ...of, kind: 'status' };
  return { ...of, kind: 'response', ...(last !== undefined && { import: last.name }) };
}
