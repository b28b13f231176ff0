// plumbing: measures the whole suite — the default run, as a user runs it
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../harness/runner/run.js';
import type { Figure } from './figure.js';

const CASES = 3000;

/** Cases a second of the default run: generated, run on both engines, judged; workers started, everything counted. */
export async function benchSuite(): Promise<Figure[]> {
  const corpus = mkdtempSync(join(tmpdir(), 'ic0-bench-'));
  try {
    const { report } = await run({ seed: 'bench', cases: CASES, corpus });
    return [
      {
        name: 'suite.casesPerSecond',
        value: report.timing.casesPerSecond,
        meaning: `the executor against the model, ${CASES} cases of the default families, from a cold start, ${report.host.jobs} workers`,
        parts: { cases: report.totals.cases, passed: report.totals.passed, milliseconds: report.timing.milliseconds },
      },
    ];
  } finally {
    rmSync(corpus, { recursive: true });
  }
}
