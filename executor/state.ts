// plumbing: the state of the subnet, mutable and in one place — abstract-behavior.md#the-system-state
import type { Nanoseconds, Principal } from '../spec/vocabulary/brands.js';
import { MAX_CYCLES } from '../spec/vocabulary/brands.js';
import type { CallContextId, MessageId, RequestId } from '../spec/vocabulary/ids.js';
import type { Response } from '../spec/vocabulary/record.js';
import type { CanisterInstance } from './instance.js';
import type { StableMemory } from './memory/stable-memory.js';

/** A blob that was copied out of a canister or came from outside; never written to. */
export type Blob = Uint8Array;

export interface CallerInfo {
  readonly data: Blob;
  readonly signer: Blob;
}

/** A function index in table 0 with the argument that it gets. */
export interface Closure {
  readonly fun: bigint;
  readonly env: bigint;
}

/** A call from a canister, from call_perform until it is answered at the caller. */
export interface Call {
  /** Id of the call message. */
  readonly message: MessageId;
  readonly caller: Canister;
  readonly context: CallContext;
  readonly callee: Principal;
  readonly onReply: Closure;
  readonly onReject: Closure;
  readonly onCleanup: Closure | undefined;
  /** Absent: unbounded wait. */
  readonly deadline: Nanoseconds | undefined;
  /** Cycles set aside for the response. */
  readonly setAside: bigint;
  /** The caller is told SYS_UNKNOWN: that answer is the only one, and does not expire. */
  expired: boolean;
}

/** Who waits for the response. */
export type Origin =
  | { readonly kind: 'user'; readonly request: RequestId; readonly sender: Principal; readonly info: CallerInfo }
  | { readonly kind: 'canister'; readonly call: Call }
  | { readonly kind: 'system' };

export interface CallContext {
  readonly id: CallContextId;
  readonly canister: Canister;
  readonly origin: Origin;
  needsToRespond: boolean;
  deleted: boolean;
  /** Cycles attached to the call and not accepted yet. */
  available: bigint;
  /** Calls of this context that are not answered yet. */
  outstanding: number;
  /** Reported instructions of the executions in this context. */
  instructions: bigint;
  /** Whether the last execution in this context trapped. */
  trapped: boolean;
}

export interface CallMessage {
  readonly kind: 'call';
  readonly id: MessageId;
  readonly origin: Origin;
  readonly caller: Principal;
  readonly callee: Principal;
  readonly method: string;
  readonly arg: Blob;
  readonly cycles: bigint;
}

export interface ResponseMessage {
  readonly kind: 'response';
  readonly id: MessageId;
  readonly call: Call;
  readonly response: Response;
  readonly refunded: bigint;
}

export type Message = CallMessage | ResponseMessage;

export interface CanisterSettings {
  controllers: readonly Principal[];
  computeAllocation: bigint;
  memoryAllocation: bigint;
  freezingThreshold: bigint;
  reservedCyclesLimit: bigint;
  minimumIncomingCanisterCallCycles: bigint;
  wasmMemoryLimit: bigint;
  wasmMemoryThreshold: bigint;
  /** By ascending UTF-8 bytes of the name. */
  environmentVariables: readonly EnvironmentVariable[];
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly nameBytes: Blob;
  readonly value: Blob;
}

type HookStatus = 'condition-not-satisfied' | 'ready' | 'executed';

export interface Canister {
  readonly id: Principal;
  readonly idBytes: Blob;
  status: 'running' | 'stopping' | 'stopped';
  version: bigint;
  balance: bigint;
  reserved: bigint;
  settings: CanisterSettings;
  /** Absent: an empty canister. */
  instance: CanisterInstance | undefined;
  stable: StableMemory;
  certifiedData: Blob;
  globalTimer: bigint;
  log: Blob[];
  hook: HookStatus;
  /** Pending stop requests. */
  stopping: RequestId[];
  readonly contexts: Map<CallContextId, CallContext>;
  /** Calls under way by callee. */
  readonly outstanding: Map<Principal, number>;
  /** Whether balance and reserved balance were both 0 when last looked at. */
  drained: boolean;
}

/** Totals that nothing else shows. */
interface Totals {
  putIn: bigint;
  burned: bigint;
  charged: bigint;
  lost: bigint;
}

/** Everything. */
export interface Subnet {
  time: bigint;
  readonly canisters: Map<Principal, Canister>;
  /** By ascending id. */
  readonly messages: Map<MessageId, Message>;
  readonly contexts: Map<CallContextId, CallContext>;
  /** Calls from canisters that are not answered yet. */
  readonly calls: Set<Call>;
  readonly totals: Totals;
  created: number;
  nextMessage: number;
  nextContext: number;
  nextRequest: number;
}

/** A subnet without canisters. @param time nanoseconds since 1970 */
export function newSubnet(time: bigint): Subnet {
  return {
    time,
    canisters: new Map(),
    messages: new Map(),
    contexts: new Map(),
    calls: new Set(),
    totals: { putIn: 0n, burned: 0n, charged: 0n, lost: 0n },
    created: 0,
    nextMessage: 0,
    nextContext: 0,
    nextRequest: 0,
  };
}

/** Adds cycles to a balance, saturating at 2^128 - 1; what is over is lost (CHARGING.md, 4). */
export function credit(subnet: Subnet, canister: Canister, amount: bigint): void {
  const sum = canister.balance + amount;
  if (sum > MAX_CYCLES) {
    subnet.totals.lost += sum - MAX_CYCLES;
    canister.balance = MAX_CYCLES;
  } else canister.balance = sum;
}

/** Takes cycles from a balance as a charge. */
export function charge(subnet: Subnet, canister: Canister, amount: bigint): void {
  canister.balance -= amount;
  subnet.totals.charged += amount;
}
