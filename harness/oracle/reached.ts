// plumbing: counts what a case reached
import type { ExecutionRecord, Response, StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { Reached } from '../types.js';
import { tellsAvailability } from './laws/availability.js';

type Counts = Record<string, number>;

/** No prototype: V8 keeps such an object as a hash table from the start, and does not give each set of keys a shape of its own. */
const noCounts = (): Counts => Object.create(null) as Counts;

/** A count of everything that `Reached` names, filled while a case runs. */
export class Tally {
  readonly #cells: Counts = noCounts();
  readonly #clauses: Counts = noCounts();
  readonly #entryPoints: Counts = noCounts();
  readonly #traps: Counts = noCounts();
  readonly #rejectCodes: Counts = noCounts();
  readonly #trapPoints: Counts = noCounts();
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
    const at = joined(entryPoint, width === 'i32' ? 'wasm32' : 'wasm64');
    for (const call of trace) if (tellsAvailability(call)) add(this.#cells, joined(call.name, at));
    if (outcome.kind === 'returned') return;
    add(this.#traps, outcome.trap);
    add(this.#trapPoints, joined(entryPoint, outcome.trap));
    const last = trace.at(-1);
    // A call that itself trapped is not what the trap came after.
    const after = last?.trap === undefined ? last : trace.at(-2);
    add(this.#trapPoints, joined(entryPoint, `after ${after?.name ?? 'nothing'}`));
  }

  #response(response: Response): void {
    if (response.kind === 'reject') add(this.#rejectCodes, String(response.code));
  }

  get reached(): Reached {
    for (const [list, times] of this.#together) for (const id of list) add(this.#clauses, id, times);
    this.#together.clear();
    return {
      cells: this.#cells,
      clauses: this.#clauses,
      entryPoints: this.#entryPoints,
      traps: this.#traps,
      rejectCodes: this.#rejectCodes,
      trapPoints: this.#trapPoints,
    };
  }
}

/** `import / entry point / wasm32 or wasm64`. */
export function cellKey(name: string, entryPoint: string, bits: 'wasm32' | 'wasm64'): string {
  return joined(name, joined(entryPoint, bits));
}

/** Texts of two parts by their parts: what is counted all the time is not put together anew. */
const JOINED = new Map<string, Map<string, string>>();

/** `a / b`. */
function joined(a: string, b: string): string {
  let texts = JOINED.get(b);
  if (texts === undefined) JOINED.set(b, (texts = new Map()));
  let text = texts.get(a);
  if (text === undefined) texts.set(a, (text = `${a} / ${b}`));
  return text;
}

function add(counts: Counts, key: string, times = 1): void {
  counts[key] = (counts[key] ?? 0) + times;
}
