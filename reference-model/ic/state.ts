// spec-shaped: the system state — abstract-behavior.md#the-system-state
//
// Values are immutable and share what did not change. A transition writes to a draft (draft.ts); the engine keeps the draft's
// result, or drops it. There is no code that takes anything back.

import type { SenderInfo } from '../../spec/vocabulary/scenario.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { CallContextId, MessageId, RequestId } from '../../spec/vocabulary/ids.js';
import type { CanisterModule } from './module.js';
import type { StableMemory } from './stable-memory.js';
import type { Instance, InstanceState } from '../wasm/index.js';

/** A reply, or a reject with one of the codes of spec/reject-codes.ts. */
export type Response =
  | { readonly kind: 'reply'; readonly data: Uint8Array }
  | { readonly kind: 'reject'; readonly code: number; readonly message: string };

/** A function of type `(env : I) -> ()`, addressed by its table index. */
export interface Closure {
  readonly fun: bigint;
  readonly env: bigint;
}

/** What is called when the response to a call comes back — abstract-behavior.md, "The concrete Callback". */
export interface Callback {
  readonly onReply: Closure;
  readonly onReject: Closure;
  readonly onCleanup?: Closure;
}

/** Who waits for the response of a call context. */
export type CallOrigin =
  | { readonly kind: 'user'; readonly request: RequestId; readonly sender: Principal; readonly senderInfo?: SenderInfo }
  | {
      readonly kind: 'canister';
      /** The call message that made the call. */
      readonly call: MessageId;
      readonly caller: Principal;
      /** Nanoseconds; absent: unbounded wait. */
      readonly deadline?: bigint;
      /** The caller has had SYS_UNKNOWN: a response comes too late. */
      readonly expired: boolean;
    }
  | { readonly kind: 'system-task' };

/** Bookkeeping for one call into a canister — abstract-behavior.md, "Call contexts". */
export interface CallContext {
  readonly id: CallContextId;
  readonly canister: Principal;
  readonly origin: CallOrigin;
  readonly needsToRespond: boolean;
  readonly deleted: boolean;
  readonly availableCycles: bigint;
  /** Instructions that earlier executions in this context reported: performance counter 1. */
  readonly instructions: bigint;
  /** Whether the latest execution trapped: why the context starved, if it does. */
  readonly trapped: boolean;
}

/** A call that its caller has made and that has not been answered at the caller. */
export interface OpenCall {
  /** The id of its call message. */
  readonly id: MessageId;
  readonly context: CallContextId;
  readonly caller: Principal;
  readonly callee: Principal;
  readonly callback: Callback;
  /** MAX_CYCLES_PER_RESPONSE as it was when the call was made. */
  readonly setAside: bigint;
}

export interface CallMessage {
  readonly kind: 'call';
  readonly id: MessageId;
  readonly origin: Exclude<CallOrigin, { kind: 'system-task' }>;
  readonly caller: Principal;
  readonly callee: Principal;
  readonly methodName: string;
  readonly arg: Uint8Array;
  readonly transferredCycles: bigint;
}

export interface ResponseMessage {
  readonly kind: 'response';
  readonly id: MessageId;
  /** The call message that is answered, an open call. */
  readonly to: MessageId;
  readonly response: Response;
  readonly refundedCycles: bigint;
  /** Whether it answers a bounded-wait call that has not expired. */
  readonly mayExpire: boolean;
}

/** Calls of one canister to another are a queue; ingress messages and responses are unordered. */
export type Message = CallMessage | ResponseMessage;

/** The code and memories of a canister. */
export interface Code {
  readonly module: CanisterModule;
  readonly instance: Instance;
  /** The Wasm state that the instance takes when it runs next. */
  readonly wasmState: InstanceState;
  /** Size of the Wasm memory in pages; absent: no memory. */
  readonly wasmPages?: bigint;
  readonly stable: StableMemory;
}

type CanisterStatus =
  | { readonly kind: 'running' }
  /** `requests`: the stop requests that wait for it. */
  | { readonly kind: 'stopping'; readonly requests: readonly RequestId[] }
  | { readonly kind: 'stopped' };

export interface EnvironmentVariable {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly valueBytes: Uint8Array;
}

/** Settings with all fields — management-canister.md#ic-create_canister. Sizes in bytes, times in seconds. */
export interface CanisterSettings {
  readonly controllers: readonly Principal[];
  readonly computeAllocation: bigint;
  readonly memoryAllocation: bigint;
  readonly freezingThreshold: bigint;
  readonly reservedCyclesLimit: bigint;
  readonly minimumIncomingCanisterCallCycles: bigint;
  readonly wasmMemoryLimit: bigint;
  readonly wasmMemoryThreshold: bigint;
  /** By ascending UTF-8 bytes of the name. */
  readonly environmentVariables: readonly EnvironmentVariable[];
}

type LowMemoryHookStatus = 'condition-not-satisfied' | 'ready' | 'executed';

export interface Canister {
  readonly id: Principal;
  readonly status: CanisterStatus;
  readonly version: bigint;
  readonly balance: bigint;
  readonly reservedBalance: bigint;
  readonly settings: CanisterSettings;
  /** undefined: an empty canister. */
  readonly code: Code | undefined;
  readonly certifiedData: Uint8Array;
  /** Nanoseconds; 0: not set. */
  readonly globalTimer: bigint;
  /** Contents of the log's records, oldest first. */
  readonly log: readonly Uint8Array[];
  readonly lowMemoryHook: LowMemoryHookStatus;
}

/** Cycles that came in or went out for good, since the subnet was made. */
export interface CycleTotals {
  readonly putIn: bigint;
  readonly burned: bigint;
  readonly charged: bigint;
  readonly lost: bigint;
}

/** The next id of each kind. */
export interface Counters {
  readonly message: number;
  readonly callContext: number;
  readonly request: number;
  readonly canister: number;
}

/** The state of a subnet. Messages, calls and call contexts are listed by ascending id. */
export interface SystemState {
  /** Nanoseconds, for all canisters. */
  readonly time: bigint;
  readonly canisters: ReadonlyMap<Principal, Canister>;
  readonly callContexts: ReadonlyMap<CallContextId, CallContext>;
  readonly messages: ReadonlyMap<MessageId, Message>;
  readonly calls: ReadonlyMap<MessageId, OpenCall>;
  readonly counters: Counters;
  readonly totals: CycleTotals;
}

/** The system state before anything happened — abstract-behavior.md, "Initial state". */
export function initialState(time: bigint): SystemState {
  return {
    time,
    canisters: new Map(),
    callContexts: new Map(),
    messages: new Map(),
    calls: new Map(),
    counters: { message: 0, callContext: 0, request: 0, canister: 0 },
    totals: { putIn: 0n, burned: 0n, charged: 0n, lost: 0n },
  };
}

/** The pointer width of a canister; an empty one counts as i32. */
export function widthOf(canister: Canister): 'i32' | 'i64' {
  return canister.code?.module.width ?? 'i32';
}
