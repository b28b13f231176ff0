// plumbing: the first divergence between the records of two engines, field by field in a fixed order
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type {
  CanisterDigest,
  CyclesLedger,
  ExecutionRecord,
  OutgoingCall,
  Response,
  SystemCallRecord,
  TransitionRecord,
} from '../../spec/vocabulary/record.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import { describeChoice } from '../scheduler/choices.js';
import type { DrivenTransition, EnabledDifference } from '../scheduler/drive.js';
import { aspectsOf, memorySizes, writesUnseen } from './aspects.js';
import { NON_REPLICATED, WRITERS } from './commit-table.js';
import { DIGEST_FIELDS, type Aspect, type Divergence, type DivergenceKind, type Phase } from './divergence.js';
import { differingFields, sameValue, shown } from './values.js';
import { digestAmong, type World } from './world.js';

/** What the comparison needs beside the two records. */
export interface Comparison {
  readonly world: World;
  readonly profile: Profile;
  /** The last execution of a canister before this transition. */
  readonly before: (canister: Principal) => ExecutionRecord | undefined;
  /** The canister after the transition, for what only one record lists; undefined: it does not exist. */
  readonly digests: {
    readonly expected: (canister: Principal) => CanisterDigest | undefined;
    readonly actual: (canister: Principal) => CanisterDigest | undefined;
  };
}

/** Of an amount in memory. */
const AMOUNT_BYTES = 16;

const NO_ASPECTS: ReadonlySet<Aspect> = new Set();
const AFTER_TRAP: ReadonlySet<Aspect> = new Set<Aspect>(['after-trap']);
const AFTER_FAILED_UPGRADE: ReadonlySet<Aspect> = new Set<Aspect>(['after-trap', 'after-failed-upgrade']);
const APPENDED_AGAIN: ReadonlySet<Aspect> = new Set<Aspect>(['appended-again']);
const MORE: ReadonlySet<Aspect> = new Set<Aspect>(['more']);
const UNCHANGED: ReadonlySet<Aspect> = new Set<Aspect>(['unchanged']);
const WRITTEN: ReadonlySet<Aspect> = new Set<Aspect>(['written']);
const MADE_CALLS: ReadonlySet<Aspect> = new Set<Aspect>(['made-calls']);
const TRIMMED: ReadonlySet<Aspect> = new Set<Aspect>(['log-trimmed']);
const NOT_RUNNING: ReadonlySet<Aspect> = new Set<Aspect>(['not-running']);
const AFTER_QUERY: ReadonlySet<Aspect> = new Set<Aspect>(['after-query']);

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
  const { expected, actual, outcome } = transition;
  if (expected === undefined) return undefined;

  // Executions, in the order in which they ran.
  const count = Math.max(expected.executions.length, actual.executions.length);
  for (let i = 0; i < count; i++) {
    const divergence = compareExecution({ ...transition, expected }, i, comparison);
    if (divergence !== undefined) return divergence;
  }
  // What left them.
  const answers = outcome === undefined || sameValue(outcome.expected, outcome.actual) ? undefined : outcome;
  // Where one side rejects the stimulus, its reason is that of all that follows.
  const whole = (kind: DivergenceKind, left: unknown, right: unknown): Divergence =>
    at(kind, left, right, expected, phaseOf(expected), {
      ...codes([left, answers?.expected], [right, answers?.actual], comparison.profile),
      entryPoint: expected.executions.at(-1)?.entryPoint,
    });
  if (!sameValue(expected.messages, actual.messages)) return whole('messages', expected.messages, actual.messages);
  if (!sameValue(expected.ended, actual.ended)) return whole('ended', expected.ended, actual.ended);
  if (answers !== undefined) return whole('stimulusOutcome', answers.expected, answers.actual);
  return compareDigests(expected, actual, comparison);
}

/** The first field in which two ledgers differ. */
export function ledgerDivergence(
  expected: CyclesLedger,
  actual: CyclesLedger,
  record: TransitionRecord,
): Divergence | undefined {
  if (sameValue(expected, actual)) return undefined;
  return at('ledger', expected, actual, record, phaseOf(record));
}

