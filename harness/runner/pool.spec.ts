// plumbing: tests of workers and their processes, on the build in dist/ (a worker cannot load TypeScript)
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { processes } from '../processes.js';
import type { JobSpec } from './job.js';
import type * as pools from './pool.js';

const BUILD = 'dist/harness/runner/pool.js';
const MAIN = resolve('dist/harness/cli/main.js');
const { WorkerPool } = (await import(pathToFileURL(resolve(BUILD)).href)) as typeof pools;

const directory = mkdtempSync(join(tmpdir(), 'ic0-conformance-pool-'));
const started = join(directory, 'started');
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** A target that welcomes everybody and then says nothing more; the end of its input does not move it. Writes down its process id. */
const hangs = join(directory, 'hangs.mjs');
writeFileSync(
  hangs,
  `import { appendFileSync } from 'node:fs';
  import { createInterface } from 'node:readline';
  appendFileSync(${JSON.stringify(started)}, process.pid + '\\n');
  setInterval(() => undefined, 1_000);
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { do: asked, seq } = JSON.parse(line);
    if (asked === 'hello') console.log(JSON.stringify({
      seq, is: 'welcome', protocol: 'ic0-conformance/target-protocol@1', target: { name: 'hangs', version: '1' }, checksum: 'none',
      capabilities: { records: true, balances: true, time: true, reorders: true, widths: ['i32', 'i64'], stimuli: [], entryPoints: [] },
    }));
  });`,
);
const HANGING = `stdio:${process.execPath} ${hangs}`;
/** The same in a group of processes, and a session, of its own. */
const HANGING_APART = `stdio:python3 -c 'import os, sys; os.setsid(); os.execv(sys.argv[1], sys.argv[1:])' ${process.execPath} ${hangs}`;

const spec: JobSpec = {
  target: 'executor',
  seed: 'pool',
  tier: 'differential',
  families: [],
  rules: [],
  corpus: join(directory, 'corpus'),
};
const hanging: JobSpec = { ...spec, target: HANGING, tier: 'spec', stepTimeout: 300_000 };

const isRunning = (pid: number) => processes().some((one) => one.pid === pid);
const workersOf = (parent: number) =>
  processes()
    .filter((one) => one.parent === parent && one.command.includes('worker-process.js'))
    .map(({ pid }) => pid);
const childrenOf = (parents: readonly number[]) =>
  processes()
    .filter(({ parent }) => parents.includes(parent))
    .map(({ pid }) => pid);

/** Looks again until there is something; what there was in the end. */
async function until<T>(look: () => T, isThere: (seen: T) => boolean, most = 30_000): Promise<T> {
  for (let waited = 0; ; waited += 100) {
    const seen = look();
    if (isThere(seen) || waited >= most) return seen;
    await new Promise((done) => setTimeout(done, 100));
  }
}

const notEmpty = (list: readonly unknown[]) => list.length > 0;
const isEmpty = (list: readonly unknown[]) => list.length === 0;

