// plumbing: the first difference of the state that one transition leaves
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { CanisterDigest, ExecutionRecord, TransitionRecord } from '../../spec/vocabulary/record.js';
import { NON_REPLICATED, WRITERS } from './commit-table.js';
import { DIGEST_FIELDS, type Aspect, type Divergence } from './divergence.js';
import { blame, divergenceIn, isMore, pastOf, phaseOf, trapOf, type Comparison } from './divergence-in.js';
import { differingFields, sameValue } from './values.js';
import { digestAmong } from './world.js';

/** Canisters that either record lists, by ascending id, field by field. */
export function compareDigests(
  expected: TransitionRecord,
  actual: TransitionRecord,
  comparison: Comparison,
): Divergence | undefined {
  for (const canister of canistersOf(expected.after, actual.after)) {
    const a = digestAmong(expected.after, canister) ?? comparison.digests.expected(canister);
    const b = digestAmong(actual.after, canister) ?? comparison.digests.actual(canister);
    const [field] = differingFields(DIGEST_FIELDS, a, b);
    if (field !== undefined) return digestDivergence(expected, canister, field, a, b, comparison);
  }
  return undefined;
}

/** A field of a canister's state that differs, after a transition. */
function digestDivergence(
  record: TransitionRecord,
  canister: Principal,
  field: (typeof DIGEST_FIELDS)[number],
  expected: CanisterDigest | undefined,
  actual: CanisterDigest | undefined,
  comparison: Comparison,
): Divergence {
  const phase = phaseOf(record, canister);
  const own = record.executions.filter((execution) => execution.canister === canister);
  const last = own.at(-1);
  const before = comparison.world.canister(canister);
  // After a trap, and in a query, the state is not what the last execution wrote: it is what was there before.
  const past = pastOf(record, last === undefined ? -1 : record.executions.indexOf(last), comparison);
  const isOfLast = phase !== 'trapped' && phase !== 'query' && expected?.wasmMemory !== actual?.wasmMemory;
  // A record of the log is that of any execution that trapped by itself, not of the last one only.
  const explicit = field === 'log' && own.some((execution) => trapOf(execution) === 'explicit');

  const aspects = new Set<Aspect>(sameValue(actual?.[field], before?.[field]) ? ['unchanged'] : past);
  if (isMore(expected?.[field], actual?.[field])) aspects.add('more');
  if (isWritten(field, record, canister)) aspects.add('written');
  if (own.some(({ calls }) => calls.length > 0)) aspects.add('made-calls');
  // A successful installation increments the version.
  const failed = record.cause.kind === 'install' && before !== undefined && expected?.version === before.version;
  if (failed && own.every(({ outcome }) => outcome.kind === 'returned')) aspects.add('found-no-place');
  if (field === 'log' && before !== undefined && expected !== undefined && isTrimmed(before.log, expected.log, own))
    aspects.add('log-trimmed');
  return divergenceIn(record, field, [expected?.[field], actual?.[field]], {
    canister,
    phase,
    aspects,
    ...(last !== undefined && { entryPoint: last.entryPoint }),
    ...(last?.outcome.kind === 'trapped' && { expectedTrap: explicit ? 'explicit' : last.outcome.trap }),
    ...(isOfLast && last !== undefined && blame(last, last.trace.length)),
  });
}

/** Whether a log has fewer records than it had with those that these executions made: older ones had to go. */
function isTrimmed(
  before: CanisterDigest['log'],
  after: CanisterDigest['log'],
  executions: readonly ExecutionRecord[],
): boolean {
  let records = before.length;
  for (const { entryPoint, trace } of executions) {
    if (NON_REPLICATED.has(entryPoint)) continue;
    for (const { name, trap } of trace)
      if (name === 'trap' || (name === 'debug_print' && trap === undefined)) records += 1;
  }
  return after.length > 0 && records > after.length;
}

/** The canisters in either list, by ascending id. */
function canistersOf(left: readonly CanisterDigest[], right: readonly CanisterDigest[]): readonly Principal[] {
  const canisters = new Set<Principal>();
  for (const { canister } of left) canisters.add(canister);
  for (const { canister } of right) canisters.add(canister);
  return [...canisters].sort();
}

/** System calls that move cycles to or from the balance. */
const MOVES = [
  'msg_cycles_accept', 'msg_cycles_accept128', 'cycles_burn128', 'call_cycles_add', 'call_cycles_add128', 'call_perform',
]; // prettier-ignore

/** Whether the canister's code had a hand in a field of its state in the transition, by a system call that returned. */
function isWritten(field: keyof CanisterDigest, { executions }: TransitionRecord, canister: Principal): boolean {
  const writers: Readonly<Partial<Record<keyof CanisterDigest, readonly string[]>>> = { ...WRITERS, balance: MOVES };
  const names = writers[field] ?? [];
  return executions.some(
    (execution) =>
      execution.canister === canister &&
      execution.trace.some((call) => call.trap === undefined && names.includes(call.name)),
  );
}
