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

/** What an entry point is started with; a field that is left out is empty. */
export interface ExecutionInput {
  readonly entryPoint: EntryPoint;
  readonly canister: Canister;
  readonly instance: CanisterInstance;
  /** Instruction limit of this execution. */
  readonly limit: bigint;
  readonly caller?: Blob;
  readonly info?: CallerInfo;
  readonly arg?: Blob;
  readonly method?: string;
  readonly rejectCode?: number;
  readonly rejectMessage?: Blob;
  readonly deadline?: bigint;
  readonly refunded?: bigint;
  readonly context?: CallContext;
  /** Absent: no certificate is present. */
  readonly certificate?: Blob | undefined;
  readonly mayRespond?: boolean;
  readonly earlier?: bigint;
  readonly evaluation?: Map<Principal, number> | undefined;
}

/** What can be read again after a trap only because it was noted. */
interface Before {
  readonly certifiedData: Blob;
  readonly globalTimer: bigint;
  readonly log: Blob[];
}

/** Nothing is said about the caller. */
export const NO_INFO: CallerInfo = { data: NO_BLOB, signer: NO_BLOB };

/** One execution: what it was started with, and what it has done so far. A class, so that all have one shape. */
export class Execution {
  readonly subnet: Subnet;
  readonly fees: Fees;
  readonly profile: Profile;
  readonly entryPoint: EntryPoint;
  readonly letter: Context;
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
  readonly certificate: Blob | undefined;
  readonly mayRespond: boolean;
  /** Instructions that it may use. */
  readonly limit: number;
  /** Reported instructions of earlier executions that performance_counter(1) counts. */
  readonly earlier: bigint;
  /** Calls under way to a callee in a composite query's evaluation, which count instead of the canister's. */
  readonly evaluation: Map<Principal, number> | undefined;
  /** The canister version when it began. */
  readonly version: bigint;
  /** Undefined: nobody reads the trace. */
  readonly trace: SystemCallRecord[] | undefined;

  replyParts: Blob[] = [];
  replyBytes = 0;
  response: ExecutionResponse | undefined = undefined;
  pending: PendingCall | undefined = undefined;
  calls: PerformedCall[] = [];
  /** Calls performed in this execution, by callee. */
  performed: Map<Principal, number> | undefined = undefined;
  /** Cycles moved from the call context to the balance. */
  accepted = 0n;
  burned = 0n;
  /** Cycles that the balance could not take. */
  lost = 0n;
  messageAccepted = false;
  stablePagesWritten: Set<number> | undefined = undefined;
  /** Values before the execution, to go back to. */
  readonly before: Before;

  constructor(subnet: Subnet, fees: Fees, trace: boolean, input: ExecutionInput) {
    const { canister } = input;
    this.subnet = subnet;
    this.fees = fees;
    this.profile = fees.profile;
    this.entryPoint = input.entryPoint;
    this.letter = ENTRY_POINTS[input.entryPoint];
    this.canister = canister;
    this.instance = input.instance;
    this.caller = input.caller ?? NO_BLOB;
    this.info = input.info ?? NO_INFO;
    this.arg = input.arg ?? NO_BLOB;
    this.method = input.method;
    this.rejectCode = input.rejectCode ?? 0;
    this.rejectMessage = input.rejectMessage ?? NO_BLOB;
    this.deadline = input.deadline ?? 0n;
    this.refunded = input.refunded ?? 0n;
    this.context = input.context;
    this.certificate = input.certificate;
    this.mayRespond = input.mayRespond ?? false;
    this.limit = Number(input.limit);
    this.earlier = input.earlier ?? 0n;
    this.evaluation = input.evaluation;
    this.version = canister.version;
    this.trace = trace ? [] : undefined;
    this.before = { certifiedData: canister.certifiedData, globalTimer: canister.globalTimer, log: canister.log };
  }
}

/** Whether the entry point runs in replicated mode. */
export function isReplicated(entryPoint: EntryPoint): boolean {
  return REPLICATED.has(ENTRY_POINTS[entryPoint]);
}

const REPLICATED: ReadonlySet<Context> = new Set<Context>(['s', 'I', 'G', 'U', 'RQ', 'Ry', 'Rt', 'C', 'T']);
