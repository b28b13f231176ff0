// plumbing: runs one case — a scenario on the engine under test, compared with another engine, judged by the oracle
import { Crash, HostLimit, type Engine, type EngineFactory } from '../../spec/vocabulary/engine.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import type { Tier } from '../../spec/vocabulary/verdict.js';
import { Oracle } from '../oracle/oracle.js';
import { Tally } from '../oracle/reached.js';
import { drive, EngineFailure, type Side } from '../scheduler/drive.js';
import { compileModules } from '../../generators/index.js';
import { TargetFault, TargetSkip } from '../target.js';
import type { CaseResult } from '../types.js';
import { Recording } from './recording.js';

/** How one case is run and judged. */
export interface RunCaseOptions {
  /** The engine under test. */
  readonly target: EngineFactory;
  /** What it is compared with; absent: laws only. */
  readonly against?: EngineFactory;
  /** Instead of the profile that the scenario names. */
  readonly profile?: Profile;
  /** Ceiling of what is asserted; default `differential`: these are engines, and `run` says `spec` for targets that are not ours. */
  readonly tier?: Tier;
  /** Keep every transition in the result. */
  readonly observe?: boolean;
}

/** A scenario that cannot be run: it names a profile that does not exist. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

const NOTHING_REACHED = new Tally().reached;

/**
 * A case on its way. Each engine goes through the whole case before the next one does, and the oracle through what was recorded: code
 * that runs for a while at a time is in the processor's caches, so whoever runs many cases takes each step with all of them
 * (docs/performance.md).
 */
export class CaseRun {
  readonly #profile: Profile;
  readonly #modules: readonly Uint8Array[] = [];
  #target: Recording | undefined;
  #against: Recording | undefined;
  /** What was thrown before there could be engines. */
  readonly #broken: { readonly error: unknown } | undefined;

  /** @throws ScenarioError when the scenario names an unknown profile */
  constructor(
    private readonly scenario: Scenario,
    private readonly options: RunCaseOptions,
  ) {
    const profile = options.profile ?? profileNamed(scenario.profile);
    if (profile === undefined) throw new ScenarioError(`there is no profile ${JSON.stringify(scenario.profile)}`);
    this.#profile = profile;
    try {
      this.#modules = compileModules(scenario);
    } catch (error) {
      this.#broken = { error };
    }
  }

  /** First: the engine under test, which chooses. */
  lead(): void {
    this.#target = this.#recorded(this.options.target);
  }

  /** Then: the engine that it is compared with, which takes the same choices. */
  follow(): void {
    if (this.options.against !== undefined) this.#against = this.#recorded(this.options.against, this.#target);
  }

  #recorded(factory: EngineFactory, leader?: Recording): Recording {
    const { time } = this.scenario.setup;
    const start = () => factory({ profile: this.#profile, time, modules: this.#modules, trace: true });
    return Recording.of(this.scenario, start, leader);
  }

  /** In the end. Whatever an engine threw becomes a verdict: a host limit is `poisoned`, everything else `errored`. */
  judge(): CaseResult {
    const { tier = 'differential', observe = false } = this.options;
    let oracle: Oracle | undefined;
    try {
      if (this.#broken !== undefined) throw this.#broken.error;
      const target = replayed('target', this.#target);
      const against = this.#against && replayed('against', this.#against);
      oracle = new Oracle(target, against, { profile: this.#profile, modules: this.#modules, tier, observe });
      const end = drive(this.scenario, target, against, oracle);
      if (end !== 'stopped') oracle.end(end);
      return this.#result(oracle, oracle.failures.length > 0 ? 'fail' : 'pass');
    } catch (error) {
      return this.#result(oracle, ...verdictOf(error));
    }
  }

  #result(judge: Oracle | undefined, verdict: CaseResult['verdict'], reason?: string): CaseResult {
    return {
      verdict,
      ...(reason !== undefined && { reason }),
      failures: verdict === 'fail' ? (judge?.failures ?? []) : [],
      reached: judge?.tally.reached ?? NOTHING_REACHED,
      ...(this.options.observe === true && { observed: judge?.observed ?? [] }),
    };
  }
}

/** The engine of a recording. */
function replayed(side: Side, recording: Recording | undefined): Engine {
  if (recording === undefined) throw new Crash('a case was judged before it was run');
  try {
    return recording.replay();
  } catch (error) {
    throw new EngineFailure(side, error);
  }
}

/**
 * Runs a case.
 * @throws ScenarioError when the scenario names an unknown profile
 */
export function runCase(scenario: Scenario, options: RunCaseOptions): CaseResult {
  const run = new CaseRun(scenario, options);
  run.lead();
  run.follow();
  return run.judge();
}

function verdictOf(error: unknown): [CaseResult['verdict'], string] {
  const cause = error instanceof EngineFailure ? error.cause : error;
  const where = error instanceof EngineFailure ? (error.side === 'target' ? 'target: ' : 'other engine: ') : '';
  if (cause instanceof TargetSkip) return ['skipped', cause.message];
  if (cause instanceof HostLimit) return ['poisoned', `${where}host limit: ${cause.message}`];
  if (cause instanceof Crash) return ['errored', `${where}crash: ${cause.message}`];
  // Its message says whose fault it is.
  if (cause instanceof TargetFault) return ['errored', cause.message];
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return ['errored', `${where}${text}`];
}
