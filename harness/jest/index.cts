// plumbing: `ic0-conformance/jest` — one Jest test for each clause, in CommonJS and ESM projects alike
//
// The suite is ESM, and a dynamic import inside Jest's CommonJS realm fails, so it runs as a child process from the build. It runs
// while Jest collects tests: only then can a clause that was not judged be shown as skipped, with its reason.
import childProcess = require('node:child_process');
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import type { Report } from '../../reports/report.js' with { 'resolution-mode': 'import' };

/** What to run. Every field has the meaning of the command line option of the same name. */
interface ConformanceOptions {
  readonly against?: string;
  readonly seed?: string;
  readonly cases?: number;
  readonly families?: readonly string[];
  /** Globs over clause ids: only these become tests. */
  readonly rules?: readonly string[];
  readonly tier?: 'spec' | 'profile' | 'differential';
  readonly profile?: string;
  readonly jobs?: number;
  readonly waivers?: string;
  /** Directory of failing cases; default `.ic0-conformance/corpus`. */
  readonly corpus?: string;
}

/** The names of all options. */
const OPTIONS: Readonly<Record<keyof ConformanceOptions, true>> = {
  against: true,
  seed: true,
  cases: true,
  families: true,
  rules: true,
  tier: true,
  profile: true,
  jobs: true,
  waivers: true,
  corpus: true,
};

/** The part of report@1 that becomes tests. */
type ReportPart = Pick<Report, 'complete' | 'totals' | 'rules' | 'failures' | 'host' | 'waived'>;

/** What a report says of a clause that `rules` leaves out. */
const NOT_SELECTED = 'not selected';

/** The functions of Jest that are used; Jest puts them into the global scope of a test file. */
interface JestGlobals {
  describe(name: string, body: () => void): void;
  test: ((name: string, body: () => void) => void) & { skip(name: string, body: () => void): void };
}

/** The suite could not be run at all. */
class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
}

/**
 * Runs the suite against a target and makes one test for each clause. Call it at the top level of a test file.
 * @param target as for `--target`: a built-in name, `stdio:COMMAND`, or the path of an adapter module
 * @throws ConformanceError when the suite cannot run (unknown option, target that does not start)
 */
function describeConformance(target: string, options: ConformanceOptions = {}): void {
  const jest = jestGlobals();
  requireKnown(options);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ic0-conformance-'));
  const file = path.join(directory, 'report.json');
  const run = childProcess.spawnSync(process.execPath, [mainPath(), ...commandLine(target, file, options)], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!fs.existsSync(file)) {
    throw new ConformanceError(`ic0-conformance run made no report (exit code ${String(run.status)}):\n${run.stderr}`);
  }
  const report = JSON.parse(fs.readFileSync(file, 'utf8')) as ReportPart;
  fs.rmSync(directory, { recursive: true });
  jest.describe(`ic0-conformance of ${target}`, () => {
    jest.test('the run is complete, cases were judged, and none errored', () => {
      const flaw = flawOf(report);
      if (flaw !== undefined) throw new ConformanceError(`${flaw}\n${run.stderr}`);
    });
    for (const rule of report.rules) if (rule.skipped !== NOT_SELECTED) defineTest(jest, report, rule);
  });
}

/** Why the run says nothing of the target, for which the command line exits with 3. */
function flawOf({ complete, totals }: ReportPart): string | undefined {
  const { cases, passed, failed, skipped, poisoned, errored } = totals;
  if (!complete) return `the run was cut short after ${cases} cases`;
  if (errored > 0) return `${errored} of ${cases} cases errored`;
  if (passed + failed === 0) return `no case was judged: of ${cases} cases ${skipped} skipped, ${poisoned} poisoned`;
  return undefined;
}

function defineTest(jest: JestGlobals, report: ReportPart, rule: ReportPart['rules'][number]): void {
  const waiver = report.waived.find(({ rule: id, status }) => id === rule.id && status === 'used');
  if (waiver !== undefined) {
    jest.test.skip(`${rule.id} (waived: ${waiver.reason})`, () => undefined);
    return;
  }
  if (rule.checks === 0 && rule.failures === 0) {
    jest.test.skip(`${rule.id} (${rule.skipped ?? 'not judged: no case reached it'})`, () => undefined);
    return;
  }
  jest.test(rule.id, () => {
    if (rule.failures === 0) return;
    const at = report.host.corpus === undefined ? '' : ` --corpus ${JSON.stringify(report.host.corpus)}`;
    const shown = report.failures.filter(({ rule: id }) => id === rule.id);
    const texts = shown.map(
      (failure) => `expected ${failure.expected}\nactual   ${failure.actual}\nreplay   ${failure.story.replay}${at}`,
    );
    throw new ConformanceError([`${rule.failures} violations of ${rule.id}`, ...texts].join('\n\n'));
  });
}

/** A misspelt option would run something else than was meant, and projects without types are not told by the compiler. */
function requireKnown(options: ConformanceOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown === undefined) return;
  throw new ConformanceError(
    `describeConformance: there is no option "${unknown}". There are: ${Object.keys(OPTIONS).join(', ')}`,
  );
}

function commandLine(target: string, file: string, options: ConformanceOptions): string[] {
  const line = ['run', '--target', target, '--report', `json=${file}`];
  const add = (name: string, value: string | number | undefined) => {
    if (value !== undefined) line.push(`--${name}`, String(value));
  };
  add('against', options.against);
  add('seed', options.seed);
  add('cases', options.cases);
  add('families', options.families?.join(','));
  for (const glob of options.rules ?? []) add('rules', glob);
  add('tier', options.tier);
  add('profile', options.profile);
  add('jobs', options.jobs);
  add('waivers', options.waivers);
  add('corpus', options.corpus);
  return line;
}

/** The command line program of the build, beside this file's folder. */
function mainPath(): string {
  const main = path.join(__dirname, '..', 'cli', 'main.js');
  if (!fs.existsSync(main))
    throw new ConformanceError(`the suite is not built: ${main} is missing. Run: npm run build`);
  return main;
}

function jestGlobals(): JestGlobals {
  const scope = globalThis as Partial<JestGlobals>;
  if (scope.describe === undefined || scope.test === undefined) {
    throw new ConformanceError(
      'describeConformance must be called in a Jest test file (with the globals describe and test)',
    );
  }
  return { describe: scope.describe, test: scope.test };
}

export = { describeConformance, ConformanceError };
