// plumbing: tests of what changed between two reports
import { changesBetween, changeText, unlike } from './comparison.js';
import type { Report } from './report.js';
import { sampleReport } from './testing/sample.js';

/** A report with one clause. */
function having(checks: number, failures: number): Report {
  return { ...sampleReport, rules: [{ id: 'atomicity/globals', level: 'must', checks, failures, mutants: [] }] };
}

const told = (before: Report, after: Report) => changesBetween(before, after).map(changeText);

it('a clause that is not judged any more is lost, whatever it was before', () => {
  expect(told(having(12, 9), having(0, 0))).toEqual([
    'lost    atomicity/globals: not judged any more; 9 failures before',
  ]);
  expect(told(having(12, 0), having(0, 0))).toEqual(['lost    atomicity/globals: not judged any more']);
});

it('a clause that is judged in both reports is worse, better or as it was', () => {
  expect(told(having(12, 9), having(3, 0))).toEqual(['better  atomicity/globals: no failures, 9 failures before']);
  expect(told(having(12, 0), having(12, 2))).toEqual(['worse   atomicity/globals: 2 failures, none before']);
  expect(told(having(12, 1), having(12, 2))).toEqual([]);
});

it('a clause that was not judged before is new, or worse where it fails', () => {
  expect(told(having(0, 0), having(5, 0))).toEqual(['new     atomicity/globals: judged now']);
  expect(told(having(0, 0), having(5, 5))).toEqual(['worse   atomicity/globals: 5 failures, none before']);
});

it('reports of another target, seed or tier are not alike', () => {
  const other = { ...sampleReport, target: { ...sampleReport.target, name: 'executor' }, seed: 'b', tier: 'spec' as const };
  expect(unlike(sampleReport, sampleReport)).toEqual([]);
  expect(unlike(sampleReport, other)).toEqual([
    'target "mutant:keeps-memory" before, "executor" now',
    'seed "a & b" before, "b" now',
    'tier "differential" before, "spec" now',
  ]);
}); // prettier-ignore
