// plumbing: a run that was killed goes on where it stopped — what its cases gave is on disk
import { createHash } from 'node:crypto';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json } from '../../reports/schemas/json.js';
import type { ReportTarget } from '../../reports/report.js';
import { Journal, JournalError } from '../corpus/journal.js';
import { addAggregate, emptyAggregate, type Aggregate } from './aggregate.js';
import type { JobSpec } from './job.js';
import { suite } from './suite.js';

/** A journal that has grown beyond this is written anew. */
const LONGEST = 4 << 20;

/** What decides the results of a run's cases: a journal serves no other run. */
interface RunIdentity {
  readonly spec: JobSpec;
  readonly target: ReportTarget;
  readonly shard: { readonly index: number; readonly count: number };
  /** undefined: as many as the time allows. */
  readonly cases: number | undefined;
}

/** The chunks of a run that are done, by their first case. Other runs have journals of their own in the same corpus. */
export class RunJournal {
  readonly #sum = emptyAggregate();
  readonly #done = new Set<number>();

  private constructor(
    private readonly path: string,
    private readonly journal: Journal,
  ) {
    for (const { pieces, result } of journal.done) {
      for (const piece of pieces) this.#done.add(piece);
      addAggregate(this.#sum, aggregateOf(result, path));
    }
  }

  /**
   * @param goOn whether what an earlier run left is used; otherwise it is thrown away
   * @throws JournalError for a journal that cannot be read
   */
  static open(corpus: string, identity: RunIdentity, goOn: boolean): RunJournal {
    const { path, run } = placeOf(corpus, identity);
    if (!goOn) rmSync(path, { force: true });
    return new RunJournal(path, Journal.open(path, run));
  }

  /** Whether the same run was started before and did not come to its end. */
  static isLeft(corpus: string, identity: RunIdentity): boolean {
    return existsSync(placeOf(corpus, identity).path);
  }

  /** What the chunks gave that are done. */
  get sum(): Aggregate {
    return this.#sum;
  }

  has(chunk: readonly number[]): boolean {
    return chunk[0] !== undefined && this.#done.has(chunk[0]);
  }

  /** What the cases of a chunk gave is on disk when this returns. */
  add(chunk: readonly number[], part: Aggregate): void {
    addAggregate(this.#sum, part);
    const [first] = chunk;
    if (first === undefined) return;
    this.#done.add(first);
    this.journal.append({ pieces: [first], result: part as unknown as Json });
    if (statSync(this.path).size <= LONGEST) return;
    this.journal.replace({ pieces: [...this.#done], result: this.#sum as unknown as Json });
  }

  /** The run is complete. */
  remove(): void {
    this.journal.remove();
  }
}

function placeOf(corpus: string, { spec, target, shard, cases }: RunIdentity): { path: string; run: Json } {
  const { check } = spec;
  const modules = check?.modules.map(({ file, bytes }) => ({ file, sha256: sha256(bytes) }));
  // Where cases are kept, and how long an answer may take, decide no result.
  const decisive = {
    ...spec,
    corpus: undefined,
    stepTimeout: undefined,
    ...(check && { check: { ...check, modules } }),
  };
  const decides = { suite: suite().hash, spec: decisive, target, shard, cases };
  // Only plain values are in it; what is undefined is left out.
  const run = JSON.parse(JSON.stringify(decides)) as Json;
  return { path: join(corpus, `journal-${sha256(JSON.stringify(run)).slice(0, 16)}.jsonl`), run };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** An aggregate is plain data of known parts. */
function aggregateOf(json: Json, path: string): Aggregate {
  const parts: readonly (keyof Aggregate)[] = [
    'totals',
    'families',
    'reached',
    'findings',
    'skips',
    'judges',
    'canisters',
  ];
  if (isJsonObject(json) && parts.every((part) => isJsonObject(json[part] ?? null)))
    return json as unknown as Aggregate;
  throw new JournalError(`${path}: not the journal of a run. Remove the file to start the run anew`);
}
