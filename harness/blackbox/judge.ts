// plumbing: judges a target that shows replies, rejects and status only
import { HostLimit } from '../../spec/vocabulary/engine.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { REJECT_CODES } from '../../spec/reject-codes.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import type { Verdict } from '../../spec/vocabulary/verdict.js';
import { compileModules, printProgram } from '../../generators/index.js';
import { Tally } from '../oracle/reached.js';
import type { Capabilities } from '../protocol/messages.js';
import { TargetFault, TargetSkip } from '../target.js';
import type { Answerer } from '../targets/stdio/channel.js';
import type { CaseResult, Failure, ObservedTransition } from '../types.js';
import { blame } from './blame.js';
import { Expectations, Restless } from './expectations.js';
import { figuresText } from './figures.js';
import { canTell, observable, withoutHeartbeats } from './observable.js';
import { withCertainCode, withKnownCalls } from './known-calls.js';
import { neverRunIn, usableImports, withKnownEntryPoints } from './known-entry-points.js';
import { leaveOut } from './leave-out.js';
import {
  describe,
  NO_CERTIFIED_DATA,
  placeOf,
  sightKey,
  strokesOf,
  withoutStrokes,
  type Sight,
  type Stroke,
} from './observation.js';
import { reasonText } from './ambiguities.js';
import type { BoxTier, Play } from './play.js';
import { runTarget } from './target-run.js';

export interface BlackBox {
  readonly target: Answerer;
  readonly capabilities: Capabilities;
}

const NOTHING_REACHED = new Tally().reached;

export interface JudgeOptions {
  /** Whether the target must follow the profile, too; spec if absent. */
  readonly tier?: BoxTier;
  /** Return the transitions of the model's usual run, since the target shows none. */
  readonly observe?: boolean;
}

/**
 * Runs a scenario on a black box and says whether what is seen is something that the specification allows: whether some run of the
 * model, with what is open filled in and decided in one of many ways, shows the same.
 */
export function judgeBlackBox(
  scenario: Scenario,
  { target, capabilities }: BlackBox,
  profile: Profile,
  { tier = 'spec', observe = false }: JudgeOptions = {},
): CaseResult {
  let prepared: Prepared | CaseResult;
  try {
    prepared = prepare(scenario, capabilities, profile, { tier });
  } catch (error) {
    return { ...verdictOf(error), failures: [], reached: NOTHING_REACHED };
  }
  if ('verdict' in prepared) return prepared;
  const result = judgePrepared(prepared, target);
  return observe ? { ...result, observed: observedIn(prepared) } : result;
}

/** A case for black boxes of certain capabilities. It can be judged on many targets. */
export interface Prepared {
  readonly play: Play;
  readonly expectations: Expectations;
  /** Why steps were left out, once for each. */
  readonly leftOut: readonly string[];
}

/**
 * What is to be done, and what may be seen; or why a target of these capabilities cannot run the case.
 * @param options `tier`: whether the target must follow the profile, too.
 * `all`: also steps after which nothing can be asserted; otherwise they are left out, for the sake of what comes after them.
 * `certificates`: whether certificates are asked for, which whoever looks at replies must be able to read
 * @throws HostLimit, Crash
 */
export function prepare(
  given: Scenario,
  capabilities: Capabilities,
  profile: Profile,
  {
    tier = 'spec',
    all = false,
    certificates = true,
  }: { readonly tier?: BoxTier; readonly all?: boolean; readonly certificates?: boolean } = {},
): Prepared | CaseResult {
  const imports = usableImports(capabilities);
  const can = canTell(imports);
  const { figures } = can;
  const withoutBeats = withoutHeartbeats(given);
  const entered = withKnownEntryPoints(withoutBeats, capabilities);
  const certain = withCertainCode(entered);
  const telling = observable(certain, { figures, certificates: certificates && can.certificates });
  const scenario = withKnownCalls(telling, imports);
  const skipped = (reason: string): CaseResult => ({
    verdict: 'skipped',
    reason,
    failures: [],
    reached: NOTHING_REACHED,
  });
  const lacking = lackOf(scenario, { ...capabilities, ...(imports && { imports }) });
  if (lacking !== undefined) return skipped(lacking);
  const every = strokesOf(scenario, capabilities.settlesPartly);
  // Steps that the target cannot be asked for are left out on both sides: what is left is a scenario too.
  const lacks = (stroke: Stroke) => !canDo(stroke, capabilities);
  const strokes = withoutStrokes(every, lacks);
  const leftOut = every.filter(lacks).map(({ stimulus }) => `a step: the target has no stimulus ${stimulus.kind}`);
  const unknownCalls = scenario === telling ? [] : ['calls of System API functions that the target does not know'];
  const heartbeats = withoutBeats === given ? [] : ['heartbeats, which may run at any time'];
  const unknownEntries = entered === withoutBeats ? [] : ['entry points that the target does not run'];
  const openNumbers = certain === entered ? [] : ['values that are open, in WebAssembly code'];
  if (leftOut.length > 0 && !strokes.some(({ step }) => step >= 0)) {
    return skipped('the target can do none of the steps');
  }
  const modules = compileModules(scenario);
  const neverRun = neverRunIn(modules, scenario, capabilities);
  if (neverRun !== undefined) return skipped(neverRun);
  const { time: controlsTime, reorders } = capabilities;
  const play = { scenario, strokes, modules, profile, tier, controlsTime, reorders, figures };
  try {
    const expectations = new Expectations(play);
    const given = {
      play,
      expectations,
      leftOut: [...leftOut, ...unknownCalls, ...unknownEntries, ...heartbeats, ...openNumbers],
    };
    return all ? given : leaveOut(given);
  } catch (error) {
    if (error instanceof Restless) return skipped(error.message);
    throw error;
  }
}

