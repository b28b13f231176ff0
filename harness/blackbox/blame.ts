// plumbing: which clause a sight speaks about — found in the usual run of the model: what ran there, and what wrote the bytes that differ
import { createHash } from 'node:crypto';
import type { Principal } from '../../spec/vocabulary/brands.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { ExecutionRecord, SystemCallRecord, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { LAYOUT } from '../../generators/canister/builder.js';
import { STANDARD_METHODS } from '../../generators/scenario/canister.js';
import { attribute } from '../oracle/attribution.js';
import { aspectsOf } from '../oracle/aspects.js';
import { phaseOf } from '../oracle/divergence-in.js';
import type { Divergence, DivergenceKind } from '../oracle/divergence.js';
import { numberIn } from './figures.js';
import { entriesIn, entryAt } from './log-entries.js';
import { FIGURES, showsCertificate } from './observable.js';
import { canisterOf, type Sight } from './observation.js';
import type { Play } from './play.js';
import { CELLS_BYTES, STATE_BYTES } from './state-query.js';

type Transitions = readonly (readonly TransitionRecord[])[];

/** What was expected there, in the usual run, and what was seen. */
interface Difference {
  readonly stroke: number;
  readonly what: Sight['what'];
  /** In the usual run. */
  readonly expected: Sight | undefined;
  readonly actual: Sight | undefined;
}

/** The clause of a difference. */
export function blame(play: Play, transitions: Transitions, difference: Difference): ClauseId {
  const { what } = difference;
  return (
    blameOfState(play, transitions, difference) ??
    blameOfCertificate(play, transitions, difference) ??
    blameOfReply(play, transitions, difference) ??
    blameOfModule(play, difference) ??
    attribute(divergenceOf(recordOf(transitions, difference), what))
  );
}

/** The stroke in which the usual run came to what differs: where it does not wait, later than the stroke that asked for it. */
function endOf(transitions: Transitions, { stroke, expected }: Difference): number {
  const end = expected?.seenAt ?? stroke;
  return end < transitions.length ? end : stroke;
}

/** The record of a stroke that tells most: the one that ended a request, or the last one in which something ran. */
function recordOf(transitions: Transitions, difference: Difference): TransitionRecord {
  const records = transitions[endOf(transitions, difference)] ?? [];
  const ran = ({ executions }: TransitionRecord) => executions.length > 0;
  const ends = ({ ended }: TransitionRecord) => difference.what === 'response' && ended.length > 0;
  const record = records.findLast(ends) ?? records.findLast(ran) ?? records[0];
  if (record === undefined) throw new Crash('a stroke without a transition');
  return record;
}

/** What it is that differs where nothing ran. */
const WITHOUT_EXECUTION: Readonly<Record<Sight['what'], DivergenceKind>> = {
  outcome: 'stimulusOutcome',
  response: 'ended',
  status: 'status',
};

/** What is seen, in the words of the attribution table. */
function divergenceOf(record: TransitionRecord, what: Sight['what']): Divergence {
  const execution = record.executions.findLast(({ outcome }) => outcome.kind === 'trapped') ?? record.executions.at(-1);
  const last = execution?.trace.at(-1);
  const cause = record.cause.kind;
  const common = { expected: '', actual: '', aspects: new Set<never>(), phase: phaseOf(record), cause } as const;
  if (execution === undefined) return { ...common, kind: WITHOUT_EXECUTION[what] };
  const of = { ...common, canister: execution.canister, entryPoint: execution.entryPoint };
  if (last?.trap !== undefined) return { ...of, kind: 'systemCallTrap', import: last.name, expectedTrap: last.trap };
  if (execution.outcome.kind === 'trapped') return { ...of, kind: 'outcome', expectedTrap: execution.outcome.trap };
  if (what === 'status') return { ...of, kind: 'status' };
  return { ...of, kind: 'response', ...(last !== undefined && { import: last.name }) };
}

/** How much was logged stands before what was. */
const USED_BYTES = 8;

