// plumbing: cases that pass and are worth keeping — each alone of a run judged a clause, so that the next run looks at it for certain
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { Corpus } from '../corpus/store.js';
import { reduce } from '../reducer/reduce.js';
import { clausesOf, type Aggregate } from './aggregate.js';
import { caseFile, judge, type Job } from './job.js';
import { REDUCTION_BUDGET, type Pool } from './pool.js';

/** A case with the clauses that no other case of the run judged. */
interface Interesting {
  readonly k: number;
  /** Sorted; at least one. */
  readonly clauses: readonly ClauseId[];
}

/**
 * The cases that alone judged a clause: those with the most such clauses first, then by number.
 * @param known clauses for which there is a case already
 */
export function interestingCases({ judges }: Aggregate, known: ReadonlySet<ClauseId>): readonly Interesting[] {
  const byCase = new Map<number, ClauseId[]>();
  for (const [id, { cases, firstCase }] of Object.entries(judges)) {
    if (cases !== 1 || known.has(id)) continue;
    byCase.set(firstCase, [...(byCase.get(firstCase) ?? []), id]);
  }
  return [...byCase]
    .map(([k, clauses]): Interesting => ({ k, clauses: clauses.sort() }))
    .sort((a, b) => b.clauses.length - a.clauses.length || a.k - b.k);
}

/**
 * Keeps the most interesting cases of a run, reduced.
 * @param most how many at most
 * @returns how many were kept
 */
export async function keepInteresting(pool: Pool, corpus: string, sum: Aggregate, most: number): Promise<number> {
  const known = new Set(new Corpus(corpus).list().flatMap((entry) => entry.case.rules));
  const answers = await Promise.all(
    interestingCases(sum, known)
      .slice(0, most)
      .map(({ k, clauses }) => pool.do({ kind: 'keep', k, clauses, budget: REDUCTION_BUDGET })),
  );
  return answers.filter(({ kind }) => kind === 'keep').length;
}

/**
 * Makes case `k`, which passes, as small as it can be while it passes and judges the clauses, and keeps it.
 * @param budget evaluations of the reducer
 * @returns the id of what was kept
 */
export async function keepReduced(job: Job, k: number, clauses: readonly ClauseId[], budget: number): Promise<string> {
  const judgesThem = (scenario: Scenario): boolean => {
    const result = judge(job, scenario);
    const judged = clausesOf(result);
    return result.verdict === 'pass' && clauses.every((id) => judged.has(id));
  };
  const { scenario, finished, verified } = await reduce(job.source.at(k).scenario, judgesThem, { budget });
  const kept = caseFile(job.spec, scenario, { k, minimized: finished && verified });
  return new Corpus(job.spec.corpus).keep({ ...kept, rules: clauses }).id;
}
