// plumbing: the interface of an implementation under test, and what can become of a question to it beside an answer
import type { Cycles, Hex, Nanoseconds, PointerWidth, Principal } from '../spec/vocabulary/brands.js';
import type { EntryPoint } from '../spec/vocabulary/entry-point.js';
import type {
  CanisterDigest,
  CyclesLedger,
  Response,
  StimulusOutcome,
  TransitionRecord,
} from '../spec/vocabulary/record.js';
import type { RequestId } from '../spec/vocabulary/ids.js';
import type { Choice, Stimulus, StimulusKind } from '../spec/vocabulary/scenario.js';

/** What a target can do. What it cannot do is not asked of it, and the report counts it as skipped. */
export interface Capabilities {
  /** Shows execution records, digests, the ledger of cycles and choices: `submit` and `take` answer with transitions. */
  readonly records: boolean;
  /** Shows balances in `status`. */
  readonly balances: boolean;
  /** Carries out `advance-time`, and its canisters see the time that `begin` says. */
  readonly time: boolean;
  /** May execute and deliver messages in another order than that of the default policy. */
  readonly reorders: boolean;
  readonly widths: readonly PointerWidth[];
  readonly stimuli: readonly StimulusKind[];
  /** Entry points that it can run at all. */
  readonly entryPoints: readonly EntryPoint[];
  /** System API functions that it knows; absent: all. */
  readonly imports?: readonly string[];
  /** Goes on for a while only where `settle` says so, so that stimuli meet calls that are open; absent: no. Only without records. */
  readonly settlesPartly?: boolean;
}

/** What a case starts from: an empty subnet. */
export interface SubnetOptions {
  /** Name of the profile whose limits and fees the case was made for (docs/profiles.md). */
  readonly profile: string;
  /** The time before the first step. */
  readonly time: Nanoseconds;
  /** Modules as uploaded, by the index under which stimuli name them. Some are gzip, some invalid on purpose. */
  readonly modules: readonly Uint8Array[];
}

/** What a target with records shows after each transition. */
export interface View {
  readonly transition: TransitionRecord;
  readonly enabled: readonly Choice[];
  readonly ledger: CyclesLedger;
}

/** What came of a stimulus. */
export interface Submitted {
  readonly outcome: StimulusOutcome;
  /** To `create`: the id of the canister. */
  readonly canister?: Principal;
  /** Required of targets with records, absent of others. */
  readonly view?: View;
}

/** An ingress request that ended. */
export interface Ended {
  readonly request: RequestId;
  readonly response: Response;
}

/** Status of a canister as its controller or the public state shows it. */
export interface CanisterStatus {
  readonly exists: boolean;
  readonly status?: CanisterDigest['status'];
  /** SHA-256 of the uploaded bytes; absent: empty canister. */
  readonly moduleHash?: Hex;
  /** Only with the capability `balances`. */
  readonly balance?: Cycles;
}

type Eventually<T> = T | Promise<T>;

/**
 * An implementation under test. Every method may be asynchronous, may throw TargetSkip for what it cannot do, HostLimit where its
 * host was too small, and anything else where it failed. One question is asked at a time. docs/target-protocol.md says what each
 * means; a target in another language answers the same questions as lines of JSON.
 */
export interface Target {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  /** Forgets everything and makes a new, empty subnet. Targets with records show what is enabled and where cycles are; others nothing. */
  begin(subnet: SubnetOptions): Eventually<Pick<View, 'enabled' | 'ledger'> | undefined>;
  submit(stimulus: Stimulus): Eventually<Submitted>;
  status(canister: Principal): Eventually<CanisterStatus>;
  /**
   * Goes on until nothing more happens by itself; the requests that ended since the last time. Not asked of targets with records.
   * @param atMost about so many executions of messages, then whatever there is waits; any other number is right too. Only with the capability `settlesPartly`
   */
  settle?(atMost?: number): Eventually<readonly Ended[]>;
  /** Required of targets with records. */
  take?(choice: Choice): Eventually<View>;
  /** Required of targets with records. undefined: there is no such canister. */
  digest?(canister: Principal): Eventually<CanisterDigest | undefined>;
  /** The run is over. */
  close?(): Eventually<void>;
}

/** The default export of an adapter module (`--target ./adapter.mjs`). */
export type TargetFactory = () => Eventually<Target>;

/**
 * The target failed: it died, hung, or answered nonsense. The case is `errored`, never a pass, and the next case starts anew.
 * The message says what was seen.
 */
export class TargetFault extends Error {
  override readonly name = 'TargetFault';

  /** @param target what --target takes, where it is known */
  constructor(
    message: string,
    readonly target?: string,
  ) {
    super(message);
  }
}

/** The target cannot do what the case needs. The case is `skipped`, with this reason. */
export class TargetSkip extends Error {
  override readonly name = 'TargetSkip';
}
