// plumbing: measures the whole suite — runs as a user starts them
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULTS } from '../harness/runner/options.js';
import type { Report } from '../reports/report.js';
import type { Figure } from './figure.js';

/** A run as short as that is mostly V8 warming up. */
const SHORT = 2_000;
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

function partsOf({ totals, timing }: Report): Readonly<Record<string, number>> {
  return { cases: totals.cases, passed: totals.passed, milliseconds: timing.milliseconds };
}

/**
 * Cases a second of the default run and of a short one, and what is left of the short one
 * where the executor is another process behind the protocol.
 */
export function benchSuite(): Promise<Figure[]> {
  const own = ran(DEFAULTS.cases, []);
  const short = ran(SHORT, []);
  const served = ran(SHORT, ['--target', SERVED, '--tier', 'differential']);
  return Promise.resolve([
    {
      name: 'suite.casesPerSecond',
      value: own.timing.casesPerSecond,
      meaning: `the default run: the executor against the model, ${own.totals.cases} cases, ${own.host.jobs} workers`,
      parts: partsOf(own),
    },
    {
      name: 'suite.coldCasesPerSecond',
      value: short.timing.casesPerSecond,
      meaning: `the same in a run of ${SHORT} cases`,
      parts: partsOf(short),
    },
    {
      name: 'suite.stdioRatio',
      value: served.timing.casesPerSecond / short.timing.casesPerSecond,
      meaning: 'the same cases with the executor served over stdio, at the same tier, over suite.coldCasesPerSecond',
      parts: partsOf(served),
    },
  ]);
}
