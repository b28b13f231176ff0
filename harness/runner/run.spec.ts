// plumbing: tests of the main job, with hands that only pretend to run cases
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentenceOf } from '../../reports/figures.js';
import { NOT_SELECTED, type Report, type ReportFailure } from '../../reports/report.js';
import { twins } from '../../spec/rules/index.js';
import { Corpus } from '../corpus/store.js';
import { sampleCase } from '../corpus/testing/sample.js';
import type { CaseResult } from '../types.js';
import { addCases, emptyAggregate } from './aggregate.js';
import { mergeReports, missingShards } from './merge.js';
import type { AnswerTo, Lost, Pool, Task } from './pool.js';
import { casesOf, UsageError, type Progress, type RunOptions } from './options.js';
import { finish, run } from './run.js';

const corpus = mkdtempSync(join(tmpdir(), 'ic0-conformance-run-'));
afterAll(() => {
  rmSync(corpus, { recursive: true });
});

const reached = emptyAggregate().reached;
const PASS: CaseResult = { verdict: 'pass', failures: [], reached: { ...reached, clauses: { 'time/monotonic': 2 } } };
const fail = (rule: string): CaseResult => ({
  verdict: 'fail',
  reached,
  failures: [{ rule, tier: 'spec', kind: 'response', step: 0, transition: 1, expected: 'a', actual: 'b' }],
});

/** Says of each case what a function says; a case of which it says nothing kills the worker. */
class PretendPool implements Pool {
  readonly tasks: Task[] = [];
  closed = false;
  constructor(
    readonly size: number,
    private readonly result: (k: number) => CaseResult | undefined,
  ) {}

  async do<T extends Task>(task: T): Promise<AnswerTo<T>> {
    this.tasks.push(task);
    // Answers come in another order than they were asked for.
    await new Promise((resolve) => setTimeout(resolve, this.tasks.length % 3));
    return this.#answer(task) as AnswerTo<T>;
  }

