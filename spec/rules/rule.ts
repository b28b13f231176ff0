// plumbing: what a clause of the catalogue is, and how a chapter of clauses is written down
import type { ClauseId, Tier } from '../vocabulary/verdict.js';

/**
 * `must`: every conforming implementation. `may`: a freedom that an implementation has. `ambiguous`: the text contradicts
 * itself or leaves it open; every reading conforms. `informative`: nothing to check.
 */
export const LEVELS = ['must', 'may', 'ambiguous', 'informative'] as const;
type Level = (typeof LEVELS)[number];

/**
 * How a clause shows itself.
 * - `module`: a module is accepted or refused
 * - `value`: what a system call or an instruction gives; a canister can report it itself
 * - `trap`: an execution aborts
 * - `response`: what a caller or user gets
 * - `state`: what is in the canister later
 * - `cycles`: relations between amounts
 * - `order`: which execution runs, when, and after which
 * - `trace`: only where a target shows its execution records
 * - `none`: not at all from outside
 */
type Observability = 'module' | 'value' | 'trap' | 'response' | 'state' | 'cycles' | 'order' | 'trace' | 'none';

/** One normative statement, in our own words. */
export interface Rule {
  /** `chapter/statement`. */
  readonly id: ClauseId;
  readonly level: Level;
  readonly text: string;
  /** `document#section` of the text that it comes from. */
  readonly anchor: string;
  readonly observability: readonly Observability[];
  /** Twins: the same statement made elsewhere, or for the 64-bit, 128-bit or deprecated form. */
  readonly sameAs: readonly ClauseId[];
  /** Whom an assertion of the clause binds. */
  readonly tier: Tier;
  /** All readings of an `ambiguous` clause; empty otherwise. */
  readonly readings: readonly string[];
  /** Number in docs/ambiguities.md of an `ambiguous` clause. */
  readonly ambiguity?: number;
}

/** A clause as a chapter file writes it. */
export interface Statement {
  readonly level: Level;
  readonly text: string;
  readonly observability: readonly Observability[];
  readonly sameAs?: readonly ClauseId[];
  /** Where it differs from the chapter's. */
  readonly anchor?: string;
  readonly tier?: Tier;
  readonly readings?: readonly string[];
  readonly ambiguity?: number;
}

type More = Pick<Statement, 'sameAs' | 'anchor' | 'tier'>;

/** A clause that binds every implementation. */
export const must = (observability: readonly Observability[], text: string, more: More = {}): Statement => ({
  level: 'must',
  text,
  observability,
  ...more,
});

/** A freedom. */
export const may = (observability: readonly Observability[], text: string, more: More = {}): Statement => ({
  level: 'may',
  text,
  observability,
  ...more,
});

/** A statement with nothing to check. */
export const informative = (text: string, more: More = {}): Statement => ({
  level: 'informative',
  text,
  observability: ['none'],
  ...more,
});

/** Entry `number` of docs/ambiguities.md, with every reading that conforms. */
export const ambiguous = (
  number: number,
  observability: readonly Observability[],
  text: string,
  readings: readonly string[],
  more: More = {},
): Statement => ({ level: 'ambiguous', text, observability, readings, ambiguity: number, ...more });

/**
 * The clauses of one chapter.
 * @param name first half of the ids
 * @param anchor `document#section` of the statements that do not name their own
 */
export function chapter(
  name: string,
  anchor: string,
  statements: Readonly<Record<string, Statement>>,
): readonly Rule[] {
  return Object.entries(statements).map(([statement, { sameAs, tier, readings, ...rest }]) => ({
    anchor,
    ...rest,
    id: `${name}/${statement}`,
    sameAs: sameAs ?? [],
    tier: tier ?? 'spec',
    readings: readings ?? [],
  }));
}
