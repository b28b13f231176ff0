// plumbing: what a divergence between two engines is
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { ChoiceKind, StimulusKind } from '../../spec/vocabulary/scenario.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import type { TrapKind } from '../../spec/vocabulary/trap.js';

/** The fields of a CanisterDigest, in the order in which they are compared: what the code wrote before what follows from it. */
export const DIGEST_FIELDS = [
  'status', 'moduleHash', 'wasmPages', 'wasmMemory', 'globals', 'tables', 'droppedSegments', 'stablePages', 'stableMemory',
  'certifiedData', 'globalTimer', 'log', 'lowMemoryHook', 'openCallContexts', 'balance', 'reservedBalance', 'version',
] as const; // prettier-ignore

/** What can differ, in the order of comparison. */
export const DIVERGENCE_KINDS = [
  /** What may happen next. */
  'enabled',
  /** Which executions ran: canister, entry point, method, width, call context, or one more or less. */
  'execution',
  /** The code did not take the same way: another system call, or other arguments. */
  'systemCallOrder',
  'systemCallTrap',
  'systemCallResult',
  /** Whether, and on what, the execution trapped. */
  'outcome',
  'instructions',
  'response',
  'calls',
  'accepted',
  'burned',
  'messages',
  'ended',
  /** How the stimulus ended. */
  'stimulusOutcome',
  ...DIGEST_FIELDS,
  'ledger',
] as const;
export type DivergenceKind = (typeof DIVERGENCE_KINDS)[number];

/**
 * In what the divergence was seen. `trapped`: an execution of the canister trapped in this transition; `cleanup`: one trapped and
 * its cleanup ran; `query`: nothing in it was replicated; `install`, `upgrade`; `management`: a stimulus without an execution;
 * `returned`: all executions returned; `idle`: no execution ran.
 */
export const PHASES = ['trapped', 'cleanup', 'query', 'install', 'upgrade', 'management', 'returned', 'idle'] as const;
export type Phase = (typeof PHASES)[number];

/** What is known beside the place of a divergence, most of it of system calls, to tell the clauses of one function apart. */
export const ASPECTS = [
  /** An address range of an argument does not fit the Wasm memory. */
  'memory-bounds',
  /** The stable memory is larger than 2^32 bytes. */
  'stable-over-4gib',
  /** This execution has already replied or rejected. */
  'after-response',
  /** No call_new came before, or the call was performed. */
  'outside-builder',
  /** The last call was performed, with result 0 or not. */
  'after-perform',
  'after-failed-perform',
  /** The same function was called before for the call under construction, or in this execution where there is none. */
  'again',
  /** Cycles were accepted, or attached, earlier in this execution. */
  'after-accept',
  'after-attach',
  /** As much as the limit of the profile allows was appended, or more. */
  'over-limit',
  /** More than one piece was appended to the reply. */
  'appended-again',
  /** Cycles were attached to a call that another call_new replaced. */
  'after-dropped-call',
  /** The canister is stopping or stopped. */
  'not-running',
  /** The amount, or number, is larger than expected. */
  'more',
  /** What differs is as it was before the transition: nothing was committed. */
  'unchanged',
  /** In this transition a system call wrote what differs, or moved cycles where a balance differs. */
  'written',
  /** The canister's execution before this one trapped, or was a query: what it wrote should be gone. */
  'after-trap',
  'after-query',
  /** The one that trapped belonged to an upgrade, which failed. */
  'after-failed-upgrade',
  /** The canister's executions in this transition made calls. */
  'made-calls',
  /** A log that had to give up older records. */
  'log-trimmed',
  /** An installation that failed although none of its steps trapped. */
  'found-no-place',
] as const;
export type Aspect = (typeof ASPECTS)[number];

export interface Divergence {
  readonly kind: DivergenceKind;
  readonly expected: string;
  readonly actual: string;
  /** Where in the transition: number of the execution and of the system call in it. */
  readonly execution?: number;
  readonly call?: number;
  readonly canister?: Principal;
  readonly entryPoint?: EntryPoint | undefined;
  /** The system call in question: the one that differs, or the one that must have written what differs. */
  readonly import?: string | undefined;
  readonly aspects: ReadonlySet<Aspect>;
  readonly phase: Phase;
  readonly cause: StimulusKind | ChoiceKind | 'setup';
  readonly expectedTrap?: TrapKind | undefined;
  readonly actualTrap?: TrapKind;
  /** What a system call gave on the two sides. */
  readonly expectedResult?: bigint;
  readonly actualResult?: bigint;
  /** The first field of an outgoing call that differs. */
  readonly field?: string;
  /** The reject codes in question, where a response differs. */
  readonly expectedCode?: number;
  readonly actualCode?: number;
  /** Why the system rejected, on either side: known by the messages of the profile. */
  readonly rejects?: readonly RejectCause[];
  /** Where another execution ran than should have: its entry point. */
  readonly actualEntryPoint?: EntryPoint;
}