/** See PHASES. Of one canister, or of the whole transition. */
export function phaseOf(record: TransitionRecord, canister?: Principal): Phase {
  const { cause } = record;
  if (cause.kind === 'install') return cause.mode === 'upgrade' ? 'upgrade' : 'install';
  if (cause.kind === 'query' || cause.kind === 'transform') return 'query';
  let last: ExecutionRecord | undefined;
  let isReplicated = false;
  let trapped = false;
  for (const execution of record.executions) {
    if (canister !== undefined && execution.canister !== canister) continue;
    last = execution;
    isReplicated ||= !NON_REPLICATED.has(execution.entryPoint);
    trapped ||= execution.outcome.kind === 'trapped';
  }
  if (last === undefined) return MANAGEMENT.has(cause.kind) ? 'management' : 'idle';
  if (!isReplicated) return 'query';
  if (!trapped) return 'returned';
  return last.outcome.kind === 'returned' ? 'cleanup' : 'trapped';
}

const MANAGEMENT: ReadonlySet<TransitionRecord['cause']['kind']> = new Set<TransitionRecord['cause']['kind']>([
  'create', 'uninstall', 'start', 'stop', 'delete', 'update-settings', 'deposit',
]); // prettier-ignore

type More = Partial<Pick<Divergence, 'execution' | 'call' | 'canister' | 'entryPoint' | 'import' | 'aspects' | 'expectedTrap' | 'actualTrap' | 'expectedResult' | 'actualResult' | 'expectedCode' | 'actualCode' | 'rejects' | 'actualEntryPoint' | 'field'>>; // prettier-ignore

function at(
  kind: DivergenceKind,
  left: unknown,
  right: unknown,
  record: TransitionRecord,
  phase: Phase,
  more: More = {},
): Divergence {
  const [expected, actual] = shownApart(left, right);
  return { kind, expected, actual, aspects: NO_ASPECTS, phase, cause: record.cause.kind, ...more };
}

