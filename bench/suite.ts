// plumbing: measures the whole suite — runs as a user starts them
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../reports/report.js';
import type { Figure } from './figure.js';

const CASES = 3000;
const PROGRAM = fileURLToPath(new URL('../harness/cli/main.js', import.meta.url));
const SERVED = `stdio:${process.execPath} ${PROGRAM} serve --stdio`;

/** Runs the suite in a process of its own: cases generated, run on both engines, judged; workers started, everything counted. */
function ran(cases: number, options: readonly string[]): Report {
  const directory = mkdtempSync(join(tmpdir(), 'ic0-bench-'));
  try {
    const file = join(directory, 'report.json');
    const all = ['--seed', 'bench', '--cases', String(cases), '--corpus', directory, '--report', `json=${file}`];
    execFileSync(process.execPath, [PROGRAM, 'run', ...all, ...options], { stdio: 'ignore' });
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Cases a second of the default run, and what is left of them where the executor is another process behind the protocol. */
export function benchSuite(): Promise<Figure[]> {
  const own = ran(CASES, []);
  const served = ran(CASES, ['--target', SERVED, '--tier', 'differential']);
  return Promise.resolve([
    {
      name: 'suite.casesPerSecond',
      value: own.timing.casesPerSecond,
      meaning: `the executor against the model, ${CASES} cases of the default families, from a cold start, ${own.host.jobs} workers`,
      parts: { cases: own.totals.cases, passed: own.totals.passed, milliseconds: own.timing.milliseconds },
    },
    {
      name: 'suite.stdioRatio',
      value: served.timing.casesPerSecond / own.timing.casesPerSecond,
      meaning: 'the same cases with the executor served over stdio, at the same tier, over suite.casesPerSecond',
      parts: { casesPerSecond: served.timing.casesPerSecond, passed: served.totals.passed },
    },
  ]);
}
