// plumbing: the interface of the built-in engines — the harness chooses, the engine carries out
import type { Nanoseconds, Principal } from './brands.js';
import type { CanisterDigest, CyclesLedger, StimulusOutcome, TransitionRecord } from './record.js';
import type { Choice, Stimulus } from './scenario.js';
import type { Profile } from '../profiles/profile.js';

/** What an engine starts from: an empty subnet. */
export interface EngineOptions {
  readonly profile: Profile;
  /** The time before the first step. */
  readonly time: Nanoseconds;
  /** Bytes of the scenario's modules by index, as uploaded (perhaps gzip). Never written to. */
  readonly modules: readonly Uint8Array[];
  /** Record every system call. Without, `after` of a transition may be readable only until the next one. */
  readonly trace: boolean;
}

/** A subnet with canisters. Deterministic: the same options, stimuli and choices give the same records. */
export interface Engine {
  /**
   * Applies a stimulus.
   * @throws Crash on anything that is not the canister's doing
   */
  submit(stimulus: Stimulus): { readonly outcome: StimulusOutcome; readonly transition: TransitionRecord };
  /** What may happen next, in the order of CHOICE_KINDS. */
  enabled(): readonly Choice[];
  /**
   * Carries out an enabled choice.
   * @throws Crash when the choice is not enabled
   */
  take(choice: Choice): TransitionRecord;
  /** The canister as it is now; undefined where there is none of that id. */
  digest(canister: Principal): CanisterDigest | undefined;
  ledger(): CyclesLedger;
  /** Frees host resources (memories, workers). */
  dispose(): void;
}

/** Makes an engine for one case. */
export type EngineFactory = (options: EngineOptions) => Engine;

/** "Cannot happen": a fault of the suite itself, never a verdict on a target. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** A limit of the host, not of the canister, was hit (out of memory, host stack): the case says nothing. */
export class HostLimit extends Error {
  override readonly name = 'HostLimit';
}
