// plumbing: the types that the parts of the harness exchange — results of a case, failures, the case file, the report
import type { EntryPoint } from '../spec/vocabulary/entry-point.js';
import type { StimulusOutcome, TransitionRecord } from '../spec/vocabulary/record.js';
import type { Scenario } from '../spec/vocabulary/scenario.js';
import type { ClauseId, Tier, Verdict } from '../spec/vocabulary/verdict.js';

/** One violation. `expected` and `actual` are for people; equality of failures is (rule, kind, path). */
export interface Failure {
  readonly rule: ClauseId;
  readonly tier: Tier;
  /** What differed: `systemCall`, `outcome`, `balance`, `wasmMemory`, … : the oracle's name for it. */
  readonly kind: string;
  /** Index of the step (0-based; -1: the setup) and of the transition within the run at which it was seen. */
  readonly step: number;
  readonly transition: number;
  readonly entryPoint?: EntryPoint;
  readonly import?: string;
  readonly expected: string;
  readonly actual: string;
}

/** What a case reached, counted. Keys are clause ids, entry points, trap kinds and so on. */
export interface Reached {
  readonly cells: Record<string, number>;
  readonly clauses: Record<ClauseId, number>;
  readonly entryPoints: Record<string, number>;
  readonly traps: Record<string, number>;
  readonly rejectCodes: Record<string, number>;
  /** `entry point / trap kind`, and `entry point / after import`. */
  readonly trapPoints: Record<string, number>;
}

/** One transition of a run as both sides saw it, in order; `step` -1 is the setup. */
export interface ObservedTransition {
  readonly step: number;
  readonly expected?: TransitionRecord;
  readonly actual: TransitionRecord;
  /** How the stimulus ended; absent for choices. */
  readonly outcome?: { readonly actual: StimulusOutcome; readonly expected?: StimulusOutcome | undefined };
}

/** What became of one case on one target. */
export interface CaseResult {
  readonly verdict: Verdict;
  /** Why, where the verdict is poisoned, skipped or errored. */
  readonly reason?: string;
  readonly failures: readonly Failure[];
  readonly reached: Reached;
  /** Why steps were left out, or nothing is asserted from a step on; absent: neither. */
  readonly leftOut?: readonly string[];
  /** Kept only when asked for (`observe: true`): replay, show, stories. */
  readonly observed?: readonly ObservedTransition[];
  /** `model`: the target was judged by what is seen from outside, and `observed` shows the model's run. */
  readonly seenIn?: 'model';
}

/** case@1: one self-contained case. */
export interface CaseFile {
  readonly schema: 'ic0-conformance/case@1';
  readonly suite: { readonly version: string; readonly hash: string };
  /** Seed and number of the case that it came from; a case from elsewhere has none. */
  readonly origin?: { readonly seed: string; readonly k: number };
  readonly scenario: Scenario;
  /** The failure that the case shows, when it was kept; replay says whether it still does. */
  readonly failure?: Failure;
  /** Clauses that the case is about. */
  readonly rules: readonly ClauseId[];
  readonly target: string;
  readonly minimized: boolean;
}
