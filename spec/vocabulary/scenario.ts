// plumbing: scenarios — canisters, and the stimuli and choices that drive them
import type { Cycles, Hex, Nanoseconds, Principal } from './brands.js';
import type { CallContextId, MessageId } from './ids.js';
import type { Program } from './program.js';

/** Index into `Scenario.modules`. */
export type ModuleIndex = number;

/** Where a module's bytes come from: compiled from a typed program, or opaque. */
export type ModuleSource =
  | { readonly kind: 'program'; readonly program: Program; readonly gzip?: boolean }
  | { readonly kind: 'wasm'; readonly bytes: Uint8Array; readonly description: string };

/** Canister settings; a field that is left out keeps its value (management-canister.md#ic-update_settings). */
export interface Settings {
  readonly controllers?: readonly Principal[];
  /** Percent, 0 to 100. */
  readonly computeAllocation?: bigint;
  /** Bytes. */
  readonly memoryAllocation?: bigint;
  /** Seconds. */
  readonly freezingThreshold?: bigint;
  readonly reservedCyclesLimit?: Cycles;
  readonly minimumIncomingCanisterCallCycles?: Cycles;
  /** Bytes; 0 is no limit. */
  readonly wasmMemoryLimit?: bigint;
  /** Bytes. */
  readonly wasmMemoryThreshold?: bigint;
  readonly environmentVariables?: readonly { readonly name: string; readonly value: string }[];
}

/** A canister as it stands before the first step. Canister k of the list has the id `canisterId(k)`. */
export interface CanisterSetup {
  /** Absent: an empty canister. */
  readonly module?: ModuleIndex;
  readonly initArg: Hex;
  readonly cycles: Cycles;
  /** Cycles in the reserved balance. */
  readonly reservedCycles: Cycles;
  /** Controllers default to `userId(0)`. */
  readonly settings: Settings;
}

/** What is there before the first step. */
export interface Setup {
  /** Since 1970. */
  readonly time: Nanoseconds;
  readonly canisters: readonly CanisterSetup[];
}

/** The mode of install_code. */
export type InstallMode = 'install' | 'reinstall' | 'upgrade';

/** What the canister with the caller's canister signature says about the caller (canister-interface.md, msg_caller_info). */
export interface SenderInfo {
  readonly data: Hex;
  readonly signer: Principal;
}

/** Something that comes from outside the subnet. Management calls are made by `sender` as ingress and are carried out at once. */
export type Stimulus =
  | {
      readonly kind: 'ingress';
      readonly canister: Principal;
      readonly method: string;
      readonly arg: Hex;
      readonly sender: Principal;
      readonly senderInfo?: SenderInfo;
    }
  | {
      readonly kind: 'query';
      readonly canister: Principal;
      readonly method: string;
      readonly arg: Hex;
      readonly sender: Principal;
      readonly senderInfo?: SenderInfo;
      /** The certificate that the environment supplies; absent: the profile's. */
      readonly certificate?: Hex;
    }
  /** The transform function of an HTTP outcall, run on a scripted answer; the reply is what the outcall would give. */
  | { readonly kind: 'transform'; readonly canister: Principal; readonly method: string; readonly arg: Hex }
  /** Makes a canister with the given cycles; its id is `canisterId(number of canisters made before)`. */
  | {
      readonly kind: 'create';
      readonly sender: Principal;
      readonly cycles: Cycles;
      readonly reservedCycles: Cycles;
      readonly settings: Settings;
    }
  | {
      readonly kind: 'install';
      readonly canister: Principal;
      readonly sender: Principal;
      readonly mode: InstallMode;
      readonly module: ModuleIndex;
      readonly arg: Hex;
      readonly skipPreUpgrade?: boolean;
      readonly wasmMemoryPersistence?: 'keep' | 'replace';
    }
  | { readonly kind: 'uninstall'; readonly canister: Principal; readonly sender: Principal }
  | { readonly kind: 'start'; readonly canister: Principal; readonly sender: Principal }
  | { readonly kind: 'stop'; readonly canister: Principal; readonly sender: Principal }
  | { readonly kind: 'delete'; readonly canister: Principal; readonly sender: Principal }
  | {
      readonly kind: 'update-settings';
      readonly canister: Principal;
      readonly sender: Principal;
      readonly settings: Settings;
    }
  /** Adds cycles from outside (provisional_top_up_canister). */
  | { readonly kind: 'deposit'; readonly canister: Principal; readonly sender: Principal; readonly cycles: Cycles }
  /** Lets time pass for all canisters, and charges for it. */
  | { readonly kind: 'advance-time'; readonly by: Nanoseconds };

export type StimulusKind = Stimulus['kind'];

/**
 * What the specification leaves open at a moment. Everything else (starvation of call contexts, their removal, responses to
 * users, the end of stopping, canisters out of cycles, the low-memory condition) is done at once by the engine.
 */
export type Choice =
  /** The call message is taken from its queue: a call context is made and the method runs, or it is rejected by rule. */
  | { readonly kind: 'execute'; readonly message: MessageId }
  /** The response message reaches its call context: the callback runs, and its cleanup if it traps. */
  | { readonly kind: 'deliver'; readonly message: MessageId }
  | { readonly kind: 'heartbeat'; readonly canister: Principal }
  | { readonly kind: 'global-timer'; readonly canister: Principal }
  | { readonly kind: 'low-wasm-memory'; readonly canister: Principal }
  /** Spontaneous rejection of a call message before a call context exists. */
  | { readonly kind: 'reject'; readonly message: MessageId; readonly code: number }
  /** A bounded-wait call whose call message has not been executed expires: SYS_UNKNOWN to the caller. */
  | { readonly kind: 'expire-message'; readonly message: MessageId }
  /** A bounded-wait call that is being processed expires: SYS_UNKNOWN to the caller. */
  | { readonly kind: 'expire-context'; readonly context: CallContextId }
  /** The system increments the canister version. */
  | { readonly kind: 'bump-version'; readonly canister: Principal };

export type ChoiceKind = Choice['kind'];

/** The order in which `enabled()` lists choices; within a kind by message id, call context id or canister id. */
export const CHOICE_KINDS = [
  'execute', 'deliver', 'heartbeat', 'global-timer', 'low-wasm-memory', 'reject', 'expire-message', 'expire-context', 'bump-version',
] as const satisfies readonly ChoiceKind[]; // prettier-ignore

/**
 * One step of a scenario. After the stimulus (or instead of one) the harness takes the listed picks, and then, unless
 * `hold` is set, runs to quiescence by the default policy: the oldest message first, responses and calls alike, then
 * low-memory hooks and due timers, no heartbeats, no spontaneous events.
 */
export interface Step {
  readonly stimulus?: Stimulus;
  /** Choices that differ from the default policy, taken in this order; one that is not enabled is passed over. */
  readonly picks?: readonly Pick[];
  /** Leave messages in their queues for later steps. */
  readonly hold?: boolean;
}

/** A choice by kind and rank among the enabled choices of that kind, so that it survives reduction. */
export interface Pick {
  readonly kind: ChoiceKind;
  /** Taken modulo the number of enabled choices of the kind. */
  readonly rank: number;
  /** For `reject`: 1 (SYS_FATAL) or 2 (SYS_TRANSIENT). */
  readonly code?: number;
}

/** Canisters, and what is done to them. */
export interface Scenario {
  /** Name of the profile, see spec/profiles. */
  readonly profile: string;
  readonly modules: readonly ModuleSource[];
  readonly setup: Setup;
  readonly steps: readonly Step[];
}
