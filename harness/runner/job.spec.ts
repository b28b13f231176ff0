// plumbing: tests of what counts when a run judges some clauses only
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge, prepareJob, type JobSpec } from './job.js';

const corpus = mkdtempSync(join(tmpdir(), 'ic0-conformance-job-'));
afterAll(() => {
  rmSync(corpus, { recursive: true });
});

const spec = (rules: readonly string[]): JobSpec => ({
  target: 'executor',
  seed: 'selection',
  tier: 'differential',
  families: ['cycles'],
  rules,
  corpus,
});

async function reachedWith(rules: readonly string[]) {
  const job = await prepareJob(spec(rules));
  return judge(job, job.source.at(0).scenario).reached;
}

describe('a run that judges some clauses only', () => {
  it('counts no check of another clause, nor of another import', async () => {
    const all = await reachedWith([]);
    const some = await reachedWith(['atomicity/*', 'availability/msg_reply']);
    expect(Object.keys(all.clauses).some((id) => id.startsWith('cycles/'))).toBe(true);
    expect(Object.keys(some.clauses)).not.toEqual([]);
    expect(Object.keys(some.clauses).filter((id) => id.startsWith('cycles/'))).toEqual([]);
    expect(Object.keys(some.cells).filter((key) => !key.startsWith('msg_reply / '))).toEqual([]);
  });
});
