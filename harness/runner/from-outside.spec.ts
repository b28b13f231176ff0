// plumbing: tests of targets that show records, at tier spec
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Family } from '../../generators/index.js';
import type { Tier } from '../../spec/vocabulary/verdict.js';
import { judge, prepareJob } from './job.js';

const corpus = mkdtempSync(join(tmpdir(), 'ic0-conformance-outside-'));
afterAll(() => {
  rmSync(corpus, { recursive: true });
});

async function judged(target: string, tier: Tier, cases: readonly number[], families: readonly Family[] = []) {
  const job = await prepareJob({ target, seed: 'black boxes', tier, families, rules: [], corpus });
  return cases.map((k) => judge(job, job.source.at(k).scenario));
}

const CASES = [0, 1, 2, 3, 4, 5];
const failures = (results: Awaited<ReturnType<typeof judged>>) => results.flatMap((result) => result.failures);

describe('a target that shows records, at tier spec', () => {
  it('passes where it conforms, and more clauses are judged than the laws know', async () => {
    const results = await judged('executor', 'spec', CASES);
    expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
    expect(results.some(({ reached }) => (reached.clauses['responding/reply-sends-buffer'] ?? 0) > 0)).toBe(true);
  });

  it('fails by what is seen from outside where no law says anything', async () => {
    const [found] = failures(await judged('mutant:stable-grow-gives-new-size', 'spec', [2], ['memory']));
    expect(found).toMatchObject({ rule: 'stable-memory/grow-previous', tier: 'spec' });
  });

  it('is not held to the fees of the profile', async () => {
    expect(failures(await judged('mutant:ingress-fee-without-name', 'spec', CASES))).toEqual([]);
    expect(failures(await judged('mutant:ingress-fee-without-name', 'differential', CASES))).not.toEqual([]);
  });
});
