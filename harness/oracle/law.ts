// plumbing: what a law is — a judge of the records of one engine, without any model
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { CyclesLedger, StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { ClauseId, Tier } from '../../spec/vocabulary/verdict.js';
import type { RunEnd } from '../scheduler/drive.js';
import type { Cell } from './cells.js';
import type { World } from './world.js';

/** One transition of the engine under test. */
export interface Observation {
  readonly record: TransitionRecord;
  /** Absent for choices. */
  readonly outcome?: StimulusOutcome | undefined;
  /** The canisters before the transition. */
  readonly world: World;
  /** Where the cycles are, before and after. */
  readonly ledger: { readonly before: CyclesLedger; readonly after: CyclesLedger };
}

/** A law that was broken. `expected` and `actual` are for people. */
export interface Violation {
  readonly rule: ClauseId;
  readonly tier: Tier;
  readonly kind: string;
  /** Where in the transition: number of the execution and of the system call within it; absent: at its end. */
  readonly execution?: number;
  readonly call?: number;
  readonly entryPoint?: EntryPoint;
  readonly import?: string;
  readonly expected: string;
  readonly actual: string;
}

/** Where a law reports to. */
export interface Bench {
  /** The clause was checked, so many times; absent: once. */
  check(rule: ClauseId, times?: number): void;
  /** The availability of an import was checked in a cell of the matrix. */
  checkCell(cell: Cell): void;
  violate(violation: Violation): void;
}

/** A law at work in one run. */
export interface Judge {
  /** Called for each transition in order, before the world moves on. */
  transition(observation: Observation): void;
  /** Called once, when the run was not stopped. */
  end?(end: RunEnd, world: World): void;
}

/** A law: which clauses it speaks for, and a judge for each run. */
export interface Law {
  readonly name: string;
  readonly clauses: readonly ClauseId[];
  judge(bench: Bench): Judge;
}
