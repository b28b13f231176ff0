// plumbing: cases handed out to workers in chunks, until there are none, the time is over, or the run is stopped
import { now } from '../timing.js';
import { addAggregate, addCases, emptyAggregate, type Aggregate } from './aggregate.js';
import type { Pool } from './pool.js';
import type { RunJournal } from './resume.js';

/** Cases that a worker is given at once: it runs them engine by engine, and the longer it stays with one, the faster it is. */
const LARGEST_CHUNK = 32;
/** A short run has at least so many chunks, so that there is one for each worker, and none waits long for the last one. */
const FEWEST_CHUNKS = 64;

/** The cases of a shard in chunks; without a total for ever. How long they are does not depend on who runs them: a run can be resumed. */
export function* chunksOf(
  shard: { readonly index: number; readonly count: number },
  total: number | undefined,
): Generator<readonly number[]> {
  const { index, count } = shard;
  const length =
    total === undefined ? LARGEST_CHUNK : Math.min(LARGEST_CHUNK, Math.ceil(sizeOf(shard, total) / FEWEST_CHUNKS));
  let chunk: number[] = [];
  for (let k = index - 1; total === undefined || k < total; k += count) {
    chunk.push(k);
    if (chunk.length < length) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** How many cases of a run are in a shard. */
export function sizeOf({ index, count }: { readonly index: number; readonly count: number }, total: number): number {
  return Math.max(0, Math.ceil((total - index + 1) / count));
}

interface RunCasesOptions {
  /** What cases gave is added here, and those that it has are not run. */
  readonly journal: RunJournal;
  readonly isStopped: () => boolean;
  /** Milliseconds. */
  readonly time?: number;
  /** Called when more cases are done. */
  readonly onProgress: () => void;
}

export interface Ran {
  /** Cases that were given to workers, now or before the run was resumed. */
  readonly asked: number;
  /** false: the run was ended early. */
  readonly finished: boolean;
}

/** Runs the cases. */
export async function runCases(
  pool: Pool,
  chunks: Iterator<readonly number[]>,
  { journal, isStopped, time, onProgress }: RunCasesOptions,
): Promise<Ran> {
  const end = time === undefined ? undefined : now() + time;
  let asked = 0;
  const one = async () => {
    for (;;) {
      if (isStopped() || (end !== undefined && now() >= end)) return;
      const next = chunks.next();
      if (next.done === true) return;
      asked += next.value.length;
      if (journal.has(next.value)) continue;
      const part = await runChunk(pool, next.value, isStopped);
      if (part === undefined) return;
      journal.add(next.value, part);
      onProgress();
    }
  };
  await Promise.all(Array.from({ length: pool.size }, one));
  return { asked, finished: !isStopped() };
}

/** A chunk whose worker was lost is done again case by case: the one that kills it is `errored`. */
async function runChunk(
  pool: Pool,
  cases: readonly number[],
  isStopped: () => boolean,
): Promise<Aggregate | undefined> {
  const answer = await pool.do({ kind: 'cases', cases });
  if (answer.kind === 'cases') return answer.aggregate;
  if (isStopped()) return undefined;
  const sum = emptyAggregate();
  const [k] = cases;
  if (cases.length === 1 && k !== undefined) {
    const { reached } = emptyAggregate();
    const saved = await pool.do({ kind: 'save', k });
    const result = { verdict: 'errored', reason: answer.reason, failures: [], reached } as const;
    addCases(sum, [{ k, families: [], result, ...(saved.kind === 'save' && { replay: saved.replay }) }]);
    return sum;
  }
  for (const one of cases) {
    const part = await runChunk(pool, [one], isStopped);
    if (part === undefined) return undefined;
    addAggregate(sum, part);
  }
  return sum;
}
