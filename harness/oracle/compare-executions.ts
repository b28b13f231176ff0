// plumbing: the first difference of the executions of one transition — which ran, their system calls, how they ended, what they sent
import type {
  ExecutionRecord,
  OutgoingCall,
  Response,
  SystemCallRecord,
  TransitionRecord,
} from '../../spec/vocabulary/record.js';
import type { DrivenTransition } from '../scheduler/drive.js';
import { aspectsOf, memorySizes } from './aspects.js';
import { NON_REPLICATED } from './commit-table.js';
import type { Divergence, DivergenceKind } from './divergence.js';
import {
  blame,
  codes,
  divergenceIn,
  isMore,
  pastOf,
  phaseOf,
  trapOf,
  type Comparison,
  type More,
  type Sides,
} from './divergence-in.js';
import { differingFields, sameValue, shown } from './values.js';

/** An execution as both engines recorded it: number `index` of the transition of which `record` is what was expected. */
interface Both {
  readonly record: TransitionRecord;
  readonly index: number;
  readonly expected: ExecutionRecord;
  readonly actual: ExecutionRecord;
  readonly comparison: Comparison;
}

/** The executions of a transition, in the order in which they ran. */
export function compareExecutions(
  transition: DrivenTransition,
  record: TransitionRecord,
  comparison: Comparison,
): Divergence | undefined {
  const { executions } = transition.actual;
  const count = Math.max(record.executions.length, executions.length);
  for (let index = 0; index < count; index++) {
    const expected = record.executions[index];
    const actual = executions[index];
    if (expected === undefined || actual === undefined) return oneMore(transition, record, index, comparison);
    const both = { record, index, expected, actual, comparison };
    const divergence = compareIdentity(both) ?? compareTraces(both) ?? compareOutcomes(both) ?? compareEffects(both);
    if (divergence !== undefined) return divergence;
  }
  return undefined;
}

/** Execution number `index` ran on one side only. */
function oneMore(
  { actual: actualRecord, outcome }: DrivenTransition,
  record: TransitionRecord,
  index: number,
  comparison: Comparison,
): Divergence | undefined {
  const expected = record.executions[index];
  const actual = actualRecord.executions[index];
  const either = expected ?? actual;
  if (either === undefined) return undefined;
  const { canister, entryPoint } = either;
  const isRunning = comparison.world.canister(canister)?.status === 'running';
  return divergenceIn(record, 'execution', [which(expected), which(actual)], {
    execution: index,
    canister,
    entryPoint,
    phase: phaseOf(record, canister),
    aspects: isRunning ? pastOf(record, index, comparison) : ['not-running'],
    ...(expected === undefined && { actualEntryPoint: entryPoint }),
    ...codes(
      [...record.messages, ...record.ended, outcome?.expected],
      [...actualRecord.messages, ...actualRecord.ended, outcome?.actual],
      comparison.profile,
    ),
  });
}

/** A divergence in an execution that ran on both sides. */
function divergenceOf(both: Both, kind: DivergenceKind, sides: Sides, more: More = {}): Divergence {
  const { record, index, expected, comparison } = both;
  const { canister, entryPoint } = expected;
  return divergenceIn(record, kind, sides, {
    execution: index,
    canister,
    entryPoint,
    phase: phaseOf(record, canister),
    aspects: pastOf(record, index, comparison),
    ...more,
  });
}

/** Which execution it is. */
function compareIdentity(both: Both): Divergence | undefined {
  const { expected, actual } = both;
  if (differingFields(IDENTITY, expected, actual).length === 0) return undefined;
  return divergenceOf(both, 'execution', [which(expected), which(actual)], { actualEntryPoint: actual.entryPoint });
}

