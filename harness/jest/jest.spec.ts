// plumbing: tests of the Jest entry point on the build in dist/ — which tests it makes, and what becomes of them
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type jestEntry from './index.cjs';

const { describeConformance } = createRequire(resolve('dist/x.js'))('./harness/jest/index.cjs') as typeof jestEntry;
const directory = mkdtempSync(join(tmpdir(), 'ic0-conformance-jest-'));
afterAll(() => rmSync(directory, { recursive: true }));

type Body = () => void;

/** The tests that are made for a target, by name; those that are skipped are left out. */
function testsOf(target: string, cases: number): ReadonlyMap<string, Body> {
  const made = new Map<string, Body>();
  const own = { describe: globalThis.describe, test: globalThis.test };
  const collects = Object.assign((name: string, body: Body) => void made.set(name, body), { skip: () => undefined });
  Object.assign(globalThis, { describe: (_: string, body: Body) => body(), test: collects });
  try {
    describeConformance(target, { cases, jobs: 1, corpus: join(directory, 'corpus') });
  } finally {
    Object.assign(globalThis, own);
  }
  return made;
}

const WHOLE = 'the run is complete, cases were judged, and none errored';

it('a target of which nothing could be judged fails one test', () => {
  const adapter = join(directory, 'nothing.mjs');
  writeFileSync(
    adapter,
    `export default () => ({
      name: 'nothing', version: '1',
      capabilities: { records: false, balances: false, time: false, reorders: false, widths: [], stimuli: [], entryPoints: [] },
      begin() {}, submit() {}, settle: () => [], status: () => ({ exists: false }),
    });`,
  );
  const tests = testsOf(adapter, 3);
  expect([...tests.keys()]).toEqual([WHOLE]);
  expect(tests.get(WHOLE)).toThrow(/no case was judged: of 3 cases 3 skipped/);
}, 60_000);

it('a target that conforms passes that test, and those of the clauses', () => {
  const tests = testsOf('executor', 4);
  expect(tests.size).toBeGreaterThan(10);
  for (const body of tests.values()) expect(body).not.toThrow();
}, 60_000);
