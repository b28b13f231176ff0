// plumbing: the cases of a corpus come first — what failed once is judged again before anything new
import { Corpus, type CorpusEntry } from '../corpus/store.js';
import { divergenceKey } from '../reducer/same-failure.js';
import type { CaseResult } from '../types.js';
import { addCases, emptyAggregate, OF_CORPUS, type Aggregate } from './aggregate.js';
import type { Investigated } from './build-report.js';
import type { JobSpec } from './job.js';
import type { Pool } from './pool.js';
import { replayCommand } from './replay-command.js';

/** The family that a report counts these cases under. */
export const CORPUS_FAMILY = 'corpus';

/**
 * What all cases of a corpus give, failures first.
 * @throws CaseFileError for a file that is not a case
 */
export async function replayCorpus(pool: Pool, spec: JobSpec, isStopped: () => boolean): Promise<Aggregate> {
  const sum = emptyAggregate();
  const results = new Corpus(spec.corpus).list().map(async (entry) => ({ entry, result: await replayed(pool, entry) }));
  for (const { entry, result } of await Promise.all(results)) {
    if (isStopped()) continue;
    const { id } = entry;
    const replay = result.verdict === 'errored' ? replayCommand(spec, id) : undefined;
    addCases(sum, [{ k: OF_CORPUS, families: [CORPUS_FAMILY], result, id, ...(replay !== undefined && { replay }) }]);
  }
  return sum;
}

async function replayed(pool: Pool, { id, case: value }: CorpusEntry): Promise<CaseResult> {
  const answer = await pool.do({ kind: 'replay', id, case: value });
  const reached = emptyAggregate().reached;
  if (answer.kind === 'lost') return { verdict: 'errored', reason: answer.reason, failures: [], reached };
  const { verdict, reason, failure } = answer.replay;
  return { verdict, ...(reason !== undefined && { reason }), failures: failure ? [failure] : [], reached };
}

/** Tells the finding that a case of the corpus shows: as it was kept, since it was reduced then. Empty: it shows nothing any more. */
export async function tellKept(pool: Pool, directory: string, id: string): Promise<readonly Investigated[]> {
  const entry = new Corpus(directory).list().find((one) => one.id === id);
  if (entry === undefined) return [];
  const answer = await pool.do({ kind: 'replay', id, case: entry.case });
  if (answer.kind === 'lost' || answer.replay.failure === undefined) return [];
  const { failure } = answer.replay;
  return [{ key: divergenceKey(failure), failure: { ...failure, case: { id } } }];
}
