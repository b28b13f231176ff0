// plumbing: the cases of a corpus come first — what failed once is judged again before anything new
import { Corpus, type CorpusEntry } from '../corpus/store.js';
import { divergenceKey } from '../reducer/same-failure.js';
import type { CaseResult } from '../types.js';
import { addCase, emptyAggregate, OF_CORPUS, type Aggregate } from './aggregate.js';
import type { Investigated } from './build-report.js';
import type { Pool } from './pool.js';

/** The family that a report counts these cases under. */
const FAMILY = 'corpus';

export interface Replayed {
  readonly sum: Aggregate;
  /** Every failure with its story: these cases were reduced when they were kept. */
  readonly investigated: readonly Investigated[];
}

/**
 * Runs all cases of a corpus, failures first.
 * @throws CaseFileError for a file that is not a case
 */
export async function replayCorpus(pool: Pool, directory: string, isStopped: () => boolean): Promise<Replayed> {
  const entries = new Corpus(directory).list();
  const answers = await Promise.all(entries.map((entry) => replayed(pool, entry, isStopped)));
  const sum = emptyAggregate();
  const investigated: Investigated[] = [];
  for (const [i, answer] of answers.entries()) {
    const id = entries[i]?.id;
    if (answer === undefined || id === undefined) continue;
    addCase(sum, [FAMILY], OF_CORPUS, answer.result, id);
    investigated.push(...answer.investigated);
  }
  return { sum, investigated };
}

/** undefined: the run was stopped before. */
async function replayed(
  pool: Pool,
  { id, case: value }: CorpusEntry,
  isStopped: () => boolean,
): Promise<{ readonly result: CaseResult; readonly investigated: readonly Investigated[] } | undefined> {
  const answer = await pool.do({ kind: 'replay', id, case: value });
  const reached = emptyAggregate().reached;
  if (answer.kind === 'lost') {
    if (isStopped()) return undefined;
    return { result: { verdict: 'errored', reason: answer.reason, failures: [], reached }, investigated: [] };
  }
  const { verdict, reason, failure } = answer.replay;
  const because = reason === undefined ? {} : { reason };
  if (failure === undefined) return { result: { verdict, ...because, failures: [], reached }, investigated: [] };
  return {
    result: { verdict, ...because, failures: [failure], reached },
    investigated: [{ key: divergenceKey(failure), failure: { ...failure, case: { id } } }],
  };
}
