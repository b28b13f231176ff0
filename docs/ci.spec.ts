// plumbing: what the composite action, the image, the Kubernetes manifest and docs/ci.md tell a machine to run is run, on the build in dist/
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { present } from '../spec/testing/present.js';

const MAIN = resolve('dist/harness/cli/main.js');
const directory = mkdtempSync(join(tmpdir(), 'ic0-conformance-ci-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

// Instead of an installed package's npx, one that takes the same arguments and runs the build.
const bin = join(directory, 'bin');
mkdirSync(bin);
writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
chmodSync(join(bin, 'npx'), 0o755);

function shell(name: string, script: string, env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(name, ['-ec', script], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, ...env },
  });
  return { status, said: `${stdout}\n${stderr}` };
}

const at = (...names: string[]) => join(directory, ...names);
const reportAt = (...names: string[]) =>
  JSON.parse(readFileSync(at(...names), 'utf8')) as { complete: boolean; totals: { cases: number } };

describe('the composite action', () => {
  const text = readFileSync('.github/actions/ic0-conformance/action.yml', 'utf8');
  const script = (/run: \|\n([\s\S]*)$/.exec(text)?.[1] ?? '').replace(/^ {8}/gm, '');
  const inputs = { TARGET: 'executor', SEED: 'ci', CASES: '6', WAIVERS: '', SUITE: resolve('.') };

  it('runs the shards of a matrix, says where their reports are, and merge puts them together', () => {
    for (const shard of ['1/2', '2/2']) {
      const place = at('reports', `report-${present(shard[0])}`);
      mkdirSync(place, { recursive: true });
      const { status, said } = shell('bash', script, {
        ...inputs,
        SHARD: shard,
        RUNNER_TEMP: place,
        GITHUB_OUTPUT: join(place, 'output'),
        GITHUB_STEP_SUMMARY: join(place, 'summary.md'),
      });
      expect([status, said]).toEqual([0, expect.stringContaining('no violation')]);
      const report = /report=(.*)/.exec(readFileSync(join(place, 'output'), 'utf8'))?.[1] ?? '';
      expect(existsSync(report)).toBe(true);
      // upload-artifact keeps the file, download-artifact puts it into a folder with the name of the artifact.
      writeFileSync(join(place, 'report.json'), readFileSync(report));
      expect(readFileSync(join(place, 'summary.md'), 'utf8')).toContain('ic0-conformance');
    }
    const merge = /run: (npx .*merge .*)/.exec(readFileSync('docs/ci.md', 'utf8'))?.[1] ?? '';
    expect(shell('bash', merge, {}).status).toBe(0);
    expect(reportAt('report.json')).toMatchObject({ complete: true, totals: { cases: 6 } });
  }, 300_000);

  it('says where failing cases are, so that they can be replayed', () => {
    const place = at('failing');
    mkdirSync(place);
    const { status } = shell('bash', script, {
      ...inputs,
      TARGET: 'mutant:trap-keeps-globals',
      SEED: 'corpus',
      CASES: '16',
      SHARD: '1/1',
      RUNNER_TEMP: place,
      GITHUB_OUTPUT: join(place, 'output'),
      GITHUB_STEP_SUMMARY: join(place, 'summary.md'),
    });
    expect(status).toBe(1);
    const corpus = /corpus=(.*)/.exec(readFileSync(join(place, 'output'), 'utf8'))?.[1] ?? '';
    const { status: replayed, said } = shell('bash', `npx ic0-conformance replay "${corpus}"`, {});
    expect([replayed, said]).toEqual([1, expect.stringContaining(': fail atomicity/')]);
    const path = /path: \|\n((?: {12}.*\n)+)/.exec(readFileSync('docs/ci.md', 'utf8'))?.[1] ?? '';
    for (const output of [...text.matchAll(/^ {2}(report|corpus):\n/gm)].map(([, name]) => name))
      expect(path).toContain(`steps.judge.outputs.${output}`);
  }, 300_000);
});

describe('the image', () => {
  it('has what the program reads at run time', () => {
    const copied = [...readFileSync('deploy/Dockerfile', 'utf8').matchAll(/^COPY --from=build \/suite\/(\S+) \.\/(\S+)$/gm)];
    for (const [, from = '', to = ''] of copied) {
      if (from === 'node_modules') symlinkSync(resolve(from), at('image', to));
      else cpSync(from, at('image', to), { recursive: true });
    }
    const image = (...args: string[]) => spawnSync(process.execPath, [at('image', 'dist/harness/cli/main.js'), ...args], { encoding: 'utf8' });
    expect(image('fill', '--out', at('filled'), '--cases', '1').stderr).toBe('');
    expect(readFileSync(at('filled', 'README.md'), 'utf8')).toBe(readFileSync('docs/static-cases.md', 'utf8'));
    expect(image('explain', 'atomicity/globals').stdout).toContain('spec/vectors/');
  }, 120_000); // prettier-ignore
});

describe('the image and the Kubernetes job', () => {
  const dockerfile = readFileSync('deploy/Dockerfile', 'utf8');
  const manifest = readFileSync('deploy/kubernetes-indexed-job.yaml', 'utf8');

  it('work as a user who may write where they write: the default corpus is below the working directory', () => {
    const [, user, workdir] = /^USER (\S+)\nWORKDIR (\S+)$/m.exec(dockerfile) ?? [];
    expect(user).toBe('node');
    expect(dockerfile).toContain(`RUN install -d -o node -g node ${workdir}\n`);
    // The node image's user has this number.
    expect(manifest).toContain('runAsUser: 1000, fsGroup: 1000');
    expect(manifest).toContain(`mountPath: ${workdir} }`);
  });

  it('take nothing along that a build on another machine has left', () => {
    const ignored = readFileSync('deploy/Dockerfile.dockerignore', 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '**/node_modules', 'dist']));
  });
});

describe('the GitLab job', () => {
  it('runs its part', () => {
    const lines = /\n {2}script:\n {4}- ([\s\S]*?)\n {2}artifacts/.exec(readFileSync('docs/ci.md', 'utf8'))?.[1] ?? '';
    const script = lines
      .replace(/\s*\n\s*/g, ' ')
      .replace(/"stdio:[^"]*"/, 'executor')
      .replace('--cases 2000', '--cases 6');
    const { status, said } = shell('bash', script, { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' });
    expect([status, said]).toEqual([0, expect.stringContaining('no violation in 2 cases')]);
    expect(reportAt('report-2.json').totals.cases).toBe(2);
  }, 300_000);
});

describe('the Kubernetes job', () => {
  it('runs the shard of its index, and can be started again', () => {
    const text = readFileSync('deploy/kubernetes-indexed-job.yaml', 'utf8');
    const folded = /- >-\n([\s\S]*?)\n {10}env:/.exec(text)?.[1] ?? '';
    const script = folded
      .replace(/\s*\n\s*/g, ' ')
      .replace('/suite/dist/harness/cli/main.js', MAIN)
      .replaceAll('/reports/', `${at('volume')}/`);
    const env = { TARGET: 'executor', SEED: 'ci', CASES: '6', SHARDS: '3', JOB_COMPLETION_INDEX: '1' };
    for (let i = 0; i < 2; i++) {
      const { status, said } = shell('/bin/sh', script, env);
      expect([status, said]).toEqual([0, expect.stringContaining('no violation in 2 cases')]);
    }
    expect(reportAt('volume', 'report-1.json')).toMatchObject({ complete: true, totals: { cases: 2 } });
  }, 300_000);
});
