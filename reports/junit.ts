// plumbing: a report as JUnit XML — one test for each clause, so that CI shows clauses as tests
import { conclusionOf, plural, sentenceOf, waiverOf } from './figures.js';
import type { Report, RuleResult } from './report.js';
import { storyText } from './story-text.js';

/** The report as JUnit XML. A clause that was not judged is skipped, with the reason; an incomplete run is an error. */
export function junitText(report: Report): string {
  const chapters = new Map<string, RuleResult[]>();
  for (const rule of report.rules) {
    const chapter = rule.id.split('/')[0] ?? rule.id;
    chapters.set(chapter, [...(chapters.get(chapter) ?? []), rule]);
  }
  const suites = [...chapters].map(([chapter, rules]) =>
    suite(
      chapter,
      rules.map((rule) => clauseTest(report, rule)),
    ),
  );
  suites.push(suite('run', [runTest(report)]));
  const all = suites.map(({ counts }) => counts).reduce(add);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name=${attribute(`ic0-conformance, target ${report.target.name}, seed ${report.seed}`)} ${attributes(all)}>`,
    ...suites.flatMap(({ lines }) => lines.map((line) => `  ${line}`)),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

interface Test {
  readonly name: string;
  readonly result: 'passed' | 'failures' | 'errors' | 'skipped';
  /** The element inside; empty when it passed. */
  readonly body: string;
}

function add(a: Counts, b: Counts): Counts {
  return {
    tests: a.tests + b.tests,
    failures: a.failures + b.failures,
    errors: a.errors + b.errors,
    skipped: a.skipped + b.skipped,
  };
}

function attributes({ tests, failures, errors, skipped }: Counts): string {
  return `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
}

function suite(name: string, tests: readonly Test[]): { readonly lines: readonly string[]; readonly counts: Counts } {
  const count = (result: Test['result']) => tests.filter((test) => test.result === result).length;
  const counts = {
    tests: tests.length,
    failures: count('failures'),
    errors: count('errors'),
    skipped: count('skipped'),
  };
  const lines = tests.map((test) => {
    const open = `<testcase classname=${attribute(`ic0.${name}`)} name=${attribute(test.name)}`;
    return test.body === '' ? `  ${open}/>` : `  ${open}>${test.body}</testcase>`;
  });
  return { counts, lines: [`<testsuite name=${attribute(name)} ${attributes(counts)}>`, ...lines, '</testsuite>'] };
}

function clauseTest(report: Report, { id, level, checks, failures, skipped }: RuleResult): Test {
  const name = id.slice(id.indexOf('/') + 1);
  if (failures > 0) {
    const waiver = waiverOf(report, id);
    if (waiver !== undefined) return skip(name, `waived: ${waiver} (${plural(failures, 'failure')})`);
    const stories = report.failures
      .filter(({ rule }) => rule === id)
      .map(({ story }) => storyText(story, { wat: true }));
    const told =
      stories.length > 0 ? stories.join('\n') : 'This failure is counted but not listed: raise --max-failures';
    const message = `${plural(failures, 'failure')} in ${plural(checks, 'check')}`;
    return {
      name,
      result: 'failures',
      body: `<failure message=${attribute(message)} type="${level}">${escaped(told)}</failure>`,
    };
  }
  if (level === 'informative') return skip(name, 'informative: there is nothing to check');
  if (checks === 0) return skip(name, `not judged: ${skipped ?? 'no case of this run reached it'}`);
  return { name, result: 'passed', body: '' };
}

function skip(name: string, reason: string): Test {
  return { name, result: 'skipped', body: `<skipped message=${attribute(reason)}/>` };
}

/** Passes when the run is complete and every case got a verdict. */
function runTest(report: Report): Test {
  const name = 'every case was run and judged';
  const errored = report.skipped.filter(({ verdict }) => verdict === 'errored');
  if (report.complete && report.totals.errored === 0) return { name, result: 'passed', body: '' };
  const reasons = errored.map(
    ({ reason, cases, replay }) =>
      `${plural(cases, 'case')}: ${reason}${replay === undefined ? '' : `\nreplay: ${replay}`}`,
  );
  const message = conclusionOf(report) === 'incomplete' ? sentenceOf(report) : 'Incomplete.';
  return {
    name,
    result: 'errors',
    body: `<error message=${attribute(message)}>${escaped(reasons.join('\n'))}</error>`,
  };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 cannot hold even as an entity. */
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escaped(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

function attribute(text: string): string {
  return `"${escaped(text).replace(/\n/g, '&#10;').replace(/\t/g, '&#9;').replace(/\r/g, '&#13;')}"`;
}