/** Judges a target by a prepared case. Never throws: whatever the target does becomes a verdict. */
export function judgePrepared({ play, expectations, leftOut }: Prepared, target: Answerer): CaseResult {
  const tally = new Tally();
  const { openBecause } = expectations.usual;
  const restOpen = openBecause === undefined ? [] : [`the rest of the case: ${reasonText(openBecause)}`];
  const allLeftOut = [...leftOut, ...restOpen];
  const result = (verdict: Verdict, reason?: string, failures: readonly Failure[] = []): CaseResult => ({
    verdict,
    ...(reason !== undefined && { reason }),
    failures,
    reached: tally.reached,
    ...(allLeftOut.length > 0 && { leftOut: allLeftOut }),
  });
  try {
    const sights = runTarget(target, play);
    const usual = expectations.isUsual(sights);
    const seen = new Map(sights.map((sight) => [sightKey(sight), sight]));
    const differenceAt = (key: string) => {
      return { ...placeOf(key), expected: expectations.usualSight(key), actual: seen.get(key) };
    };
    const clauseAt = (key: string) => blame(play, expectations.transitions, differenceAt(key));
    const explained = usual ? undefined : expectations.explain(seen);
    if (explained?.kind === 'undecided')
      return result('poisoned', 'the target takes more liberties than can be followed');
    if (explained?.kind === 'forbidden') {
      const { key, expected } = explained;
      const { stroke, what, actual } = differenceAt(key);
      if (isOwnReject(actual)) return result('poisoned', 'the target rejected a call by itself, as it may');
      const failure: Failure = {
        rule: clauseAt(key),
        tier: violatedTier(play, seen),
        kind: KINDS[what],
        step: play.strokes[stroke]?.step ?? -1,
        transition: expectations.transitions.slice(0, stroke + 1).reduce((sum, list) => sum + list.length, 0) - 1,
        expected,
        actual: actual === undefined ? 'nothing' : toldBy(actual, expectations.usualSight(key)?.figures !== undefined),
      };
      return result('fail', undefined, [failure]);
    }
    const asserts = explained?.asserts ?? ((key: string) => placeOf(key).stroke < expectations.usual.openFrom);
    const isAsserted = (key: string) => asserts(key) && seen.get(key)?.value !== NO_CERTIFIED_DATA;
    for (const key of new Set([...expectations.keys(), ...seen.keys()]))
      if (isAsserted(key)) tally.clause(clauseAt(key));
    return result('pass');
  } catch (error) {
    const { verdict, reason } = verdictOf(error);
    return result(verdict, reason);
  }
}

/** What an error makes of the case: skipped, poisoned or errored, never a pass. */
export function verdictOf(error: unknown): { readonly verdict: Verdict; readonly reason: string } {
  if (error instanceof TargetSkip) return { verdict: 'skipped', reason: error.message };
  if (error instanceof Restless) return { verdict: 'poisoned', reason: error.message };
  if (error instanceof HostLimit) return { verdict: 'poisoned', reason: `host limit: ${error.message}` };
  if (error instanceof TargetFault) return { verdict: 'errored', reason: error.message };
  return { verdict: 'errored', reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}

/** Whom the violation concerns: everybody, or those who follow the profile. */
function violatedTier(play: Play, seen: ReadonlyMap<string, Sight>): BoxTier {
  if (play.tier === 'spec') return 'spec';
  const ofAnybody = new Expectations({ ...play, tier: 'spec' });
  return ofAnybody.explain(seen).kind === 'forbidden' ? 'spec' : 'profile';
}

/** What was seen, as people read it. @param hasFigures a reply begins with version and balance */
function toldBy(sight: Sight, hasFigures: boolean): string {
  const { data } = sight;
  return data === undefined || !hasFigures ? describe(sight) : `${describe(sight)} ${figuresText(data)}`;
}

/** A reject that a system may make of its own accord. */
function isOwnReject(sight: Sight | undefined): boolean {
  const code = sight?.rejectCode;
  return code === REJECT_CODES.SYS_FATAL || code === REJECT_CODES.SYS_TRANSIENT;
}

/** The transitions of the model's run, each with the step that it belongs to; -1: the setup. */
export function observedIn({ play, expectations }: Prepared): readonly ObservedTransition[] {
  return expectations.transitions.flatMap((records, stroke) =>
    records.map((actual) => ({ step: play.strokes[stroke]?.step ?? -1, actual })),
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

/** What differs, as the oracle calls it. */
export const KINDS: Readonly<Record<Sight['what'], string>> = {
  outcome: 'stimulusOutcome',
  response: 'ended',
  status: 'status',
};