/** The clause of a difference in what a canister tells about itself; undefined: it is another difference. */
function blameOfState(
  play: Play,
  transitions: Transitions,
  { stroke, expected, actual }: Difference,
): ClauseId | undefined {
  const stimulus = play.strokes[stroke]?.stimulus;
  if (stimulus?.kind !== 'query' || stimulus.method !== STANDARD_METHODS.log) return undefined;
  if (expected?.data === undefined || actual?.data === undefined) return undefined;
  const figures = play.figures ? FIGURES.bytes : 0;
  const [a, b] = [expected.data, actual.data].map((data) => Buffer.from(data, 'hex').subarray(figures));
  if (a === undefined || b === undefined || a.length < USED_BYTES) return undefined;
  const used = Number(a.readBigUInt64LE(0) & BigInt(LAYOUT.log.bytes - 1));
  const history = historyOf(play, transitions, stroke, stimulus.canister);
  const at = firstDifference(a, b, USED_BYTES);
  if (play.figures && at === Math.max(a.length, b.length)) return blameOfFigure(history, expected.data, actual.data);
  if (at < USED_BYTES + used)
    return blameOfEntry(play, history, a.subarray(USED_BYTES, USED_BYTES + used), at - USED_BYTES);
  return blameOfPart(history, at - USED_BYTES - used);
}

/** The clause of a difference in certified data; undefined: it is another difference. */
function blameOfCertificate(play: Play, transitions: Transitions, { stroke, what }: Difference): ClauseId | undefined {
  const stimulus = play.strokes[stroke]?.stimulus;
  if (stimulus?.kind !== 'query' || !showsCertificate(stimulus) || what !== 'outcome') return undefined;
  return blameOfKind(historyOf(play, transitions, stroke, stimulus.canister), 'certifiedData');
}

/** The clause of a difference in a log that is part of a reply; undefined: it is another difference. */
function blameOfReply(
  play: Play,
  transitions: Transitions,
  { stroke, expected, actual }: Difference,
): ClauseId | undefined {
  if (expected?.data === undefined || actual?.data === undefined || expected.data === actual.data) return undefined;
  const stimulus = play.strokes[stroke]?.stimulus;
  const canister = stimulus && canisterOf(stimulus);
  if (canister === undefined) return undefined;
  const past = historyOf(play, transitions, stroke, canister, transitions.length);
  const replied = past.findIndex(
    ({ execution: { response } }) => response?.kind === 'reply' && response.data === expected.data,
  );
  // What other queries logged is undone.
  const { record } = past[replied] ?? {};
  const isKept = (one: Past) =>
    one.record === record || (one.record.cause.kind !== 'query' && one.record.cause.kind !== 'transform');
  const history = past.slice(0, replied + 1).filter(isKept);
  const [a, b] = [expected.data, actual.data].map((data) => Buffer.from(data, 'hex'));
  if (a === undefined || b === undefined) return undefined;
  const differs = firstDifference(a, b, 0);
  let begin = 0;
  for (const { name, args, trap } of history.at(-1)?.execution.trace ?? []) {
    if (name !== 'msg_reply_data_append' || trap !== undefined) continue;
    const [from, size = 0n] = args;
    const end = begin + Number(size);
    if (differs < end) {
      if (from !== BigInt(LAYOUT.log.at)) return undefined;
      const log = begin + USED_BYTES;
      return blameOfEntry(play, history, a.subarray(log, end), firstDifference(a, b, log) - log);
    }
    begin = end;
  }
  return undefined;
}

/** What a status says of the module. */
const MODULE = /, module ([0-9a-f]+)$/;

/** The clause of a module hash that is that of no module of the case; undefined: it is another difference. */
function blameOfModule(play: Play, { expected, actual, what }: Difference): ClauseId | undefined {
  const [wanted, seen] = [expected, actual].map((sight) => MODULE.exec(sight?.value ?? '')?.[1]);
  if (what !== 'status' || wanted === undefined || seen === undefined || wanted === seen) return undefined;
  if (play.modules.some((module) => createHash('sha256').update(module).digest('hex') === seen)) return undefined;
  return 'canister-module-format/hash-of-uploaded-bytes';
}

function firstDifference(a: Buffer, b: Buffer, from: number): number {
  for (let i = from; i < a.length; i++) if (a[i] !== b[i]) return i;
  return a.length;
}

/** An execution of the canister, with the transition that it belongs to. */
interface Past {
  readonly record: TransitionRecord;
  readonly execution: ExecutionRecord;
}

/**
 * Executions of a canister before a stroke. Those since it was last asked the same suffice, where there are any.
 * @param end the stroke with which they end, where it is another one
 */
