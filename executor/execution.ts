// plumbing: one execution of canister code: what system calls see and what they change — abstract-behavior.md#the-execution-state
import type { Profile } from '../spec/profiles/profile.js';
import { ENTRY_POINTS, type Context, type EntryPoint } from '../spec/vocabulary/entry-point.js';
import type { SystemCallRecord } from '../spec/vocabulary/record.js';
import { NO_BLOB } from './blob.js';
import type { Fees } from './cycles.js';
import type { CanisterInstance } from './instance.js';
import type { Blob, CallContext, CallerInfo, Canister, Closure, Subnet } from './state.js';
import type { Principal } from '../spec/vocabulary/brands.js';

/** A call under construction, or performed in this execution. */
export interface PendingCall {
  readonly callee: Principal;
  readonly method: string;
  readonly methodBytes: number;
  readonly onReply: Closure;
  readonly onReject: Closure;
  onCleanup: Closure | undefined;
  readonly arg: Blob[];
  argBytes: number;
  cycles: bigint;
  /** Seconds, not yet bounded; undefined: unbounded wait. */
  timeoutSeconds: number | undefined;
}

/** A performed call: what left the balance for it. */
export interface PerformedCall extends PendingCall {
  readonly cost: bigint;
  readonly setAside: bigint;
}

export type ExecutionResponse =
  { readonly kind: 'reply'; readonly data: Blob } | { readonly kind: 'reject'; readonly message: string };

/** What an entry point is started with. */
export interface ExecutionInput {
  readonly entryPoint: EntryPoint;
  readonly canister: Canister;
  readonly instance: CanisterInstance;
  readonly caller: Blob;
  readonly info: CallerInfo;
  readonly arg: Blob;
  readonly method: string | undefined;
  readonly rejectCode: number;
  readonly rejectMessage: Blob;
  /** 0: none. */
  readonly deadline: bigint;
  readonly refunded: bigint;
  readonly context: CallContext | undefined;
  /** undefined: no certificate is present. */
  readonly certificate: Blob | undefined;
  readonly mayRespond: boolean;
  /** Instruction limit of this execution. */
  readonly limit: number;
  /** Reported instructions of earlier executions that performance_counter(1) counts. */
  readonly earlier: bigint;
  /** Calls under way to a callee that count besides the canister's: a composite query's evaluation. */
  readonly evaluation: Map<Principal, number> | undefined;
  readonly version: bigint;
}

/** The mutable state of an execution. */
export interface Execution extends ExecutionInput {
  readonly subnet: Subnet;
  readonly profile: Profile;
  readonly fees: Fees;
  readonly letter: Context;
  /** Undefined: nobody reads the trace. */
  readonly trace: SystemCallRecord[] | undefined;
  readonly replyParts: Blob[];
  replyBytes: number;
  response: ExecutionResponse | undefined;
  pending: PendingCall | undefined;
  readonly calls: PerformedCall[];
  /** Calls performed in this execution, by callee. */
  performed: Map<Principal, number> | undefined;
  /** Cycles moved from the call context to the balance. */
  accepted: bigint;
  burned: bigint;
  /** Cycles that the balance could not take. */
  lost: bigint;
  messageAccepted: boolean;
  stablePagesWritten: Set<number> | undefined;
  /** Values before the execution, to go back to. */
  readonly before: Before;
}

/** What can be read again after a trap only because it was noted. */
export interface Before {
  readonly balance: bigint;
  readonly available: bigint;
  readonly certifiedData: Blob;
  readonly globalTimer: bigint;
  readonly logLength: number;
  readonly log: readonly Blob[];
}

/** Nothing is said about the caller. */
export const NO_INFO: CallerInfo = { data: NO_BLOB, signer: NO_BLOB };

/** A new execution, nothing done yet. */
export function newExecution(subnet: Subnet, fees: Fees, trace: boolean, input: ExecutionInput): Execution {
  const { canister, context } = input;
  return {
    ...input,
    subnet,
    profile: fees.profile,
    fees,
    letter: ENTRY_POINTS[input.entryPoint],
    trace: trace ? [] : undefined,
    replyParts: [],
    replyBytes: 0,
    response: undefined,
    pending: undefined,
    calls: [],
    performed: undefined,
    accepted: 0n,
    burned: 0n,
    lost: 0n,
    messageAccepted: false,
    stablePagesWritten: undefined,
    before: {
      balance: canister.balance,
      available: context?.available ?? 0n,
      certifiedData: canister.certifiedData,
      globalTimer: canister.globalTimer,
      logLength: canister.log.length,
      log: canister.log,
    },
  };
}

/** Whether the entry point runs in replicated mode. */
export function isReplicated(entryPoint: EntryPoint): boolean {
  return REPLICATED.has(ENTRY_POINTS[entryPoint]);
}

const REPLICATED: ReadonlySet<Context> = new Set<Context>(['s', 'I', 'G', 'U', 'RQ', 'Ry', 'Rt', 'C', 'T']);
