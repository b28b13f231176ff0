// plumbing: runs one case — a scenario on the engine under test, compared with another engine, judged by the oracle
import { Crash, HostLimit, type Engine, type EngineFactory, type EngineOptions } from '../../spec/vocabulary/engine.js';
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
 * Runs a case. Whatever an engine throws becomes a verdict: a host limit is `poisoned`, everything else `errored`.
 * @throws ScenarioError when the scenario names an unknown profile
 */
export function runCase(scenario: Scenario, options: RunCaseOptions): CaseResult {
  const profile = options.profile ?? profileNamed(scenario.profile);
  if (profile === undefined) throw new ScenarioError(`there is no profile ${JSON.stringify(scenario.profile)}`);
  const engines: Engine[] = [];
  const start = (side: Side, factory: EngineFactory, engineOptions: EngineOptions): Engine => {
    try {
      const engine = factory(engineOptions);
      engines.push(engine);
      return engine;
    } catch (error) {
      throw new EngineFailure(side, error);
    }
  };

  let oracle: Oracle | undefined;
  try {
    const engineOptions = { profile, time: scenario.setup.time, modules: compileModules(scenario), trace: true };
    const target = start('target', options.target, engineOptions);
    const against = options.against && start('against', options.against, engineOptions);
    oracle = new Oracle(target, against, {
      profile,
      tier: options.tier ?? 'differential',
      observe: options.observe ?? false,
    });
    const end = drive(scenario, target, against, oracle);
    if (end !== 'stopped') oracle.end(end);
    const { failures } = oracle;
    return result(oracle, failures.length > 0 ? 'fail' : 'pass');
  } catch (error) {
    return result(oracle, ...verdictOf(error));
  } finally {
    for (const engine of engines) engine.dispose();
  }

  function result(judge: Oracle | undefined, verdict: CaseResult['verdict'], reason?: string): CaseResult {
    return {
      verdict,
      ...(reason !== undefined && { reason }),
      failures: verdict === 'fail' ? (judge?.failures ?? []) : [],
      reached: judge?.tally.reached ?? NOTHING_REACHED,
      ...(options.observe === true && { observed: judge?.observed ?? [] }),
    };
  }
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
