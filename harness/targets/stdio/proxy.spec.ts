// plumbing: whatever happens to answers on their way, a case whose answers were damaged is errored, never judged
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Verdict } from '../../../spec/vocabulary/verdict.js';
import { judge, prepareJob, type JobSpec } from '../../runner/job.js';

const corpus = mkdtempSync(join(tmpdir(), 'proxy-'));
afterAll(() => {
  rmSync(corpus, { recursive: true });
});

/** Takes checksums, and answers without an engine in between. */
const TOY = 'python3 examples/adapters/toy.py';
const PROXY = `${process.execPath} harness/targets/stdio/testing/proxy.mjs`;

const specOf = (command: string): JobSpec => ({
  target: `stdio:${command}`,
  seed: 'proxy',
  tier: 'spec',
  families: ['lifecycle', 'modules'],
  rules: [],
  corpus,
  stepTimeout: 800,
});

async function verdicts(command: string, cases: readonly number[]): Promise<readonly Verdict[]> {
  const job = await prepareJob(specOf(command));
  const found = cases.map((k) => judge(job, job.source.at(k).scenario).verdict);
  await job.close?.();
  return found;
}

/** Cases that the target itself passes or fails. */
async function judged(most: number): Promise<readonly number[]> {
  const all = Array.from({ length: 60 }, (_, k) => k);
  const found = await verdicts(TOY, all);
  return all.filter((k) => found[k] === 'pass' || found[k] === 'fail').slice(0, most);
}

describe('answers that are damaged on their way', () => {
  let cases: readonly number[];
  beforeAll(async () => {
    cases = await judged(4);
  });

  it('are those of cases that are judged otherwise', () => {
    expect(cases).toHaveLength(4);
  });

  it.each(['drop', 'duplicate', 'truncate', 'reorder', 'corrupt', 'delay'])('%s: every case is errored', async (damage) => {
    const found = await verdicts(`${PROXY} ${damage} seed ${TOY}`, cases);
    expect(found).toEqual(cases.map(() => 'errored'));
  }); // prettier-ignore
});
