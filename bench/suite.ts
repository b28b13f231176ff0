// plumbing: measures the whole suite — the default run, as a user runs it
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../reports/report.js';
import type { Figure } from './figure.js';

const CASES = 3000;
const PROGRAM = fileURLToPath(new URL('../harness/cli/main.js', import.meta.url));

/** Cases a second of the default run, in a process of its own: generated, run on both engines, judged; workers started, everything counted. */
export function benchSuite(): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ic0-bench-'));
  try {
    const file = join(directory, 'report.json');
    const options = ['--seed', 'bench', '--cases', String(CASES), '--corpus', directory, '--report', `json=${file}`];
    execFileSync(process.execPath, [PROGRAM, 'run', ...options], { stdio: 'ignore' });
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    return Promise.resolve([
      {
        name: 'suite.casesPerSecond',
        value: report.timing.casesPerSecond,
        meaning: `the executor against the model, ${CASES} cases of the default families, from a cold start, ${report.host.jobs} workers`,
        parts: { cases: report.totals.cases, passed: report.totals.passed, milliseconds: report.timing.milliseconds },
      },
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