/** A pool that a test uses and that is closed after it. */
async function withPool<T>(
  use: (pool: InstanceType<typeof WorkerPool>) => Promise<T>,
  { job = spec, timeout = 60_000, renewAfter = 1_000 } = {},
): Promise<T> {
  const pool = new WorkerPool(job, 1, timeout, renewAfter);
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

/** A worker that waits for a hanging target, when that has started; their process ids. */
async function atWork(pool: InstanceType<typeof WorkerPool>) {
  const answer = pool.do(casesFrom(0, 1));
  const [worker = 0] = await until(() => workersOf(process.pid), notEmpty);
  const [target = 0] = await until(() => childrenOf([worker]), notEmpty);
  return { answer, worker, target };
}

const casesFrom = (first: number, count: number) => ({ kind: 'cases', cases: Array.from({ length: count }, (_, i) => first + i) }) as const; // prettier-ignore

afterEach(() => {
  // Nothing that a test started is in the way of the next one.
  expect(workersOf(process.pid)).toEqual([]);
});

describe('a worker', () => {
  it('gets a new process after so many evaluations, and answers what it would have answered without', async () => {
    const answersOf = (renewAfter: number) =>
      withPool(
        async (pool) => {
          const first = await pool.do(casesFrom(0, 4));
          const before = workersOf(process.pid);
          const second = await pool.do(casesFrom(4, 4));
          const third = await pool.do(casesFrom(8, 4));
          return { answers: [first, second, third], before, after: workersOf(process.pid) };
        },
        { renewAfter },
      );
    const renewed = await answersOf(8);
    const kept = await answersOf(1_000);
    expect([renewed.before.length, renewed.after.length]).toEqual([1, 1]);
    expect(renewed.after).not.toEqual(renewed.before);
    expect(kept.after).toEqual(kept.before);
    expect(renewed.answers).toEqual(kept.answers);
    expect(renewed.answers.map((answer) => answer.kind === 'cases' && answer.aggregate.totals.passed)).toEqual([4, 4, 4]); // prettier-ignore
  }, 120_000);

  it('whose process is killed loses its task and no other, and its target does not outlive it', async () => {
    await withPool(
      async (pool) => {
        const { answer: lost, worker, target } = await atWork(pool);
        process.kill(worker, 'SIGKILL');
        expect(await lost).toEqual({ kind: 'lost', reason: 'the worker was killed by SIGKILL' });
        expect(await until(() => isRunning(target), (is) => !is, 5_000)).toBe(false); // prettier-ignore
        // Keeping a case needs no target.
        expect(await pool.do({ kind: 'save', k: 3 })).toMatchObject({ kind: 'save' });
      },
      { job: hanging },
    );
  }, 120_000);

  it('that hangs is ended when its time is over, and its target with it, wherever that is', async () => {
    await withPool(
      async (pool) => {
        const { answer: late, worker, target } = await atWork(pool);
        expect(await late).toEqual({ kind: 'lost', reason: 'no answer within 10000 ms a case' });
        expect(target).toBeGreaterThan(0);
        const left = () => [worker, target].filter(isRunning);
        expect(await until(left, isEmpty, 5_000)).toEqual([]);
      },
      { job: { ...hanging, target: HANGING_APART }, timeout: 10_000 },
    );
  }, 120_000);

  it('that cannot do a task says why, and does the next', async () => {
    await withPool(async (pool) => {
      const answer = await pool.do({ kind: 'investigate', k: 0, budget: 1 });
      expect(answer).toEqual({ kind: 'lost', reason: 'Crash: case 0 failed before and does not fail now' });
      expect((await pool.do(casesFrom(0, 1))).kind).toBe('cases');
    });
  }, 120_000);

  it('does not end by the signals that are meant for the run', async () => {
    await withPool(async (pool) => {
      await pool.do(casesFrom(0, 1));
      const before = workersOf(process.pid);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) for (const pid of before) process.kill(pid, signal);
      expect((await pool.do(casesFrom(1, 1))).kind).toBe('cases');
      expect([before.length, workersOf(process.pid)]).toEqual([1, before]);
    });
  }, 120_000); // prettier-ignore

  it('is ended when the pool is closed, at work or not, and what it was asked is lost', async () => {
    const idle = new WorkerPool(spec, 2, 60_000);
    await Promise.all([idle.do(casesFrom(0, 1)), idle.do(casesFrom(1, 1))]);
    expect(workersOf(process.pid)).toHaveLength(2);
    await idle.close();
    expect(workersOf(process.pid)).toEqual([]);
    const busy = new WorkerPool(hanging, 1, 60_000);
    const [first, second] = [busy.do(casesFrom(0, 1)), busy.do(casesFrom(1, 1))];
    const targets = await until(() => childrenOf(workersOf(process.pid)), notEmpty);
    await busy.close();
    const closed = { kind: 'lost', reason: 'the pool was closed' };
    expect([await first, await second, await busy.do(casesFrom(2, 1))]).toEqual([closed, closed, closed]);
    expect([targets.length, workersOf(process.pid), targets.filter(isRunning)]).toEqual([1, [], []]);
  }, 120_000);
});

describe('a run', () => {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const args = (target: string, ...more: string[]) => [MAIN, 'run', '--target', target, '--cases', '2', '--jobs', '1', '--corpus', join(directory, 'run'), ...more]; // prettier-ignore

  it('that is killed leaves neither workers nor targets behind', async () => {
    const run = spawn(process.execPath, args(HANGING, '--step-timeout', '300s', '--timeout', '300s'), {
      env,
      stdio: 'ignore',
    });
    try {
      const workers = await until(() => workersOf(run.pid ?? 0), notEmpty);
      const targets = await until(() => childrenOf(workers), notEmpty);
      expect([workers.length, targets.length]).toEqual([1, 1]);
      // It is the target, and it is past its start, so that it does not end by itself.
      const pids = () => readFileSync(started, 'utf8').split('\n').map(Number);
      expect(await until(pids, (all) => targets.every((pid) => all.includes(pid)))).toEqual(
        expect.arrayContaining(targets),
      );
      run.kill('SIGKILL');
      const left = () => [...workers, ...targets].filter(isRunning);
      expect(await until(left, isEmpty, 5_000)).toEqual([]);
    } finally {
      run.kill('SIGKILL');
    }
  }, 120_000);

  it('gets nothing on standard output of what is printed in a worker', () => {
    const prints = 'data:text/javascript,if (process.send) console.log("printed in a worker")';
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', prints, ...args('executor')], {
      env,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('printed in a worker')]);
    expect(stdout).not.toContain('printed in a worker');
  }, 120_000);
});
