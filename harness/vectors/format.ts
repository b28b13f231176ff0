// plumbing: the format of golden vectors, ic0-conformance/vectors@1 (its JSON Schema is vectors-1.schema.json)
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import type { SubmissionFailure } from '../../spec/vocabulary/record.js';
import type { ChoiceKind, InstallMode } from '../../spec/vocabulary/scenario.js';
import type { TrapKind } from '../../spec/vocabulary/trap.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';

/** A blob in the notation of notation.ts, such as `u32:7 text:'abc' canister:0 00ff`. */
type BlobText = string;
/** A principal in the same notation. */
type PrincipalText = string;
/** A whole number: `1_000`, `2^64`, `2^128-1`. */
type AmountText = string;
/** WebAssembly text, one string or one a line. `I` stands for the pointer width. */
export type Wat = string | readonly string[];

/** A module that module-text.ts puts together: imports and library functions that are used are declared by themselves. */
export interface BuiltModule {
  readonly width?: PointerWidth;
  /** Limits of the memory, `1` by default; null: no memory. */
  readonly memory?: string | null;
  /** Contents of the memory by address. */
  readonly data?: Readonly<Record<string, BlobText>>;
  /** Bodies of functions of type (param $env I), by name; they fill the table in this order from index 0. */
  readonly callbacks?: Readonly<Record<string, Wat>>;
  /** Bodies of exported functions of type () -> (), by the name of the export. */
  readonly exports?: Readonly<Record<string, Wat>>;
  /** Body of the start function. */
  readonly start?: Wat;
  /** Contents of custom sections by name. */
  readonly customSections?: Readonly<Record<string, BlobText>>;
  /** Further fields of the module. */
  readonly fields?: Wat;
}

export type ModuleText =
  | BuiltModule
  /** A whole module. */
  | { readonly wat: Wat }
  /** Bytes as they are. */
  | { readonly bytes: BlobText }
  /** Another module of the file, gzip-compressed so many times (once by default). */
  | { readonly gzip: string; readonly times?: number };

export interface SettingsText {
  readonly controllers?: readonly PrincipalText[];
  readonly computeAllocation?: AmountText;
  readonly memoryAllocation?: AmountText;
  readonly freezingThreshold?: AmountText;
  readonly reservedCyclesLimit?: AmountText;
  readonly minimumIncomingCanisterCallCycles?: AmountText;
  readonly wasmMemoryLimit?: AmountText;
  readonly wasmMemoryThreshold?: AmountText;
  readonly environmentVariables?: readonly { readonly name: string; readonly value: string }[];
}

export interface CanisterText {
  /** Name of its module; absent: an empty canister. */
  readonly module?: string;
  readonly arg?: BlobText;
  /** 10^13 by default. */
  readonly cycles?: AmountText;
  readonly reservedCycles?: AmountText;
  readonly settings?: SettingsText;
}

/** As Stimulus in spec/vocabulary/scenario.ts; canister 0, sender user 0, empty argument unless given. */
export interface StimulusText {
  readonly kind: string;
  readonly canister?: PrincipalText;
  readonly method?: string;
  readonly arg?: BlobText;
  readonly sender?: PrincipalText;
  readonly senderInfo?: { readonly data: BlobText; readonly signer: PrincipalText };
  readonly certificate?: BlobText;
  readonly cycles?: AmountText;
  readonly reservedCycles?: AmountText;
  readonly settings?: SettingsText;
  readonly mode?: InstallMode;
  readonly module?: string;
  readonly skipPreUpgrade?: boolean;
  readonly wasmMemoryPersistence?: 'keep' | 'replace';
  /** Nanoseconds. */
  readonly by?: AmountText;
}

/** A reject; `code` may name several that conform. */
interface RejectText {
  readonly code: number | readonly number[];
  readonly message?: string;
}

/** How a request ended: exactly one field. */
export interface EndText {
  readonly reply?: BlobText;
  readonly reject?: RejectText;
}

/** Fields that are given are compared. */
export interface ExecutionText {
  readonly entryPoint: EntryPoint;
  readonly canister?: PrincipalText;
  /** `returned`, or the kind of trap, or `trapped` for any; `available`: anything but `system-call-unavailable`. */
  readonly outcome?: 'returned' | 'trapped' | 'available' | TrapKind;
  readonly instructions?: AmountText;
  readonly accepted?: AmountText;
  readonly burned?: AmountText;
  /** Number of calls that it made. */
  readonly calls?: number;
}

/** Fields that are given are compared. */
export interface StateText {
  readonly status?: 'running' | 'stopping' | 'stopped';
  readonly version?: AmountText;
  readonly balance?: AmountText;
  readonly reservedBalance?: AmountText;
  readonly empty?: boolean;
  readonly moduleHash?: BlobText;
  readonly wasmPages?: AmountText;
  readonly stablePages?: AmountText;
  readonly certifiedData?: BlobText;
  readonly globalTimer?: AmountText;
  readonly log?: readonly BlobText[];
  readonly lowMemoryHook?: 'condition-not-satisfied' | 'ready' | 'executed';
  readonly openCallContexts?: number;
}

export interface ExpectText extends EndText {
  readonly refused?: SubmissionFailure;
  /** The request of this step has not ended. */
  readonly pending?: true;
  /** The stimulus has nothing to answer. */
  readonly done?: true;
  /** Requests of earlier steps that end in this one, by number of the step. */
  readonly ended?: Readonly<Record<string, EndText>>;
  /** All executions of the step, in order. */
  readonly executions?: readonly ExecutionText[];
  /** By number of the canister, at the end of the step. */
  readonly state?: Readonly<Record<string, StateText>>;
  /** What the balance grew by over the step (negative: fell), by number of the canister. */
  readonly balanceBy?: Readonly<Record<string, AmountText>>;
  /** Kinds of choice of which one is enabled at the end of the step. */
  readonly enabled?: readonly ChoiceKind[];
  readonly notEnabled?: readonly ChoiceKind[];
}

export interface StepText {
  readonly stimulus?: StimulusText;
  readonly picks?: readonly (
    ChoiceKind | { readonly kind: ChoiceKind; readonly rank?: number; readonly code?: number }
  )[];
  readonly hold?: boolean;
  readonly expect?: ExpectText;
}

export interface Vector {
  /** A rule in plain words. */
  readonly name: string;
  readonly clauses: readonly ClauseId[];
  /** `spec`: expected of every implementation; `profile`: of our engines with that profile. */
  readonly tier?: 'spec' | 'profile';
  /** `conformance` by default. */
  readonly profile?: string;
  /** How the expectation follows from the text, where it takes a calculation. */
  readonly why?: string | readonly string[];
  /** Run once for each of these pointer widths; `i32` alone by default. */
  readonly widths?: readonly PointerWidth[];
  /** Nanoseconds since 1970-01-01 before the first step; 10^18 by default. */
  readonly time?: AmountText;
  readonly modules?: Readonly<Record<string, ModuleText>>;
  /** A name stands for a canister with that module. */
  readonly canisters: readonly (string | CanisterText)[];
  readonly steps: readonly StepText[];
}

export interface VectorFile {
  readonly schema: 'ic0-conformance/vectors@1';
  readonly chapter: string;
  /** Modules that several vectors use. */
  readonly modules?: Readonly<Record<string, ModuleText>>;
  readonly vectors: readonly Vector[];
}
