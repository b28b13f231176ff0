// plumbing: counts what a case reached
import type { ExecutionRecord, Response, StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { Reached } from '../types.js';
import { tellsAvailability } from './laws/availability.js';

type Counts = Record<string, number>;

/** A count of everything that `Reached` names, filled while a case runs. */
export class Tally {
  readonly #cells: Counts = {};
  readonly #clauses: Counts = {};
  readonly #entryPoints: Counts = {};
  readonly #traps: Counts = {};
  readonly #rejectCodes: Counts = {};
  readonly #trapPoints: Counts = {};
  readonly #together = new Map<readonly ClauseId[], number>();

  clause(id: ClauseId): void {
    add(this.#clauses, id);
  }

  /** Clauses that were checked together; the list is kept and counted out at the end. */
  together(clauses: readonly ClauseId[]): void {
    this.#together.set(clauses, (this.#together.get(clauses) ?? 0) + 1);
  }

  transition(record: TransitionRecord, outcome: StimulusOutcome | undefined): void {
    for (const execution of record.executions) this.#execution(execution);
    for (const message of record.messages) if (message.kind === 'response') this.#response(message.response);
    for (const { response } of record.ended) this.#response(response);
    if (outcome?.kind === 'responded') this.#response(outcome.response);
  }

  #execution({ entryPoint, width, trace, outcome }: ExecutionRecord): void {
    add(this.#entryPoints, entryPoint);
    const bits = width === 'i32' ? 'wasm32' : 'wasm64';
    for (const call of trace) if (tellsAvailability(call)) add(this.#cells, cellKey(call.name, entryPoint, bits));
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
    const clauses = { ...this.#clauses };
    for (const [list, times] of this.#together) for (const id of list) clauses[id] = (clauses[id] ?? 0) + times;
    return {
      cells: this.#cells,
      clauses,
      entryPoints: this.#entryPoints,
      traps: this.#traps,
      rejectCodes: this.#rejectCodes,
      trapPoints: this.#trapPoints,
    };
  }
}

/** `import / entry point / wasm32 or wasm64`. */
export function cellKey(name: string, entryPoint: string, bits: 'wasm32' | 'wasm64'): string {
  return `${name} / ${entryPoint} / ${bits}`;
}

function add(counts: Counts, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