  #answer(task: Task): AnswerTo<Task> {
    if (task.kind === 'cases') {
      const aggregate = emptyAggregate();
      for (const k of task.cases) {
        const result = this.result(k);
        if (result === undefined) return { kind: 'lost', reason: 'the worker died' } satisfies Lost;
        addCases(aggregate, [{ k, families: ['cycles'], result }]);
      }
      return { kind: 'cases', aggregate };
    }
    if (task.kind === 'replay') {
      const failure = { ...reported('time/monotonic', 0), case: { k: 0, id: task.id } };
      return { kind: 'replay', replay: { verdict: 'fail', failure, story: failure.story } };
    }
    if (task.kind === 'investigate') {
      const rule = this.result(task.k)?.failures[0]?.rule ?? '';
      return { kind: 'investigate', finding: { key: `${rule} | response |  | `, failure: reported(rule, task.k) } };
    }
    if (task.kind === 'save') return { kind: 'save', replay: `replay ${task.k}` };
    throw new Error(`not asked for here: ${task.kind}`);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

const reported = (rule: string, k: number): Omit<ReportFailure, 'occurrences'> => ({
  rule,
  tier: 'spec',
  kind: 'response',
  case: { k, id: `case${k}` },
  step: 0,
  transition: 1,
  expected: 'a',
  actual: 'b',
  minimized: true,
  story: { headline: '', canisters: [], modules: [], steps: [], replay: '' },
});

const runWith = (result: (k: number) => CaseResult | undefined, options: RunOptions = {}) =>
  run({ corpus, cases: 50, jobs: 2, pool: (_, size) => new PretendPool(size, result), ...options });

/** A report without what the promise of equal bytes leaves out. */
const promised = (report: Report) =>
  createHash('sha256')
    .update(JSON.stringify({ ...report, timing: undefined, host: undefined }))
    .digest('hex');

const flaky = (k: number): CaseResult | undefined => {
  if (k === 31) return undefined;
  if (k % 7 === 3) return fail('cycles/conserved');
  if (k % 11 === 5) return fail('time/monotonic');
  return k % 13 === 1 ? { verdict: 'poisoned', reason: 'host limit', failures: [], reached } : PASS;
};

describe('run', () => {
  it('runs every case once', async () => {
    const seen: number[] = [];
    const { report, exitCode } = await runWith((k) => {
      seen.push(k);
      return PASS;
    });
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, k) => k));
    expect(report.totals).toEqual({ cases: 50, passed: 50, failed: 0, skipped: 0, poisoned: 0, errored: 0 });
    expect([report.complete, exitCode]).toEqual([true, 0]);
  });

  it('counts checks and failures by clause, and lists one failure for a finding, by ascending case', async () => {
    const { report, exitCode } = await runWith(flaky);
    const rule = (id: string) => report.rules.find((one) => one.id === id);
    expect(rule('cycles/conserved')).toMatchObject({ failures: 6, checks: 6 });
    expect(report.failures.map(({ rule: id, case: { k }, occurrences }) => [id, k, occurrences])).toEqual([
      ['cycles/conserved', 3, 6],
      ['time/monotonic', 5, 4],
    ]);
    expect(exitCode).toBe(1);
  });

  it('takes a case that kills its worker as errored, says how to run it again, and runs the others', async () => {
    const { report, exitCode } = await runWith((k) => (k === 31 ? undefined : PASS));
    expect(report.totals).toMatchObject({ cases: 50, passed: 49, errored: 1 });
    expect(report.skipped).toEqual([
      { verdict: 'errored', reason: 'the worker died', cases: 1, firstCase: 31, replay: 'replay 31' },
    ]);
    expect(exitCode).toBe(3);
  });

  it.each(['poisoned', 'skipped'] as const)(
    'does not call a target conforming of which every case is %s',
    async (verdict) => {
      const { report, exitCode } = await runWith(() => ({ verdict, reason: 'a host limit', failures: [], reached }));
      expect(exitCode).toBe(3);
      expect(sentenceOf(report)).toMatch(/^Incomplete: nothing was judged/);
      // One case that was judged is enough.
      const other = await runWith((k) => (k === 7 ? PASS : { verdict, reason: 'a host limit', failures: [], reached }));
      expect(other.exitCode).toBe(0);
    },
  );

  it('gives the same report with one hand, with three, and merged from shards in any order', async () => {
    const { report: one } = await runWith(flaky, { jobs: 1 });
    const { report: three } = await runWith(flaky, { jobs: 3 });
    const shards = await Promise.all(
      [3, 1, 2].map(async (index) => (await runWith(flaky, { shard: { index, count: 3 } })).report),
    );
    expect(promised(three)).toBe(promised(one));
    expect(promised(await mergeReports(shards))).toBe(promised(one));
    expect(one.failures.length).toBe(2);
  });

  it('cuts the list of failures, not the counts, and shards cut alike', async () => {
    const options = { maxFailures: 1 };
    const { report } = await runWith(flaky, options);
    expect(report.failures.map(({ rule }) => rule)).toEqual(['cycles/conserved']);
    expect(report.totals.failed).toBe(10);
    const shards = await Promise.all(
      [1, 2].map(async (index) => (await runWith(flaky, { ...options, shard: { index, count: 2 } })).report),
    );
    expect(promised(await mergeReports(shards))).toBe(promised(report));
  });

  it('is incomplete when it is ended early, and when a shard is missing', async () => {
    const interrupt = new AbortController();
    const { report, exitCode } = await runWith(
      (k) => {
        if (k === 20) interrupt.abort();
        return PASS;
      },
      { signal: interrupt.signal, jobs: 1 },
    );
    expect([report.complete, exitCode]).toEqual([false, 3]);
    expect(report.totals.cases).toBeLessThan(50);
    const { report: shard } = await runWith(() => PASS, { shard: { index: 1, count: 2 } });
    expect((await mergeReports([shard])).complete).toBe(false);
    expect(missingShards([shard])).toEqual(['2/2']);
  });

  it('ends what it started to tell the findings of a run that was ended early, also where that fails', async () => {
    const interrupt = new AbortController();
    const pools: PretendPool[] = [];
    class Torn extends PretendPool {
      override do<T extends Task>(task: T): Promise<AnswerTo<T>> {
        return task.kind === 'investigate' ? Promise.reject(new Error('torn')) : super.do(task);
      }
    }
    const result = (k: number) => {
      if (k === 20) interrupt.abort();
      return flaky(k);
    };
    const pool: RunOptions['pool'] = (_, size) => {
      const made = new Torn(size, result);
      pools.push(made);
      return made;
    };
    await expect(runWith(result, { signal: interrupt.signal, jobs: 1, pool })).rejects.toThrow('torn');
    expect(pools.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('goes on where it was cut off, and gives the report of a run that was not', async () => {
    const own = mkdtempSync(join(corpus, 'cut-'));
    const interrupt = new AbortController();
    const before: number[] = [];
    const first = await runWith(
      (k) => {
        if (k === 20) interrupt.abort();
        else before.push(k);
        return flaky(k);
      },
      { corpus: own, signal: interrupt.signal, jobs: 1 },
    );
    expect(first.report.complete).toBe(false);
    expect(readdirSync(own)).toEqual([expect.stringMatching(/^journal-.*\.jsonl$/)]);

    const after: number[] = [];
    const note = (k: number) => {
      after.push(k);
      return flaky(k);
    };
    const notices: string[] = [];
    const onNotice = (message: string) => notices.push(message);
    const { report } = await runWith(note, { corpus: own, resume: true, onNotice });
    expect(notices).toContain(`resumed: ${first.report.totals.cases} cases of this run had been judged before`);
    expect(after).not.toContain(0);
    expect(after).toContain(49);
    expect(promised(report)).toBe(promised((await runWith(flaky)).report));
    expect(readdirSync(own)).toEqual([]);
  });

  it('starts anew without resume, and says that it could have gone on', async () => {
    const own = mkdtempSync(join(corpus, 'anew-'));
    const interrupt = new AbortController();
    interrupt.abort();
    await runWith(() => PASS, { corpus: own, signal: interrupt.signal });
    const notices: string[] = [];
    await runWith(() => PASS, { corpus: own, onNotice: (message) => notices.push(message) });
    await runWith(() => PASS, { corpus: own, onNotice: (message) => notices.push(message) });
    expect(notices).toEqual([expect.stringMatching(/cut off before.*--resume/)]);
  });

  it('judges the cases of a corpus that is named first, and lists what they show as it was kept', async () => {
    const own = mkdtempSync(join(corpus, 'old-'));
    const { id } = new Corpus(own).keep(sampleCase);
    const { report, exitCode } = await runWith((k) => (k === 9 ? fail('time/monotonic') : PASS), { corpus: own });
    expect(exitCode).toBe(1);
    expect(report.totals).toMatchObject({ cases: 51, failed: 2 });
    expect(report.reached.families).toMatchObject({ corpus: { cases: 1, failed: 1 } });
    expect(report.failures).toMatchObject([{ rule: 'time/monotonic', case: { id }, occurrences: 2 }]);
    expect(report.failures[0]?.case.k).toBeUndefined();
    const merged = await mergeReports([report]);
    expect(promised(merged)).toBe(promised(report));
  });

  it('leaves one case of each finding in the corpus', async () => {
    const own = mkdtempSync(join(corpus, 'many-'));
    const kept = new Corpus(own);
    for (const k of [1, 2, 3]) kept.keep({ ...sampleCase, origin: { seed: 'x', k } });
    const { report } = await runWith(() => PASS, { corpus: own });
    expect(report.failures).toMatchObject([{ occurrences: 3 }]);
    expect(kept.list().map(({ id }) => id)).toEqual([report.failures[0]?.case.id]);
  });

  it('does not fail over violations that a waiver covers, and says so', async () => {
    const waivers = [{ rule: 'cycles/conserved', reason: 'known' }];
    const { report, exitCode } = await runWith((k) => (k === 3 ? fail('cycles/conserved') : PASS), { waivers });
    expect(report.waived).toEqual([{ ...waivers[0], failures: 1, status: 'used' }]);
    expect(exitCode).toBe(0);
    const expired = [{ rule: 'cycles/conserved', reason: 'known', expires: '2000-01-01' }];
    expect(finish(report, expired)).toMatchObject({ exitCode: 1, report: { waived: [{ status: 'expired' }] } });
  });

  it('asserts everything of our own engines and of two that are compared, and of others what binds everybody, unless told', async () => {
    const tierOf = async (options: RunOptions) => (await runWith(() => PASS, { cases: 1, ...options })).report.tier;
    expect(await tierOf({ target: 'mutant:trap-keeps-globals' })).toBe('differential');
    expect(await tierOf({ target: 'chaos:a' })).toBe('spec');
    expect(await tierOf({ target: 'chaos:a', against: 'executor' })).toBe('differential');
    expect(await tierOf({ target: 'chaos:a', tier: 'profile' })).toBe('profile');
  });

  it('says of a clause that was not selected that it was not, and counts no check of it', async () => {
    const { report } = await runWith(() => PASS, { rules: ['cycles/*'] });
    const rule = (id: string) => report.rules.find((one) => one.id === id);
    expect(rule('time/monotonic')).toMatchObject({ checks: 0, skipped: NOT_SELECTED });
    expect(rule('cycles/conserved')?.skipped).toBeUndefined();
    expect(report.reached.missing.clauses.filter((id) => !id.startsWith('cycles/') && twins(id).length === 1)).toEqual(
      [],
    );
    expect(report.reached.missing.cells).toEqual([]);
  });

  it('has fewer cases below tier differential and where canisters are checked, unless it is told how many', () => {
    const check = { modules: [], dids: [], inits: [], wires: [] };
    expect([casesOf({}), casesOf({ check }), casesOf({ check, cases: 7 })]).toEqual([10_000, 200, 7]);
    const stdio = { target: 'stdio:./replica' };
    expect([stdio, { ...stdio, cases: 9 }, { tier: 'spec' } as const].map(casesOf)).toEqual([2_000, 9, 2_000]);
    const compared = [
      { target: 'mutant:x' },
      { ...stdio, against: 'reference' },
      { ...stdio, tier: 'differential' } as const,
    ];
    expect(compared.map(casesOf)).toEqual([10_000, 10_000, 10_000]);
  });

  it('refuses what does not exist', async () => {
    await expect(runWith(() => PASS, { profile: 'none' })).rejects.toThrow(UsageError);
    await expect(runWith(() => PASS, { rules: ['nothing/like-it'] })).rejects.toThrow(/no clause matches/);
    await expect(runWith(() => PASS, { target: 'nobody' })).rejects.toThrow(/unknown target "nobody".*executor/);
    await expect(runWith(() => PASS, { families: ['fun'] })).rejects.toThrow(/unknown family "fun"/);
  });

  it('says how many cases there are, those of the corpus and of the shard included', async () => {
    const own = mkdtempSync(join(corpus, 'counted-'));
    new Corpus(own).keep(sampleCase);
    const seen: (number | undefined)[] = [];
    const onProgress = ({ totals, all }: Progress) => seen.push(all === undefined ? undefined : all - totals.cases);
    await runWith(() => PASS, { corpus: own, cases: 5, shard: { index: 2, count: 2 }, onProgress });
    expect([seen[0], seen.at(-1)]).toEqual([2, 0]);
  });

  it('judges nothing in a shard without cases, which is no reason to fail, nor to call the target conforming', async () => {
    const { report, exitCode } = await runWith(() => PASS, { cases: 1, shard: { index: 2, count: 2 } });
    expect([exitCode, sentenceOf(report)]).toEqual([0, expect.stringMatching(/^Nothing to judge/)]);
    expect(finish({ ...report, selection: { ...report.selection, cases: 0 } }, []).exitCode).toBe(3);
  });

  it('counts no case twice when reports are merged', async () => {
    const part = async (index: number, count: number) =>
      (await runWith(() => PASS, { shard: { index, count } })).report;
    const [half, whole] = [await part(1, 2), await part(1, 1)];
    await expect(mergeReports([half, half])).rejects.toThrow(/shard 1\/2 is there more than once/);
    await expect(mergeReports([half, await part(2, 4)])).rejects.toThrow(/1\/2 and 2\/4 are not of one division/);
    await expect(mergeReports([whole, half])).rejects.toThrow(UsageError);
    const firstTwo = await mergeReports([await part(1, 4), await part(2, 4)]);
    expect(missingShards([firstTwo])).toEqual(['3/4', '4/4']);
    await expect(mergeReports([firstTwo, await part(2, 4)])).rejects.toThrow(/shard 2\/4 is there more than once/);
  });

  it('does not merge reports of different runs', async () => {
    const { report: a } = await runWith(() => PASS, { seed: 'a' });
    const { report: b } = await runWith(() => PASS, { seed: 'b' });
    await expect(mergeReports([a, b])).rejects.toThrow(/not of one run: seed differs/);
  });
});
