// plumbing: tests of which passing cases are kept
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Corpus } from '../corpus/store.js';
import type { CaseResult } from '../types.js';
import { addAggregate, addCases, clausesOf, emptyAggregate } from './aggregate.js';
import { interestingCases, keepReduced } from './interesting.js';
import { CaseRunner, judge, prepareJob } from './job.js';

const corpus = mkdtempSync(join(tmpdir(), 'ic0-conformance-interesting-'));
afterAll(() => {
  rmSync(corpus, { recursive: true });
});

const { reached } = emptyAggregate();
const judging = (...clauses: string[]): CaseResult => ({
  verdict: 'pass',
  failures: [],
  reached: { ...reached, clauses: Object.fromEntries(clauses.map((id) => [id, 3])) },
});
const ran = (k: number, result: CaseResult) => ({ k, families: [], result });

describe('interesting cases', () => {
  const sum = emptyAggregate();
  addCases(sum, [ran(0, judging('time/monotonic', 'cycles/conserved')), ran(1, judging('time/monotonic'))], true);
  const other = emptyAggregate();
  addCases(other, [ran(2, judging('stable-memory/initially-empty', 'controller-check/is-controller'))], true);
  addCases(
    other,
    [ran(3, { ...judging('blobs/copy-source-bounds'), verdict: 'poisoned', reason: 'host limit' })],
    true,
  );
  addAggregate(sum, other);

  it('are those that alone judged a clause and passed, those with the most clauses first', () => {
    expect(interestingCases(sum, new Set()).map(({ k }) => k)).toEqual([2, 0]);
    expect(interestingCases(sum, new Set())[1]?.clauses).toEqual(['cycles/conserved']);
  });

  it('are not those whose clauses have a case already', () => {
    expect(interestingCases(sum, new Set(['cycles/conserved'])).map(({ k }) => k)).toEqual([2]);
  });

  it('are not looked for where nobody asks', () => {
    const quiet = emptyAggregate();
    addCases(quiet, [ran(0, judging('time/monotonic'))]);
    expect(interestingCases(quiet, new Set())).toEqual([]);
  });

  it('are kept reduced, and still pass and judge their clauses', async () => {
    const job = await prepareJob({
      target: 'executor', seed: 'interesting', tier: 'differential', families: [], rules: [], corpus, notesJudges: true,
    }); // prettier-ignore
    const runner = new CaseRunner(job);
    const [first] = interestingCases(runner.run([0, 1, 2, 3, 4, 5, 6, 7]), new Set());
    if (first === undefined) throw new Error('eight cases of which none is interesting');
    const id = await keepReduced(job, first.k, first.clauses.slice(0, 1), 60);
    const [entry, ...others] = new Corpus(corpus).list();
    expect([entry?.id, others.length]).toEqual([id, 0]);
    const kept = entry?.case;
    if (kept === undefined) throw new Error('nothing was kept');
    expect(kept.rules).toEqual(first.clauses.slice(0, 1));
    expect(kept.failure).toBeUndefined();
    const result = judge(job, kept.scenario);
    expect(result.verdict).toBe('pass');
    expect([...clausesOf(result)]).toEqual(expect.arrayContaining([...kept.rules]));
    expect(kept.scenario.steps.length).toBeLessThan(job.source.at(first.k).scenario.steps.length);
  });
});
