// plumbing: the toy adapter in Python is judged honestly
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge, prepareJob, type JobSpec } from '../../runner/job.js';
import { describeRemote } from '../remote.js';

const TOY = 'stdio:python3 examples/adapters/toy.py';

const SPEC: JobSpec = {
  target: TOY,
  seed: 'toy',
  tier: 'spec',
  families: ['modules', 'lifecycle'],
  rules: [],
  corpus: join(mkdtempSync(join(tmpdir(), 'toy-')), 'corpus'),
};

describe('the toy adapter', () => {
  it('names itself and what it can do', async () => {
    const { name, capabilities } = await describeRemote(TOY);
    expect(name).toBe(`${TOY} (toy)`);
    expect(capabilities).toContain('stimulus install');
    expect(capabilities).not.toContain('records');
  });

  it('passes, fails and skips, and is never taken for broken', async () => {
    const job = await prepareJob(SPEC);
    const results = Array.from({ length: 40 }, (_, k) => judge(job, job.source.at(k).scenario));
    expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(['pass', 'fail', 'skipped']));
    for (const { verdict, reason, failures } of results) {
      if (verdict === 'skipped') expect(reason).toMatch(/the target can do none|no WebAssembly engine here/);
      // What it gets wrong: it looks into no module, and at no setting.
      if (verdict === 'fail') expect(failures[0]?.rule).toMatch(/^(management|stopping)\//);
    }
  });
});
