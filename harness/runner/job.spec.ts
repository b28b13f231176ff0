// plumbing: tests of what counts when a run judges some clauses only, and when it calls canisters of the user's
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CaseRunner, judge, prepareJob, type JobSpec } from './job.js';

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

describe("a run that calls canisters of the user's", () => {
  const file = 'examples/notes/notes.wasm';
  const check = { modules: [{ file, bytes: new Uint8Array(readFileSync(file)) }], dids: [], inits: [], wires: [] };
  const canistersOf = async (target: string) => {
    const job = await prepareJob({ ...spec([]), target, check });
    try {
      return new CaseRunner(job).run([0, 1, 2]).canisters;
    } finally {
      await job.close?.();
    }
  };

  it('counts what became of their installations and calls', async () => {
    const { notes } = await canistersOf('executor');
    expect(notes?.installs['install']).toMatchObject({ calls: 3, replied: 3 });
    expect(Object.values(notes?.methods ?? {}).some(({ replied }) => replied > 0)).toBe(true);
  });

  it('counts nothing where the target shows no transitions', async () => {
    expect(await canistersOf('stdio:node dist/harness/cli/main.js serve --stdio --black-box')).toEqual({});
  });
});