function historyOf(
  { strokes }: Play,
  transitions: Transitions,
  stroke: number,
  canister: Principal,
  end = stroke,
): readonly Past[] {
  const asked = strokes.findLastIndex(
    ({ stimulus }, k) =>
      k < stroke &&
      stimulus.kind === 'query' &&
      stimulus.method === STANDARD_METHODS.log &&
      stimulus.canister === canister,
  );
  const since = (from: number) =>
    transitions
      .slice(from, end)
      .flatMap((records) => records.flatMap((record) => record.executions.map((execution) => ({ record, execution }))))
      .filter(({ execution }) => execution.canister === canister);
  const latest = since(asked + 1);
  return latest.length > 0 ? latest : since(0);
}

/** Nothing differs but a figure: the version that is too low, or else the balance. */
function blameOfFigure(history: readonly Past[], expected: string, actual: string): ClauseId | undefined {
  const past = history.findLast(({ record }) => record.cause.kind !== 'query') ?? history.at(-1);
  if (past === undefined) return undefined;
  const { at, bytes } = FIGURES.version;
  const [wanted = 0n, seen = 0n] = [expected, actual].map((data) => numberIn(Buffer.from(data, 'hex'), at, bytes));
  const { record, execution } = past;
  return attribute({
    expected: '',
    actual: '',
    kind: seen < wanted ? 'version' : 'balance',
    phase: phaseOf(record),
    cause: record.cause.kind,
    entryPoint: execution.entryPoint,
    aspects: new Set(),
  });
}

const STATE_KINDS: readonly DivergenceKind[] = ['stablePages', 'wasmPages'];

/** A part of the state that a canister shows is not as it should be. */
function blameOfPart(history: readonly Past[], at: number): ClauseId | undefined {
  const kind =
    at < CELLS_BYTES
      ? 'wasmMemory'
      : at < CELLS_BYTES + STATE_BYTES
        ? (STATE_KINDS[Math.floor((at - CELLS_BYTES) / 8)] ?? 'globals')
        : 'stableMemory';
  return blameOfKind(history, kind);
}

function blameOfKind(history: readonly Past[], kind: DivergenceKind): ClauseId | undefined {
  // What trapped, or was a query, most likely left something behind.
  const past =
    history.findLast(({ execution }) => execution.outcome.kind === 'trapped') ??
    history.findLast(({ record }) => record.cause.kind !== 'query') ??
    history.at(-1);
  if (past === undefined) return undefined;
  const { record, execution } = past;
  const last = execution.trace.findLast(({ trap }) => trap === undefined);
  return attribute({
    expected: '',
    actual: '',
    kind,
    phase: phaseOf(record),
    cause: record.cause.kind,
    entryPoint: execution.entryPoint,
    aspects: new Set(),
    ...(last !== undefined && phaseOf(record) === 'returned' && kind !== 'globals' && { import: last.name }),
  });
}

/** A system call of an execution. */
interface Call {
  readonly past: Past;
  readonly index: number;
  readonly record: SystemCallRecord;
}

/** An entry of the log is not as it should be: the system call that gave it. */
function blameOfEntry(play: Play, history: readonly Past[], log: Buffer, at: number): ClauseId | undefined {
  const calls = history
    .filter(({ execution }) => execution.outcome.kind !== 'trapped')
    .flatMap((past) => past.execution.trace.map((record, index): Call => ({ past, index, record })));
  const entries = entriesIn(log, calls);
  const entry = entryAt(entries, at) ?? entries[0];
  return entry === undefined ? undefined : blameOfCall(play, entry.call);
}

function blameOfCall({ profile }: Play, { past, index }: Call): ClauseId {
  const { record, execution } = past;
  const call = execution.trace[index];
  const sizes = { wasmPages: 1n << 32n, stablePages: 1n << 16n };
  return attribute({
    expected: '',
    actual: '',
    kind: 'systemCallResult',
    phase: phaseOf(record, execution.canister),
    cause: record.cause.kind,
    entryPoint: execution.entryPoint,
    aspects: aspectsOf(execution, index, sizes, profile),
    ...(call !== undefined && { import: call.name }),
    ...(call?.result !== undefined && { expectedResult: call.result }),
  });
}