/** The system calls, one by one: which it is, whether it traps, what it gives. */
function compareTraces(both: Both): Divergence | undefined {
  const { expected, actual, comparison } = both;
  const k = firstDifferentCall(expected.trace, actual.trace);
  if (k === undefined) return undefined;
  const left = expected.trace[k];
  const right = actual.trace[k];
  const sides: Sides = [describeCall(left), describeCall(right)];
  if (left === undefined || right === undefined || left.name !== right.name || !sameValue(left.args, right.args))
    return divergenceOf(both, 'systemCallOrder', sides, { call: k, ...traps(expected, actual), ...blame(expected, k) });

  const sizes = memorySizes(
    comparison.world.canister(expected.canister),
    comparison.digests.expected(expected.canister),
  );
  const aspects = aspectsOf(expected, k, sizes, comparison.profile);
  if (left.trap !== right.trap) {
    return divergenceOf(both, 'systemCallTrap', sides, {
      call: k,
      import: left.name,
      aspects,
      ...(left.trap !== undefined && { expectedTrap: left.trap }),
      ...(right.trap !== undefined && { actualTrap: right.trap }),
    });
  }
  return divergenceOf(both, 'systemCallResult', sides, {
    call: k,
    import: writerOfRead(expected, k, comparison) ?? left.name,
    aspects: isMore(amountOf(left), amountOf(right)) ? [...aspects, 'more'] : aspects,
    ...(left.result !== undefined && { expectedResult: left.result }),
    ...(right.result !== undefined && { actualResult: right.result }),
  });
}

/** How it ended, and after how many instructions. */
function compareOutcomes(both: Both): Divergence | undefined {
  const { expected, actual, comparison } = both;
  if (trapOf(expected) !== trapOf(actual)) {
    return divergenceOf(both, 'outcome', [describeOutcome(expected), describeOutcome(actual)], {
      ...traps(expected, actual),
      ...blameIfMemoryDiffers(expected, comparison),
    });
  }
  if (expected.instructions === actual.instructions) return undefined;
  return divergenceOf(both, 'instructions', [expected.instructions, actual.instructions]);
}

/** What it sent and moved: its response, its calls, its cycles. */
function compareEffects(both: Both): Divergence | undefined {
  const { expected, actual, comparison } = both;
  if (expected.response !== actual.response && !sameValue(expected.response, actual.response)) {
    return divergenceOf(both, 'response', [describeResponse(expected.response), describeResponse(actual.response)], {
      ...codes(expected.response, actual.response, comparison.profile),
      ...(appends(expected) > 1 && { aspects: ['appended-again'] }),
      ...(sameLength(expected.response, actual.response) && blameIfMemoryDiffers(expected, comparison)),
    });
  }
  if (!sameValue(expected.calls, actual.calls)) {
    const field = differingField(expected.calls, actual.calls);
    return divergenceOf(both, 'calls', [expected.calls, actual.calls], {
      ...(field !== undefined && { field }),
      ...(field === 'arg' && blameIfMemoryDiffers(expected, comparison)),
    });
  }
  return compareAmounts(both, 'accepted') ?? compareAmounts(both, 'burned');
}

function compareAmounts(both: Both, kind: 'accepted' | 'burned'): Divergence | undefined {
  const expected = both.expected[kind];
  const actual = both.actual[kind];
  if (expected === actual) return undefined;
  return divergenceOf(both, kind, [expected, actual], actual > expected ? { aspects: ['more'] } : {});
}

/** What tells executions apart. */
const IDENTITY = ['canister', 'entryPoint', 'method', 'width', 'callContext'] as const;

function which(execution: ExecutionRecord | undefined): string {
  if (execution === undefined) return 'no further execution';
  return shown(Object.fromEntries(IDENTITY.map((field) => [field, execution[field]])));
}

/** The number of the first system call that differs in anything; undefined: the traces are the same. */
function firstDifferentCall(left: ExecutionRecord['trace'], right: ExecutionRecord['trace']): number | undefined {
  const length = Math.max(left.length, right.length);
  for (let k = 0; k < length; k++) {
    const a = left[k];
    const b = right[k];
    if (a === undefined || b === undefined || a.name !== b.name || a.args.length !== b.args.length) return k;
    for (let i = 0; i < a.args.length; i++) if (a.args[i] !== b.args[i]) return k;
    if (a.trap !== b.trap || a.result !== b.result || a.wrote !== b.wrote) return k;
  }
  return undefined;
}

