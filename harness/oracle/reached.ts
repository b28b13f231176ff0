// plumbing: counts what a case reached
import type { ExecutionRecord, Response, StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { Reached } from '../types.js';
import type { Cell } from './cells.js';

/** How often something was reached, by its name. */
export type Counts = Record<string, number>;

/** No prototype: V8 keeps such an object as a hash table from the start, and does not give each set of keys a shape of its own. */
export const noCounts = (): Counts => Object.create(null) as Counts;

/** A count of everything that `Reached` names, filled while a case runs. */
export class Tally {
  readonly #clauses: Counts = noCounts();
  readonly #entryPoints: Counts = noCounts();
  readonly #traps: Counts = noCounts();
  readonly #rejectCodes: Counts = noCounts();
  readonly #trapPoints: Counts = noCounts();
  readonly #cells = new Map<Cell, number>();
  readonly #together = new Map<readonly ClauseId[], number>();

  /** The clause was checked, so many times. */
  readonly clause = (id: ClauseId, times = 1): void => {
    this.#clauses[id] = (this.#clauses[id] ?? 0) + times;
  };

  /** The availability of an import was checked in a cell of the matrix. */
  readonly cell = (cell: Cell): void => {
    this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + 1);
  };

  /** Clauses that were checked together; the lists are kept and counted out at the end. */
  together(lists: readonly (readonly ClauseId[])[]): void {
    for (const clauses of lists) this.#together.set(clauses, (this.#together.get(clauses) ?? 0) + 1);
  }

  transition({ executions, messages, ended }: TransitionRecord, outcome: StimulusOutcome | undefined): void {
    for (const execution of executions) this.#execution(execution);
    for (const message of messages) if (message.kind === 'response') this.#response(message.response);
    for (const { response } of ended) this.#response(response);
    if (outcome?.kind === 'responded') this.#response(outcome.response);
  }

  #execution({ entryPoint, trace, outcome }: ExecutionRecord): void {
    add(this.#entryPoints, entryPoint);
    if (outcome.kind === 'returned') return;
    add(this.#traps, outcome.trap);
    add(this.#trapPoints, `${entryPoint} / ${outcome.trap}`);
    const last = trace.at(-1);
    // A call that itself trapped is not what the trap came after.
    const after = last?.trap === undefined ? last : trace.at(-2);
    add(this.#trapPoints, `${entryPoint} / after ${after?.name ?? 'nothing'}`);
  }

  #response(response: Response): void {
    if (response.kind === 'reject') add(this.#rejectCodes, String(response.code));
  }

  get reached(): Reached {
    const cells = noCounts();
    const clauses = Object.assign(noCounts(), this.#clauses);
    for (const [list, times] of this.#together) for (const id of list) clauses[id] = (clauses[id] ?? 0) + times;
    for (const [{ key, rule }, times] of this.#cells) {
      cells[key] = times;
      clauses[rule] = (clauses[rule] ?? 0) + times;
    }
    return {
      cells,
      clauses,
      entryPoints: this.#entryPoints,
      traps: this.#traps,
      rejectCodes: this.#rejectCodes,
      trapPoints: this.#trapPoints,
    };
  }
}

function add(counts: Counts, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
