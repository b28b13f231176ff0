// plumbing: the first divergence between the records of two engines, field by field in a fixed order
import type { CyclesLedger, TransitionRecord } from '../../spec/vocabulary/record.js';
import { describeChoice } from '../scheduler/choices.js';
import type { DrivenTransition, EnabledDifference } from '../scheduler/drive.js';
import { compareDigests } from './compare-digests.js';
import { compareExecutions } from './compare-executions.js';
import type { Aspect, Divergence } from './divergence.js';
import { codes, divergenceIn, type Comparison, type Sides } from './divergence-in.js';
import { sameValue } from './values.js';

export type { Comparison } from './divergence-in.js';

const NO_ASPECTS: ReadonlySet<Aspect> = new Set();

/** Engines that disagree about what may happen next. */
export function enabledDivergence({ expected, actual }: EnabledDifference): Divergence {
  const named = expected ?? actual;
  return {
    kind: 'enabled',
    expected: expected === undefined ? 'nothing more is enabled' : `${describeChoice(expected)} is enabled`,
    actual: actual === undefined ? 'it is not' : `${describeChoice(actual)} is enabled`,
    aspects: NO_ASPECTS,
    phase: 'idle',
    cause: named?.kind ?? 'execute',
    ...(named !== undefined && 'canister' in named && { canister: named.canister }),
  };
}

/** The first difference of two records of one transition, or undefined where they are the same. `detail` is not compared. */
export function firstDivergence(transition: DrivenTransition, comparison: Comparison): Divergence | undefined {
  const { expected } = transition;
  if (expected === undefined) return undefined;
  return (
    compareExecutions(transition, expected, comparison) ??
    compareResults(transition, expected, comparison) ??
    compareDigests(expected, transition.actual, comparison)
  );
}

/** The first field in which two ledgers differ. */
export function ledgerDivergence(
  expected: CyclesLedger,
  actual: CyclesLedger,
  record: TransitionRecord,
): Divergence | undefined {
  if (sameValue(expected, actual)) return undefined;
  return divergenceIn(record, 'ledger', [expected, actual]);
}

/** What left the executions of a transition: messages, responses, how the stimulus ended. */
function compareResults(
  { actual, outcome }: DrivenTransition,
  expected: TransitionRecord,
  { profile }: Comparison,
): Divergence | undefined {
  const sameOutcome = outcome === undefined || sameValue(outcome.expected, outcome.actual);
  const kind = !sameValue(expected.messages, actual.messages)
    ? 'messages'
    : !sameValue(expected.ended, actual.ended)
      ? 'ended'
      : undefined;
  if (kind === undefined && sameOutcome) return undefined;

  const answers: Sides = sameOutcome ? [undefined, undefined] : [outcome.expected, outcome.actual];
  const sides: Sides = kind === undefined ? answers : [expected[kind], actual[kind]];
  return divergenceIn(expected, kind ?? 'stimulusOutcome', sides, {
    // Where one side rejects the stimulus, its reason is that of all that follows.
    ...codes([sides[0], answers[0]], [sides[1], answers[1]], profile),
    entryPoint: expected.executions.at(-1)?.entryPoint,
  });
}
