// plumbing: what a profile is — the exact figures of one named implementation, where the specification leaves them open
import type { Hex, Principal } from '../vocabulary/brands.js';
import type { RejectCause } from './reject-causes.js';

/** Limits. Sizes in bytes unless the name says otherwise. A limit is the largest value that is still allowed. */
export interface Limits {
  /** Instructions for an update, replicated query, heartbeat, global timer, low-memory hook. */
  readonly updateInstructions: bigint;
  /** Instructions for a reply or reject callback, composite ones too. */
  readonly callbackInstructions: bigint;
  /** Instructions for a cleanup callback. */
  readonly cleanupInstructions: bigint;
  /** Instructions for one non-replicated query or composite query entry point, or a transform. */
  readonly queryInstructions: bigint;
  /** Instructions for a whole query call with everything below it. */
  readonly queryGraphInstructions: bigint;
  /** Nested calls of a composite query: the root has depth 0. */
  readonly queryDepth: number;
  /** Instructions for pre_upgrade, start, init and post_upgrade of one install together. */
  readonly installInstructions: bigint;
  /** Instructions for canister_inspect_message. */
  readonly inspectInstructions: bigint;
  /** Stack budget in slots, see spec/vocabulary/stack-budget.md. */
  readonly stackSlots: number;
  readonly wasm32Pages: bigint;
  readonly wasm64Pages: bigint;
  readonly tableEntries: number;
  readonly stablePages: bigint;
  /** Argument of an ingress message or a query. */
  readonly ingressBytes: number;
  /** Argument of an inter-canister call. */
  readonly callBytes: number;
  /** Reply data; reject message. */
  readonly replyBytes: number;
  /** Reply data of a non-replicated query. */
  readonly queryReplyBytes: number;
  readonly methodNameBytes: number;
  /** Calls under way from one canister to another. */
  readonly queueCapacity: number;
  readonly callTimeoutSeconds: bigint;
  readonly certifiedDataBytes: number;
  readonly environmentVariables: number;
  readonly environmentVariableNameBytes: number;
  readonly environmentVariableValueBytes: number;
  readonly logRecordBytes: number;
  readonly logBytes: number;
  readonly controllers: number;
  /** The optional limits under "the IC may reject". */
  readonly moduleFunctions: number;
  readonly moduleGlobals: number;
  readonly exportedMethods: number;
  readonly exportedMethodNameBytes: number;
  readonly customSections: number;
  readonly customSectionBytes: number;
  readonly moduleBytes: number;
}

/** Fees in cycles. */
export interface Fees {
  readonly messageExecution: bigint;
  readonly tenInstructions: { readonly i32: bigint; readonly i64: bigint };
  readonly ingressMessage: bigint;
  readonly ingressByte: bigint;
  readonly call: bigint;
  readonly callByte: bigint;
  readonly createCanister: bigint;
  /** Per second. */
  readonly gibibyteSecond: bigint;
  /** Per percent and second. */
  readonly computePercentSecond: bigint;
  /** Per canister with code and second. */
  readonly canisterSecond: bigint;
  /** By key name. */
  readonly signWithEcdsa: Readonly<Record<string, bigint>>;
  readonly signWithSchnorr: Readonly<Record<string, bigint>>;
  readonly vetkdDeriveKey: Readonly<Record<string, bigint>>;
  readonly httpRequest: {
    readonly base: bigint;
    readonly node: bigint;
    readonly requestByte: bigint;
    readonly responseByte: bigint;
  };
}

/** Instructions charged for a system call: `base` plus `perByte` for each byte of the parameters in the import table's `copies` column. */
interface SystemCallCharge {
  readonly base: bigint;
  readonly perByte: bigint;
}

/** A named implementation: its limits, fees and weights, and what it has decided where the specification leaves it open (docs/profiles.md). */
export interface Profile {
  /** As --profile names it. */
  readonly name: string;
  readonly description: string;
  readonly limits: Limits;
  readonly fees: Fees;
  /** Nodes of the subnet, from which fees of HTTP outcalls are computed. */
  readonly subnetNodes: bigint;
  readonly subnetId: Principal;
  /** DER-encoded public key. */
  readonly rootKey: Hex;
  /** What ic0.data_certificate gives where the query does not bring its own. */
  readonly certificate: Hex;
  /** Seconds; the freezing threshold of a canister whose settings do not say. */
  readonly freezingThreshold: bigint;
  /** What each system call is charged, by its name without `ic0.`; `default` for those that are not listed. */
  readonly systemCalls: {
    readonly default: SystemCallCharge;
    readonly byName: Readonly<Record<string, SystemCallCharge>>;
    /** Instructions for each 4 KiB page of stable memory that a message writes for the first time. */
    readonly stablePageFirstWritten: bigint;
  };
  /** Mnemonics of valid instructions that a module may not contain. */
  readonly refusedInstructions: readonly string[];
  /** Whether imported globals, tables and memories are refused. */
  readonly refusesImportedState: boolean;
  /** Whether the optional module limits are enforced. */
  readonly enforcesOptionalModuleLimits: boolean;
  /** The message of every reject that the system makes. */
  readonly rejectMessages: Readonly<Record<RejectCause, string>>;
}
