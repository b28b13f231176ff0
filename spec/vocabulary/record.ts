// plumbing: what an engine reports of each transition — the execution record, and the digest of a canister's state
import type { Cycles, Hex, Nanoseconds, PointerWidth, Principal } from './brands.js';
import type { Digest } from './digest.js';
import type { EntryPoint } from './entry-point.js';
import type { CallContextId, MessageId, RequestId } from './ids.js';
import type { Choice, Stimulus } from './scenario.js';
import type { TrapKind } from './trap.js';

/** A reply, or a reject with one of the codes of spec/reject-codes.ts. */
export type Response =
  | { readonly kind: 'reply'; readonly data: Hex }
  | { readonly kind: 'reject'; readonly code: number; readonly message: string };

/** One `ic0` call. Arguments and results are unsigned. */
export interface SystemCallRecord {
  readonly name: string;
  readonly args: readonly bigint[];
  /** Absent where the function has no result, or trapped. */
  readonly result?: bigint;
  readonly trap?: TrapKind;
  /** The bytes at `dst` after the call (spec/system-api.ts, shownRange). Absent without `dst`, after a trap, and in a module without memory. */
  readonly wrote?: Hex;
}

/** A call that the execution made and that left the canister because the execution returned. */
export interface OutgoingCall {
  readonly message: MessageId;
  readonly callee: Principal;
  readonly method: string;
  readonly arg: Hex;
  readonly cycles: Cycles;
  /** Absent: unbounded wait. */
  readonly deadline?: Nanoseconds;
}

/** How an execution ended; what it answered is its `response`. */
export type ExecutionOutcome =
  | { readonly kind: 'returned' }
  /** `detail` helps people; it is never compared. */
  | { readonly kind: 'trapped'; readonly trap: TrapKind; readonly detail?: string };

/** One Wasm function execution from an entry point to its end. */
export interface ExecutionRecord {
  readonly canister: Principal;
  readonly entryPoint: EntryPoint;
  readonly width: PointerWidth;
  /** Absent for system tasks, install code and callbacks. */
  readonly method?: string;
  /** Absent outside call contexts (install code, inspection, non-replicated queries). */
  readonly callContext?: CallContextId;
  /** Empty when the engine was made with `trace: false`. */
  readonly trace: readonly SystemCallRecord[];
  readonly outcome: ExecutionOutcome;
  /** Instructions used, at most the limit (spec/profiles/CHARGING.md). */
  readonly instructions: bigint;
  /** What the execution responded, when it returned. */
  readonly response?: Response;
  readonly calls: readonly OutgoingCall[];
  /** Cycles moved from the call to the balance; 0 after a trap. */
  readonly accepted: Cycles;
  /** Cycles burned by cycles_burn128; 0 after a trap. */
  readonly burned: Cycles;
}

/** A message that came into being in a transition. */
export type NewMessage =
  | { readonly kind: 'call'; readonly id: MessageId; readonly caller: Principal; readonly callee: Principal; readonly method: string }
  | {
      readonly kind: 'response';
      readonly id: MessageId;
      /** The call message that is answered. */
      readonly to: MessageId;
      readonly response: Response;
      readonly refunded: Cycles;
    }; // prettier-ignore

/** Why ingress did not get into the system. */
export type SubmissionFailure =
  /** Ingress to a canister that does not exist. */
  | 'no-such-canister'
  | 'empty-canister'
  | 'not-running'
  /** The liquid balance does not pay for the ingress message. */
  | 'frozen'
  /** canister_inspect_message trapped or did not accept. */
  | 'not-accepted';

/** How a stimulus ended. */
export type StimulusOutcome =
  /** Ingress (and stop): in the system now; its response comes with a later transition. */
  | { readonly kind: 'accepted'; readonly request: RequestId }
  | { readonly kind: 'refused'; readonly failure: SubmissionFailure }
  /** Queries and management calls end at once. */
  | { readonly kind: 'responded'; readonly response: Response }
  | { readonly kind: 'done' };

/** Where cycles are, and where they went. All amounts are totals over the subnet since it was made. */
export interface CyclesLedger {
  /** Given to canisters from outside: creation, deposit. */
  readonly putIn: bigint;
  readonly balances: bigint;
  readonly reserved: bigint;
  /** Attached to call and response messages that are under way. */
  readonly inMessages: bigint;
  /** Available in open call contexts. */
  readonly inCallContexts: bigint;
  /** Set aside for the responses of calls under way. */
  readonly setAside: bigint;
  /** Burned by cycles_burn128. */
  readonly burned: bigint;
  /** Charged for execution, messages and idle resources. */
  readonly charged: bigint;
  /** Discarded with deleted canisters, with SYS_UNKNOWN, and by saturation at 2^128 - 1. */
  readonly lost: bigint;
}

/** The state of one canister after a transition, as far as another engine can be compared with it. */
export interface CanisterDigest {
  readonly canister: Principal;
  readonly status: 'running' | 'stopping' | 'stopped';
  readonly version: bigint;
  readonly balance: Cycles;
  readonly reservedBalance: Cycles;
  /** SHA-256 of the uploaded bytes; absent: empty canister. */
  readonly moduleHash?: Hex;
  /** Size of the Wasm memory in pages; absent: no memory. */
  readonly wasmPages?: bigint;
  readonly wasmMemory: Digest;
  readonly stablePages: bigint;
  readonly stableMemory: Digest;
  /** Mutable globals by index as unsigned bits; a v128 is two entries, low half first. */
  readonly globals: readonly bigint[];
  /** Each table's entries by index: a function's index, or -1 for null. */
  readonly tables: readonly (readonly number[])[];
  /** Indices of data segments, then of element segments, that were dropped by data.drop and elem.drop (active ones not counted). */
  readonly droppedSegments: readonly [readonly number[], readonly number[]];
  readonly certifiedData: Hex;
  /** 0: not set. */
  readonly globalTimer: Nanoseconds;
  /** Contents of the log's records, oldest first. */
  readonly log: readonly Hex[];
  readonly lowMemoryHook: 'condition-not-satisfied' | 'ready' | 'executed';
  /** Call contexts of this canister that still exist. */
  readonly openCallContexts: number;
}

/** What happened in one transition (a stimulus or a choice), with the bookkeeping that followed it at once. */
export interface TransitionRecord {
  readonly cause: Stimulus | Choice;
  /** In the order in which they ran. */
  readonly executions: readonly ExecutionRecord[];
  readonly messages: readonly NewMessage[];
  /** Ingress requests that ended. */
  readonly ended: readonly { readonly request: RequestId; readonly response: Response }[];
  /** Canisters that this transition may have changed, by ascending id; deleted ones are left out. */
  readonly after: readonly CanisterDigest[];
}
