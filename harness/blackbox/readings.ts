// table: the ambiguous clauses at spec tier — readings that the model can take as well, and situations after which nothing is asserted
import type { Profile } from '../../spec/profiles/profile.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import { REJECT_CODES } from '../../spec/reject-codes.js';
import type { TransitionRecord } from '../../spec/vocabulary/record.js';
import { contextOf } from '../../spec/vocabulary/entry-point.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { Program } from '../../spec/vocabulary/program.js';
import type { ModuleIndex, Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import { spendableBalance, wasmMemoryBytes, type Execution } from '../../reference-model/ic/execution.js';
import { liquidBalanceOf, resourcesOf } from '../../reference-model/ic/charging.js';
import { WasmTrap } from '../../reference-model/wasm/index.js';
import { decodeText } from '../../reference-model/ic/text.js';
import { parseModule, type Assembly, type CanisterModule } from '../../reference-model/index.js';
import { openWasm } from '../../spec/profiles/profiles.js';
import type { Handler } from './open-values.js';

type Handlers = Readonly<Record<string, Handler>>;

/**
 * Not an ambiguity, and treated as one: no list of what may come of it would be complete. A heartbeat may run any number of times at any
 * time; a text that holds a canister id (told by its zero bytes) is UTF-8 or not as the target numbers its canisters; there may be more performance
 * counters; a composite query's calls may be evaluated in any order.
 */
export const BOUNDLESS = 0;

/** Why nothing can be asserted once a situation has come up. @param n as in docs/ambiguities.md, or BOUNDLESS */
export function ambiguityText(n: number): string {
  return n === BOUNDLESS
    ? 'no list of what is allowed would be complete (docs/black-boxes.md)'
    : `readings differ (${n} in docs/ambiguities.md)`;
}

/** Tells that a situation has come up in which readings differ and only one of them is modelled. @param n as in docs/ambiguities.md */
export type Touch = (n: number) => void;

const CALLBACKS: readonly string[] = ['Ry', 'Rt', 'C', 'CRy', 'CRt', 'CC'];
const QUERIES: readonly string[] = ['RQ', 'NRQ', 'TQ', 'CQ', 'CRy', 'CRt'];
const COMPOSITE: readonly string[] = ['CQ', 'CRy', 'CRt'];
const MAX_CALLEE_BYTES = 29n;
const CERTIFIED_DATA_BYTES = 32n;

const within = (es: Execution, at: bigint, size: bigint) => at + size <= wasmMemoryBytes(es);

function bytesAt(es: Execution, at: bigint, size: bigint): Uint8Array {
  return within(es, at, size) ? (es.instance.memory(0)?.read(at, size) ?? new Uint8Array()) : new Uint8Array();
}

/** A copy of nothing from or to beyond a memory: whichever of the two addresses is that of the stable memory. */
function emptyCopy(es: Execution, a = 0n, b = 0n, size = 1n): boolean {
  const least = wasmMemoryBytes(es) < es.stable.bytes ? wasmMemoryBytes(es) : es.stable.bytes;
  return size === 0n && (a > least || b > least);
}

/** What fees, of creation too, may make of the cycles that a canister can spend. */
const ABOUT = 10n ** 12n;

/** Cycles as much as, or more than, the canister can spend: how much is left, and whether the canister outlives it, is open. */
function spendsAll(es: Execution, high = 0n, low = 0n): boolean {
  return ((high << 64n) | low) + ABOUT > spendableBalance(es);
}

/** Just about the cycles that the canister can spend: whether it can is open. */
function spendsAbout(es: Execution, high: bigint, low: bigint): boolean {
  return spendsAll(es, high, low) && ((high << 64n) | low) < spendableBalance(es) + ABOUT;
}

/** Whether a text holds bytes of a canister id. */
function holdsId(es: Execution, src = 0n, size = 0n): boolean {
  return bytesAt(es, src, size).includes(0);
}

/** Whether a system call is one that readings differ about, by import. The number is that of docs/ambiguities.md. */
// prettier-ignore
const CALLS: Readonly<Record<string, readonly (readonly [n: number, when: (es: Execution, ...args: bigint[]) => boolean])[]>> = {
  msg_cycles_accept128: [[4, (es, _high, _low, dst = 0n) => !within(es, dst, 16n)]],
  cycles_burn128: [[4, (es, _high, _low, dst = 0n) => !within(es, dst, 16n)], [BOUNDLESS, spendsAll]],
  call_cycles_add: [[BOUNDLESS, (es, amount = 0n) => spendsAbout(es, 0n, amount)]],
  call_cycles_add128: [[BOUNDLESS, (es, high = 0n, low = 0n) => spendsAbout(es, high, low)]],
  msg_reply_data_append: [
    [16, (es) => CALLBACKS.includes(es.context) && !es.needsToRespond],
    [19, (es, _src, size = 0n) => BigInt(es.replyData.length) + size > BigInt(es.replyBytes)],
  ],
  msg_reply: [[17, (es) => CALLBACKS.includes(es.context) && !es.needsToRespond]],
  msg_reject: [
    [17, (es) => CALLBACKS.includes(es.context) && !es.needsToRespond],
    [BOUNDLESS, holdsId],
    [18, (es, src = 0n, size = 0n) => decodeText(bytesAt(es, src, size)) === undefined],
    [19, (es, _src, size = 0n) => size > BigInt(es.profile.limits.replyBytes)],
  ],
  call_data_append: [[19, (es, _src, size = 0n) => BigInt(es.pendingCall?.arg.length ?? 0) + size > BigInt(es.profile.limits.callBytes)]],
  cost_sign_with_ecdsa: [[BOUNDLESS, holdsId], [21, (es, ...args) => !within(es, args.at(-1) ?? 0n, 16n)]],
  cost_sign_with_schnorr: [[BOUNDLESS, holdsId], [21, (es, ...args) => !within(es, args.at(-1) ?? 0n, 16n)]],
  cost_vetkd_derive_key: [[BOUNDLESS, holdsId], [21, (es, ...args) => !within(es, args.at(-1) ?? 0n, 16n)]],
  call_new: [
    [22, (es, _callee, calleeSize = 0n, name = 0n, nameSize = 0n) =>
      calleeSize > MAX_CALLEE_BYTES || nameSize > BigInt(es.profile.limits.methodNameBytes) || decodeText(bytesAt(es, name, nameSize)) === undefined],
    [53, (_es, _callee, calleeSize = 0n) => calleeSize === 0n],
  ],
  performance_counter: [[BOUNDLESS, (_es, type = 0n) => type > 1n]],
  call_perform: [[BOUNDLESS, (es) => COMPOSITE.includes(es.context) && spendsAll(es)]],
  env_var_name_exists: [[BOUNDLESS, holdsId]],
  env_var_value_size: [[BOUNDLESS, holdsId]],
  env_var_value_copy: [[BOUNDLESS, holdsId]],
  is_controller: [[23, (es) => es.context === 's']],
  certified_data_set: [[25, (_es, _src, size = 0n) => size > CERTIFIED_DATA_BYTES]],
  global_timer_set: [[12, ({ env, canister }) => env.globalTimer !== 0n && env.globalTimer <= env.time && canister.code?.module.exports.has('canister_global_timer') !== true]],
};

/** Unavailable functions that another reading makes available. */
// prettier-ignore
const UNAVAILABLE: readonly (readonly [n: number, name: string, contexts: readonly string[]])[] = [
  [2, 'msg_deadline', ['TQ']],
  [14, 'msg_reject_code', ['CC']],
  [15, 'msg_reject_msg_size', ['Ry', 'C', 'CRy', 'CC']],
  [15, 'msg_reject_msg_copy', ['Ry', 'C', 'CRy', 'CC']],
];

/** Wraps the functions of the System API so that what only one reading promises is noticed. */
export function noticing(handlers: Handlers, touch: Touch): Handlers {
  const wrapped = Object.entries(CALLS).map(([name, rows]): [string, Handler] => {
    const handler = handlers[name];
    if (handler === undefined) throw new RangeError(`the model has no ${name}`);
    return [
      name,
      (es, ...args) => {
        for (const [n, when] of rows) if (when(es, ...args)) touch(n);
        return handler(es, ...args);
      },
    ];
  });
  return { ...handlers, ...Object.fromEntries(wrapped) };
}

/** Notices what the record of a transition shows. */
export function noticeIn({ cause, executions }: TransitionRecord, touch: Touch): void {
  for (const { entryPoint, outcome, trace } of executions) {
    const last = trace.at(-1);
    if (last?.trap === 'system-call-unavailable') {
      const context = contextOf(entryPoint);
      for (const [n, name, contexts] of UNAVAILABLE) if (name === last.name && contexts.includes(context)) touch(n);
    }
    // Of an update method see noticingTransitions.
    const limited = outcome.kind === 'trapped' && outcome.trap === 'wasm-memory-limit';
    if (limited && entryPoint !== 'canister_update') touch(40);
  }
  if (cause.kind !== 'query') return;
  // What a second callback of a composite query sees of the first one's writes.
  if (executions.filter(({ entryPoint }) => entryPoint.startsWith('composite re')).length > 1) touch(31);
  // The calls of a composite query are evaluated in any order.
  const callers = new Set<Principal>();
  for (const { canister, trace } of executions) {
    for (const { name, result } of trace) {
      if (name !== 'call_perform' || result !== 0n) continue;
      if (callers.has(canister)) touch(BOUNDLESS);
      callers.add(canister);
    }
  }
}

type Transitions = Assembly['transitions'];

/**
 * Wraps transitions in which readings differ: a canister that can pay for being there, and not for a message, may also wait; an execution that
 * begins with a larger Wasm memory than wasm_memory_limit exceeds it, or does not cause it to be exceeded; where no limit is set, the memory
 * of a canister is always low, or never, or, if there is a threshold, as soon as the implementation's own limit is near.
 * @param takes whether a reading is taken, by its name
 */
export function noticingTransitions(
  transitions: Transitions,
  touch: Touch,
  takes: (name: string) => boolean,
): Transitions {
  return {
    ...transitions,
    rejectionOf(w, call) {
      const cause = transitions.rejectionOf(w, call);
      const callee = w.draft.canisters.get(call.callee);
      if (cause === 'frozen' && callee !== undefined && liquidBalanceOf(w.profile, callee) >= 0n) touch(35);
      return cause;
    },
    scheduleLowMemoryHook(w, id) {
      const canister = w.draft.canister(id);
      const { code, settings, lowMemoryHook } = canister;
      const limited = settings.wasmMemoryLimit > 0n;
      if (limited || code?.module.exports.has('canister_on_low_wasm_memory') !== true) {
        transitions.scheduleLowMemoryHook(w, id);
        return;
      }
      if (settings.wasmMemoryThreshold > 0n) touch(8);
      if (!takes('low without a limit')) transitions.scheduleLowMemoryHook(w, id);
      else if (lowMemoryHook === 'condition-not-satisfied') w.draft.put({ ...canister, lowMemoryHook: 'ready' });
    },
    judgedOutcome(run, newBalance) {
      const outcome = transitions.judgedOutcome(run, newBalance);
      const { canister } = run.execution;
      const exceeded = resourcesOf(canister).wasmBytes > canister.settings.wasmMemoryLimit;
      if (outcome.kind === 'trapped' && outcome.trap === 'wasm-memory-limit' && exceeded) touch(40);
      return outcome;
    },
  };
}

/** Wraps what is managed by ingress: whether anybody, or only a controller, may top up a canister (37). */
export function otherManagement(
  management: Assembly['management'],
  takes: (name: string) => boolean,
): Assembly['management'] {
  return {
    ...management,
    depositCycles(w, request) {
      const controllers = w.draft.canisters.get(request.canister)?.settings.controllers ?? [];
      const strange = !controllers.includes(request.sender);
      return strange && takes('controllers top up') ? { kind: 'done' } : management.depositCycles(w, request);
    },
  };
}

/**
 * Notices what a stimulus asks for.
 * @param installed what was installed last in each canister
 */
export function noticeOf(
  stimulus: Stimulus,
  { modules }: Scenario,
  installed: Map<Principal, ModuleIndex>,
  touch: Touch,
): void {
  if (stimulus.kind === 'create' || stimulus.kind === 'update-settings') {
    const names = stimulus.settings.environmentVariables?.map(({ name }) => name) ?? [];
    if (new Set(names).size < names.length) touch(54);
  }
  if (stimulus.kind !== 'install') return;
  // The same module over a memory that it has filled once: its segments are there whether they are applied again or not.
  if (stimulus.wasmMemoryPersistence === 'keep' && installed.get(stimulus.canister) !== stimulus.module) touch(42);
  installed.set(stimulus.canister, stimulus.module);
  const module = modules[stimulus.module];
  if (module === undefined) return;
  for (const n of module.kind === 'program' ? touchedBy(module.program) : touchedByBytes(module.bytes)) touch(n);
}

const ofPrograms = new WeakMap<Program, readonly number[]>();

/** What the code of a program is enough to touch, wherever it runs. */
function touchedBy(program: Program): readonly number[] {
  let found = ofPrograms.get(program);
  if (found === undefined) {
    const exported = (name: string) => program.exports.some((one) => one.name === name);
    const rows: readonly (readonly [n: number, holds: boolean])[] = [
      [BOUNDLESS, exported('canister_heartbeat')],
      [3, exported('start')],
      [43, program.oddities.some(({ kind }) => kind === 'import memory' || kind === 'import table' || kind === 'import global')],
    ]; // prettier-ignore
    found = rows.flatMap(([n, holds]) => (holds ? [n] : []));
    ofPrograms.set(program, found);
  }
  return found;
}

const ofBytes = new WeakMap<Uint8Array, readonly number[]>();

/** The same for a module that was not generated. */
function touchedByBytes(bytes: Uint8Array): readonly number[] {
  let found = ofBytes.get(bytes);
  if (found === undefined) {
    const module = parseModule(openWasm, bytes);
    found =
      'invalid' in module ? (/is a (memory|table|global)$/.test(module.invalid) ? [43] : []) : touchedByModule(module);
    ofBytes.set(bytes, found);
  }
  return found;
}

function touchedByModule({ wasm, exports }: CanisterModule): readonly number[] {
  const rows: readonly (readonly [n: number, holds: boolean])[] = [
    [BOUNDLESS, exports.has('canister_heartbeat')],
    [3, wasm.exports.some(({ name }) => name === 'start')],
  ];
  return rows.flatMap(([n, holds]) => (holds ? [n] : []));
}

const { SYS_FATAL, SYS_TRANSIENT, DESTINATION_INVALID, CANISTER_ERROR } = REJECT_CODES;

/** Reject codes that another reading gives to a cause (33, 34). */
const OTHER_CODES: Readonly<Partial<Record<RejectCause, readonly [number, ...number[]]>>> = {
  uninstalled: [CANISTER_ERROR],
  'out-of-cycles': [CANISTER_ERROR],
  'no-such-method': [DESTINATION_INVALID],
  'empty-canister': [DESTINATION_INVALID, SYS_FATAL, SYS_TRANSIENT],
  // Not a reading: a system that rejects of its own accord says whether it makes sense to try again.
  spontaneous: [SYS_FATAL],
};

/** The code that the model gives when it is told to reject of its own accord is the one that it was told (chooser.ts). */
export const isSpontaneous = (profile: Profile, message: string) => message === profile.rejectMessages.spontaneous;

const ofProfiles = new WeakMap<Profile, ReadonlyMap<string, readonly [number, ...number[]]>>();

/**
 * Codes that other readings give to a reject of the system; none: there is one reading.
 * Causes are told by their messages, which are unique in a profile.
 */
export function otherCodes(profile: Profile, message: string): readonly [number, ...number[]] | undefined {
  let byMessage = ofProfiles.get(profile);
  if (byMessage === undefined) {
    const rows = Object.entries(OTHER_CODES).map(([cause, codes]) => [profile.rejectMessages[cause as RejectCause], codes] as const); // prettier-ignore
    ofProfiles.set(profile, (byMessage = new Map(rows)));
  }
  return byMessage.get(message);
}

/**
 * Wraps the functions of the System API for readings that the model can take.
 * @param takes whether one of them is taken, by its name
 */
export function otherReadings(handlers: Handlers, takes: (name: string) => boolean): Handlers {
  const original = (name: string): Handler => {
    const handler = handlers[name];
    if (handler === undefined) throw new RangeError(`the model has no ${name}`);
    return handler;
  };
  const named =
    (name: string): Handler =>
    (es, index = 0n, ...rest) => {
      const count = BigInt(es.canister.settings.environmentVariables.length);
      const reversed = index < count && count > 1n && takes('variables reversed');
      return original(name)(es, reversed ? count - 1n - index : index, ...rest);
    };
  // Whether the stable memory is too large for a function is another question than whether a range is within it.
  const stable =
    (name: string, measure?: string): Handler =>
    (es, ...args) => {
      if (!emptyCopy(es, ...args) || !takes('empty copies return')) return original(name)(es, ...args);
      if (measure !== undefined) original(measure)(es);
      return undefined;
    };
  return {
    ...handlers,
    stable_read: stable('stable_read', 'stable_size'),
    stable_write: stable('stable_write', 'stable_size'),
    stable64_read: stable('stable64_read'),
    stable64_write: stable('stable64_write'),
    msg_deadline: (es) => {
      if (QUERIES.includes(es.context) && takes('no deadline in queries')) {
        throw new WasmTrap('system-call-unavailable');
      }
      return original('msg_deadline')(es);
    },
    cycles_burn128: (es, ...args) => {
      const before = es.balance;
      const result = original('cycles_burn128')(es, ...args);
      if (takes('burned stays')) es.balance = before;
      return result;
    },
    env_var_name_size: named('env_var_name_size'),
    env_var_name_copy: named('env_var_name_copy'),
  };
}
