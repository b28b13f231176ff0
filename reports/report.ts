// plumbing: the type of report@1, the one file that every output format is made from
import type { Context, EntryPoint } from '../spec/vocabulary/entry-point.js';
import type { ClauseId, Tier } from '../spec/vocabulary/verdict.js';
import type { Story } from './story-types.js';

/** Name and version of the format, the value of `Report.schema`. */
export const REPORT_SCHEMA = 'ic0-conformance/report@1';

/** Where cases are kept unless --corpus says otherwise, and where commands look for them. */
export const DEFAULT_CORPUS = '.ic0-conformance/corpus';

/** Cases by verdict; `cases` is the sum of the other five. */
export interface Totals {
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly poisoned: number;
  readonly errored: number;
}

/** The sources that the suite was written from, and a hash over suite version, catalogue and tables. */
export interface ReportSuite {
  readonly version: string;
  readonly spec: readonly { readonly document: string; readonly revision: string }[];
  readonly hash: string;
}

/** The implementation under test, as it named itself. */
export interface ReportTarget {
  readonly name: string;
  readonly version: string;
  /** Names of what it can do, ascending; what it lacks is `skipped`. */
  readonly capabilities: readonly string[];
}

/** What was asked for: enough to run the same again. Shards and jobs are in `host`: they change no other byte. */
export interface ReportSelection {
  /** Number of cases asked for; with --time the number that was run. */
  readonly cases: number;
  readonly families: readonly string[];
  /** Globs over clause ids; empty: all. */
  readonly rules: readonly string[];
  /** At most so many failures are listed under `failures`; `rules` and `totals` count all. */
  readonly maxFailures: number;
}

/** `skipped` of a clause that `selection.rules` leaves out. */
export const NOT_SELECTED = 'not selected';

/** One clause of the catalogue and what became of it in this run. */
export interface RuleResult {
  readonly id: ClauseId;
  readonly level: 'must' | 'may' | 'ambiguous' | 'informative';
  /** How often it, or a twin of it, was checked; 0: not judged. */
  readonly checks: number;
  /** Failures attributed to it. */
  readonly failures: number;
  /** Why it was not judged, where that is known: NOT_SELECTED, or what the target lacks. */
  readonly skipped?: string;
  /** Names of the mutants in the catalogue that break this clause, ascending. */
  readonly mutants: readonly string[];
}

/** Checks of one import in one context; `by` splits them by entry point and pointer width. */
export interface MatrixCell {
  readonly checks: number;
  readonly failures: number;
  readonly by: { readonly [entry in EntryPoint]?: { readonly wasm32: number; readonly wasm64: number } };
}

/** By import, then by context; a cell that was not reached is absent. Whether it is available says spec/system-api.ts. */
export type Matrix = Readonly<Record<string, { readonly [context in Context]?: MatrixCell }>>;

/** What the run got to, counted. The maps have their keys in ascending order. */
export interface ReportReached {
  /** Cases by family, with their verdicts. */
  readonly families: Readonly<Record<string, Totals>>;
  readonly entryPoints: Readonly<Record<string, number>>;
  readonly traps: Readonly<Record<string, number>>;
  readonly rejectCodes: Readonly<Record<string, number>>;
  /** `entry point / trap kind`, and `entry point / after import`. */
  readonly trapPoints: Readonly<Record<string, number>>;
  /** What was meant to be reached and was not: lists of keys, each in ascending order. */
  readonly missing: {
    /** `import / entry point / wasm32 or wasm64`. */
    readonly cells: readonly string[];
    readonly entryPoints: readonly string[];
    readonly traps: readonly string[];
    /** Of all levels but `informative`; those that the target cannot show are not among them. */
    readonly clauses: readonly ClauseId[];
  };
}

/** What became of calls from outside. A call may have no answer yet when its case ends, so `calls` is at least the sum of the others. */
export interface CallFigures {
  readonly calls: number;
  readonly replied: number;
  /** By the canister itself: CANISTER_REJECT. */
  readonly rejected: number;
  /** CANISTER_ERROR, because of a trap. */
  readonly trapped: number;
  /** Everything else: the canister was empty, stopped or frozen, had code already or no such method, did not accept the message, did not answer. */
  readonly refused: number;
  /** The first of those that trapped. */
  readonly trap?: {
    readonly firstCase: number;
    /** Kind of the trap and what the canister said. */
    readonly text: string;
  };
}