/** `msg_reply_data_append(16, 4)`, with what came of it. */
function describeCall(call: ExecutionRecord['trace'][number] | undefined): string {
  if (call === undefined) return 'no further system call';
  const result =
    call.trap !== undefined ? ` trapped: ${call.trap}` : call.result === undefined ? '' : ` = ${call.result}`;
  return `${call.name}(${call.args.join(', ')})${result}${call.wrote === undefined ? '' : ` wrote ${call.wrote}`}`;
}

function traps(expected: ExecutionRecord, actual: ExecutionRecord): More {
  const [expectedTrap, actualTrap] = [trapOf(expected), trapOf(actual)];
  return { ...(expectedTrap && { expectedTrap }), ...(actualTrap && { actualTrap }) };
}

function describeOutcome(execution: ExecutionRecord): string {
  const trap = trapOf(execution);
  return trap === undefined ? 'returned' : `trapped: ${trap}`;
}

function describeResponse(response: Response | undefined): string {
  if (response === undefined) return 'no response';
  return response.kind === 'reply'
    ? `reply ${shown(response.data)}`
    : `reject ${response.code} ${shown(response.message)}`;
}

/** Responses that differ in their content only: what was read from the memory. */
function sameLength(a: Response | undefined, b: Response | undefined): boolean {
  if (a?.kind === 'reply') return b?.kind === 'reply' && a.data.length === b.data.length;
  return a?.kind === 'reject' && b?.kind === 'reject' && a.code === b.code && a.message.length === b.message.length;
}

function appends({ trace }: ExecutionRecord): number {
  return trace.filter(({ name, trap }) => name === 'msg_reply_data_append' && trap === undefined).length;
}

/** The first field of the first outgoing call that differs; undefined where one side has more calls. */
function differingField(left: readonly OutgoingCall[], right: readonly OutgoingCall[]): string | undefined {
  if (left.length !== right.length) return undefined;
  const fields = ['callee', 'method', 'arg', 'cycles', 'deadline'] as const;
  for (const [i, call] of left.entries()) {
    const field = fields.find((name) => call[name] !== right[i]?.[name]);
    if (field !== undefined) return field;
  }
  return undefined;
}

/** The amount of cycles that a system call gave. */
function amountOf({ result, wrote }: SystemCallRecord): bigint | undefined {
  if (wrote?.length !== 2 * AMOUNT_BYTES) return result;
  return Buffer.from(wrote, 'hex').reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** Of a read of the stable memory that differs: what wrote before it in the same execution, if the stable memory differs at the end as well. */
function writerOfRead(expected: ExecutionRecord, k: number, { digests }: Comparison): string | undefined {
  const { canister, trace } = expected;
  if (!READS_OF_STABLE.has(trace[k]?.name ?? '')) return undefined;
  if (digests.expected(canister)?.stableMemory === digests.actual(canister)?.stableMemory) return undefined;
  return trace.slice(0, k).findLast(({ name, trap }) => trap === undefined && WRITES_OF_STABLE.has(name))?.name;
}

const READS_OF_STABLE: ReadonlySet<string> = new Set(['stable_read', 'stable64_read']);
const WRITES_OF_STABLE: ReadonlySet<string> = new Set(['stable_write', 'stable64_write']);

/** The call to blame for what differs at the end; none where the memories are the same: what differs was not read from them. */
function blameIfMemoryDiffers(expected: ExecutionRecord, { digests }: Comparison): More {
  const { canister, entryPoint, trace } = expected;
  const kept = !NON_REPLICATED.has(entryPoint) && entryPoint !== 'canister_query replicated';
  if (kept && digests.expected(canister)?.wasmMemory === digests.actual(canister)?.wasmMemory) return {};
  return blame(expected, trace.length);
}

/** Of an amount of cycles in memory. */
const AMOUNT_BYTES = 16;