/** Two values as text; of lists and objects only what differs first. */
function shownApart(left: unknown, right: unknown): [string, string] {
  if (Array.isArray(left) && Array.isArray(right)) {
    const i = left.findIndex((item, k) => !sameValue(item, right[k]));
    const index = i < 0 ? left.length : i;
    const [a, b] = shownApart(left[index], right[index]);
    return [`[${index}] ${a}`, `[${index}] ${b}`];
  }
  if (isObject(left) && isObject(right)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    const key = keys.find((name) => !sameValue(left[name], right[name]));
    if (key !== undefined && keys.length > 3) {
      const [a, b] = shownApart(left[key], right[key]);
      return [`${key} ${a}`, `${key} ${b}`];
    }
  }
  return [shown(left), shown(right)];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function codes(left: unknown, right: unknown, profile: Profile): More {
  const expected = rejectIn(left);
  const actual = rejectIn(right);
  const rejects = [expected, actual].flatMap((reject) => causeOf(reject, profile));
  return {
    ...(expected !== undefined && { expectedCode: expected.code }),
    ...(actual !== undefined && { actualCode: actual.code }),
    ...(rejects.length > 0 && { rejects }),
  };
}

type Reject = Extract<Response, { kind: 'reject' }>;

/** The first rejection within a value: a response, a list of messages, an outcome. */
function rejectIn(value: unknown): Reject | undefined {
  if (Array.isArray(value)) return value.map(rejectIn).find((reject) => reject !== undefined);
  if (!isObject(value)) return undefined;
  if (value['kind'] === 'reject') return value as unknown as Reject;
  return rejectIn(value['response']);
}

function causeOf(reject: Reject | undefined, { rejectMessages }: Profile): readonly RejectCause[] {
  const found = Object.entries(rejectMessages).find(([, message]) => message === reject?.message);
  return found === undefined ? [] : [found[0] as RejectCause];
}

function compareExecution(
  transition: DrivenTransition & { readonly expected: TransitionRecord },
  index: number,
  comparison: Comparison,
): Divergence | undefined {
  const { expected: expectedRecord, actual: actualRecord } = transition;
  const expected = expectedRecord.executions[index];
  const actual = actualRecord.executions[index];
  const either = expected ?? actual;
  if (either === undefined) return undefined;
  const { canister, entryPoint } = either;
  const diverge = (kind: DivergenceKind, left: unknown, right: unknown, more: More = {}): Divergence =>
    at(kind, left, right, expectedRecord, phaseOf(expectedRecord, canister), {
      execution: index,
      canister,
      entryPoint,
      aspects: pastOf(expectedRecord, index, comparison),
      ...more,
    });

  // Which one ran.
  if (expected === undefined || actual === undefined) {
    return diverge('execution', which(expected), which(actual), {
      ...(comparison.world.canister(canister)?.status !== 'running' && { aspects: NOT_RUNNING }),
      ...(expected === undefined && { actualEntryPoint: entryPoint }),
      ...codes(
        [...expectedRecord.messages, ...expectedRecord.ended, transition.outcome?.expected],
        [...actualRecord.messages, ...actualRecord.ended, transition.outcome?.actual],
        comparison.profile,
      ),
    });
  }
  if (differingFields(IDENTITY, expected, actual).length > 0)
    return diverge('execution', which(expected), which(actual), { actualEntryPoint: actual.entryPoint });

  // Its system calls, one by one.
  const k = firstDifferentCall(expected.trace, actual.trace);
  if (k !== undefined) {
    const left = expected.trace[k];
    const right = actual.trace[k];
    const differ = (kind: DivergenceKind, more: More) =>
      diverge(kind, describeCall(left), describeCall(right), { call: k, ...more });
    if (left === undefined || right === undefined || left.name !== right.name || !sameValue(left.args, right.args))
      return differ('systemCallOrder', { ...traps(expected, actual), ...blame(expected, k) });
    const sizes = memorySizes(comparison.world.canister(canister), comparison.digests.expected(canister));
    const aspects = aspectsOf(expected, k, sizes, comparison.profile);
    if (left.trap !== right.trap) {
      return differ('systemCallTrap', {
        import: left.name,
        aspects,
        ...(left.trap !== undefined && { expectedTrap: left.trap }),
        ...(right.trap !== undefined && { actualTrap: right.trap }),
      });
    }
    return differ('systemCallResult', {
      import: writerOfRead(expected, k, comparison) ?? left.name,
      aspects: isMore(amountOf(left), amountOf(right)) ? new Set([...aspects, ...MORE]) : aspects,
      ...(left.result !== undefined && { expectedResult: left.result }),
      ...(right.result !== undefined && { actualResult: right.result }),
    });
  }

  // How it ended, and what it left.
  const leftTrap = trapOf(expected);
  const rightTrap = trapOf(actual);
  if (leftTrap !== rightTrap) {
    return diverge('outcome', describeOutcome(expected), describeOutcome(actual), {
      ...(leftTrap !== undefined && { expectedTrap: leftTrap }),
      ...(rightTrap !== undefined && { actualTrap: rightTrap }),
      ...blameIfMemoryDiffers(expected, comparison),
    });
  }
  if (expected.instructions !== actual.instructions)
    return diverge('instructions', expected.instructions, actual.instructions);
  if (expected.response !== actual.response && !sameValue(expected.response, actual.response)) {
    return diverge('response', describeResponse(expected.response), describeResponse(actual.response), {
      ...codes(expected.response, actual.response, comparison.profile),
      ...(appends(expected) > 1 && { aspects: APPENDED_AGAIN }),
      ...(sameLength(expected.response, actual.response) && blameIfMemoryDiffers(expected, comparison)),
    });
  }
  if (!sameValue(expected.calls, actual.calls)) {
    const field = differingField(expected.calls, actual.calls);
    return diverge('calls', expected.calls, actual.calls, {
      ...(field !== undefined && { field }),
      ...(field === 'arg' && blameIfMemoryDiffers(expected, comparison)),
    });
  }
  for (const kind of ['accepted', 'burned'] as const) {
    if (expected[kind] === actual[kind]) continue;
    return diverge(kind, expected[kind], actual[kind], actual[kind] > expected[kind] ? { aspects: MORE } : {});
  }
  return undefined;
}

/** Entry points after whose trap the canister is as before the upgrade. */
const UPGRADES: ReadonlySet<EntryPoint> = new Set<EntryPoint>(['canister_pre_upgrade', 'canister_post_upgrade']);

/** What is known of the execution of the same canister before number `index`: whether what it wrote should be gone. */
function pastOf({ executions }: TransitionRecord, index: number, { before }: Comparison): ReadonlySet<Aspect> {
  const { canister } = executions[index] ?? {};
  if (canister === undefined) return NO_ASPECTS;
  const earlier = executions.slice(0, index).findLast((execution) => execution.canister === canister);
  const last = earlier ?? before(canister);
  // A callback that cannot be called has written nothing.
  if (last?.outcome.kind === 'trapped') {
    if (last.outcome.trap === 'callback') return NO_ASPECTS;
    return UPGRADES.has(last.entryPoint) ? AFTER_FAILED_UPGRADE : AFTER_TRAP;
  }
  // Within one evaluation the callbacks of a composite query see what the method wrote.
  if (last === undefined || last === earlier) return NO_ASPECTS;
  return NON_REPLICATED.has(last.entryPoint) || last.entryPoint === 'canister_query replicated'
    ? AFTER_QUERY
    : NO_ASPECTS;
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

function trapOf({ outcome }: ExecutionRecord) {
  return outcome.kind === 'trapped' ? outcome.trap : undefined;
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

/** The last system call before number `k` that wrote more than its record shows: what the code does differently it may have read there. */
function blame({ trace }: ExecutionRecord, k: number): More {
  const writer = trace.slice(0, k).findLast(writesUnseen);
  return writer === undefined ? {} : { import: writer.name };
}

/** The same for what differs at the end, unless the memories are the same: then what differs was not read from them. */
function blameIfMemoryDiffers(expected: ExecutionRecord, { digests }: Comparison): More {
  const { canister, entryPoint, trace } = expected;
  const kept = !NON_REPLICATED.has(entryPoint) && entryPoint !== 'canister_query replicated';
  if (kept && digests.expected(canister)?.wasmMemory === digests.actual(canister)?.wasmMemory) return {};
  return blame(expected, trace.length);
}

/** Canisters that either record lists, by ascending id, field by field. */
function compareDigests(
  expected: TransitionRecord,
  actual: TransitionRecord,
  comparison: Comparison,
): Divergence | undefined {
  for (const canister of canistersOf(expected.after, actual.after)) {
    const a = digestAmong(expected.after, canister) ?? comparison.digests.expected(canister);
    const b = digestAmong(actual.after, canister) ?? comparison.digests.actual(canister);
    const [field] = differingFields(DIGEST_FIELDS, a, b);
    if (field === undefined) continue;
    const phase = phaseOf(expected, canister);
    const last = expected.executions.findLast((execution) => execution.canister === canister);
    // After a trap, and in a query, the state is not what the last execution wrote: it is what was there before.
    const past = pastOf(expected, last === undefined ? -1 : expected.executions.indexOf(last), comparison);
    const written = phase !== 'trapped' && phase !== 'query' && a?.wasmMemory !== b?.wasmMemory;
    const writer = written && last !== undefined ? blame(last, last.trace.length) : {};
    const before = comparison.world.canister(canister);
    const unchanged = sameValue(b?.[field], before?.[field]);
    const own = expected.executions.filter((execution) => execution.canister === canister);
    // A record of the log is that of any execution that trapped by itself, not of the last one only.
    const explicit = field === 'log' && own.some(({ outcome }) => outcome.kind === 'trapped' && outcome.trap === 'explicit'); // prettier-ignore
    return at(field, a?.[field], b?.[field], expected, phase, {
      canister,
      aspects: new Set([
        ...(unchanged ? UNCHANGED : past),
        ...(isMore(a?.[field], b?.[field]) ? MORE : []),
        ...(isWritten(field, expected, canister) ? WRITTEN : []),
        ...(own.some(({ calls }) => calls.length > 0) ? MADE_CALLS : []),
        ...(field === 'log' && before !== undefined && a !== undefined && isTrimmed(before.log, a.log, own)
          ? TRIMMED
          : []),
      ]),
      ...(last !== undefined && { entryPoint: last.entryPoint }),
      ...(last?.outcome.kind === 'trapped' && { expectedTrap: explicit ? 'explicit' : last.outcome.trap }),
      ...writer,
    });
  }
  return undefined;
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

/** Whether the second of two numbers is larger. */
function isMore(left: unknown, right: unknown): boolean {
  return typeof left === 'bigint' && typeof right === 'bigint' && right > left;
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