/** What happened to one canister that `check` was given. */
export interface ReportCanister {
  /** Whether the types of its methods were known; otherwise arguments are bytes that mean nothing. */
  readonly typed: boolean;
  /** Installations of its module, by mode. */
  readonly installs: Readonly<Record<string, CallFigures>>;
  /** By method, those that were never called among them. */
  readonly methods: Readonly<Record<string, CallFigures>>;
}

/** One violation, with the reduced case that shows it. Ordered by `case.k`. */
export interface ReportFailure {
  readonly rule: ClauseId;
  readonly tier: Tier;
  /** What differed: the oracle's name for it. */
  readonly kind: string;
  readonly case: {
    /** Number of the case within the run; absent for a case that was read from a file. */
    readonly k?: number;
    /** Content hash of the kept case: its file is `<corpus>/<id>.json`. */
    readonly id: string;
  };
  /** 0-based step (-1: the setup) and transition of the kept case at which it was seen. */
  readonly step: number;
  readonly transition: number;
  readonly entryPoint?: EntryPoint;
  readonly import?: string;
  readonly expected: string;
  readonly actual: string;
  /** Whether the reducer finished with this case. */
  readonly minimized: boolean;
  /** Cases of this run with the same clause and the same first divergence, this one included. */
  readonly occurrences: number;
  readonly story: Story;
}

/** Why cases, or steps of cases, say nothing of the target; one row for each verdict and reason, in that order. */
export interface ReportSkip {
  /** `left out`: steps were left out of cases that were judged, or nothing is asserted from a step on. */
  readonly verdict: 'skipped' | 'poisoned' | 'errored' | 'left out';
  readonly reason: string;
  readonly cases: number;
  /** The first of them; -1: a case of the corpus. */
  readonly firstCase: number;
  /** Command that runs an errored case again, the first of them; absent where it could not be kept. */
  readonly replay?: string;
}

/** One waiver of the waiver file, and whether it covered anything. */
export interface ReportWaiver {
  readonly rule: ClauseId;
  readonly reason: string;
  /** ISO date after which it covers nothing. */
  readonly expires?: string;
  readonly failures: number;
  readonly status: 'used' | 'unused' | 'expired';
}

/** report@1. Every byte but `timing` and `host` follows from suite, seed, selection and target. Amounts of cycles and other large numbers are text. */
export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly suite: ReportSuite;
  readonly seed: string;
  readonly target: ReportTarget;
  readonly tier: Tier;
  readonly profile: string;
  readonly selection: ReportSelection;
  /** false: interrupted, or the target was lost; never a pass. */
  readonly complete: boolean;
  readonly totals: Totals;
  readonly rules: readonly RuleResult[];
  readonly matrix: Matrix;
  readonly reached: ReportReached;
  /** Of `check`: by canister, which has the name of its module. Absent: the cases were generated. */
  readonly canisters?: Readonly<Record<string, ReportCanister>>;
  readonly failures: readonly ReportFailure[];
  readonly skipped: readonly ReportSkip[];
  readonly waived: readonly ReportWaiver[];
  readonly timing: {
    readonly milliseconds: number;
    readonly casesPerSecond: number;
  };
  readonly host: {
    readonly node: string;
    readonly platform: string;
    readonly jobs: number;
    /** `i/n`, or the shards that were merged. */
    readonly shard?: string;
    /** Directory of the kept cases; absent: DEFAULT_CORPUS. */
    readonly corpus?: string;
    /** All findings by first case, those that are not listed under `failures` too: what `merge` needs of a shard. */
    readonly findings: readonly {
      readonly key: string;
      readonly rule: ClauseId;
      /** `import / context`, of clauses of availability. */
      readonly cell?: string;
      readonly cases: number;
      /** -1: a case of the corpus, namely that with the content hash `id`. */
      readonly firstCase: number;
      readonly id?: string;
    }[];
  };
}
