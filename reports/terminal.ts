// plumbing: a report for people at a terminal, and the progress of a run
import { MultiBar, Presets } from 'cli-progress';
import {
  conclusionOf,
  coverageOf,
  caseName,
  failureTitle,
  judgedOf,
  plural,
  sentenceOf,
  some,
  waiverOf,
  type Conclusion,
} from './figures.js';
import type { Report, Totals } from './report.js';
import { storyText } from './story-text.js';

export interface TerminalOptions {
  /** Use colours (a terminal, and NO_COLOR is not set). */
  readonly color: boolean;
}

const COLORS: Readonly<Record<Conclusion, string>> = { conforms: '32', violated: '31', incomplete: '33' };
const COLUMNS = ['cases', 'passed', 'failed', 'skipped', 'poisoned', 'errored'] as const;

/** The whole report: failures with their stories first, so that the summary is what one sees last. */
export function terminalText(report: Report, { color }: TerminalOptions): string {
  const paint = (text: string, code: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { suite, target, seed, tier, profile, timing, totals } = report;
  const lines = [
    ...report.failures.flatMap((failure, i) => {
      const waived = waiverOf(report, failure.rule);
      const title = `${i + 1}. ${failureTitle(failure)}${waived === undefined ? '' : ` — waived: ${waived}`}`;
      return [paint(title, waived === undefined ? '1;31' : '33'), '', storyText(failure.story, { wat: false })];
    }),
    paint(`ic0-conformance ${suite.version}`, '1') +
      `  target ${target.name} ${target.version}  tier ${tier}  profile ${profile}`,
    `seed ${JSON.stringify(seed)}  suite ${suite.hash.slice(0, 12)}  ${duration(timing.milliseconds)}, ${Math.round(timing.casesPerSecond)} cases a second`,
    '',
    ...totalsTable(report),
    '',
    ...coverageLines(report),
    ...reasonLines(report),
    ...waiverLines(report),
    ...(totals.failed > 0 && report.failures.length === 0
      ? ['Failures are counted but not listed: see --max-failures', '']
      : []),
    paint(sentenceOf(report), `1;${COLORS[conclusionOf(report)]}`),
  ];
  return lines.join('\n') + '\n';
}

function duration(milliseconds: number): string {
  return milliseconds < 60_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}

/** Rows of equal width: the first column left, the others right. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function totalsTable({ reached, totals }: Report): readonly string[] {
  const row = (name: string, figures: Totals) => [name, ...COLUMNS.map((column) => String(figures[column]))];
  return table([
    ['family', ...COLUMNS],
    ...Object.entries(reached.families).map(([family, figures]) => row(family, figures)),
    row('all', totals),
  ]);
}

function coverageLines(report: Report): readonly string[] {
  const { missing } = report.reached;
  const coverage = coverageOf(report);
  const { judged, notJudged, informative, notSelected } = judgedOf(report);
  const skipped = notJudged.filter(({ skipped: reason }) => reason !== undefined);
  const cells = coverage.cellsReached + coverage.cellsMissing;
  return [
    cells === 0
      ? 'availability  not selected'
      : `availability  ${coverage.importsReached} of ${coverage.imports} imports, ${coverage.cellsReached} of ${cells} cells (import, entry point, width), ${plural(coverage.checks, 'check')}, ${plural(coverage.failures, 'failure')}`,
    `clauses       ${judged} of ${judged + notJudged.length} judged, ${skipped.length} the target cannot show, ${informative} informative${notSelected === 0 ? '' : `, ${notSelected} not selected`}`,
    ...notReached('cells', missing.cells),
    ...notReached('entry points', missing.entryPoints),
    ...notReached('traps', missing.traps),
    ...notReached('clauses', missing.clauses),
    '',
  ];
}

function notReached(what: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`not reached   ${items.length} ${what}: ${some(items, 4)}`];
}

function reasonLines({ skipped }: Report): readonly string[] {
  if (skipped.length === 0) return [];
  return [
    ...skipped.map(
      ({ verdict, reason, cases, firstCase }) =>
        `${verdict.padEnd(12)}  ${plural(cases, 'case')}: ${reason} (first: ${caseName(firstCase)})`,
    ),
    '',
  ];
}

function waiverLines({ waived }: Report): readonly string[] {
  if (waived.length === 0) return [];
  return [
    ...waived.map(({ rule, reason, status, failures, expires }) => {
      const end = expires === undefined ? '' : `, expires ${expires}`;
      return `waiver        ${rule}: ${status}, ${plural(failures, 'failure')}${end} (${reason})`;
    }),
    '',
  ];
}

/** Shows how far a run is. */
export interface Progress {
  update(totals: Totals): void;
  /** Removes the bar; later updates are ignored. */
  stop(): void;
}

/** Lines are written after so many cases where the number of cases is not known. */
const CASES_A_LINE = 1_000;

/**
 * A bar on a terminal, a line every tenth of the run elsewhere.
 * @param cases number of cases of the run; undefined: until time is up
 */
export function showProgress(stream: NodeJS.WriteStream, cases: number | undefined): Progress {
  return stream.isTTY ? bar(stream, cases) : lines(stream, cases);
}

function bar(stream: NodeJS.WriteStream, cases: number | undefined): Progress {
  const format =
    cases === undefined
      ? '{value} cases, {failed} failed'
      : '{bar} {value}/{total} cases, {failed} failed, {eta_formatted} left';
  const bars = new MultiBar(
    { format, stream, hideCursor: true, clearOnComplete: true, fps: 5 },
    Presets.shades_classic,
  );
  const one = bars.create(cases ?? Number.MAX_SAFE_INTEGER, 0, { failed: 0 });
  let stopped = false;
  return {
    update: (totals) => {
      if (!stopped) one.update(totals.cases, { failed: totals.failed });
    },
    stop: () => {
      stopped = true;
      bars.stop();
    },
  };
}

function lines(stream: NodeJS.WriteStream, cases: number | undefined): Progress {
  const every = cases === undefined ? CASES_A_LINE : Math.max(1, Math.ceil(cases / 10));
  let next = every;
  let stopped = false;
  return {
    update: (totals) => {
      if (stopped || totals.cases < next) return;
      next = (Math.floor(totals.cases / every) + 1) * every;
      const of = cases === undefined ? '' : ` of ${cases}`;
      stream.write(`${totals.cases}${of} cases, ${totals.failed} failed, ${totals.errored} errored\n`);
    },
    stop: () => {
      stopped = true;
    },
  };
}
