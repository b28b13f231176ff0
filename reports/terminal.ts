// plumbing: a report for people at a terminal, and the progress of a run
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { CALL_COLUMNS, canisterTexts, cautionsOf, executionsText, type CanisterText } from './canisters.js';
import {
  availabilityText,
  caseName,
  clausesText,
  conclusionOf,
  failureTitle,
  notReachedOf,
  plural,
  sentenceOf,
  some,
  waiverOf,
  type Conclusion,
} from './figures.js';
import type { Report, Totals } from './report.js';
import { storyText } from './story-text.js';

interface TerminalOptions {
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
    ...overlapLine(report),
    '',
    ...canisterTexts(report).flatMap(callsTable),
    ...coverageLines(report),
    ...reasonLines(report),
    ...waiverLines(report),
    ...(totals.failed > 0 && report.failures.length === 0
      ? ['Failures are counted but not listed: see --max-failures', '']
      : []),
    ...cautionsOf(report).flatMap((caution) => [paint(`Note: ${caution}`, '33'), '']),
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

/** The rows may come to more than the last one. */
function overlapLine({ reached, totals }: Report): readonly string[] {
  const sum = Object.values(reached.families).reduce((cases, family) => cases + family.cases, 0);
  return sum > totals.cases ? ['(a case can belong to several families)'] : [];
}

/** Rows of a canister that are shown; all of them are in report@1. */
const CALL_ROWS = 40;
/** Methods of which it is shown why they never replied. */
const SILENT_METHODS = 5;

function callsTable({ name, summary, silent, rows }: CanisterText): readonly string[] {
  const shown = rows.slice(0, CALL_ROWS);
  const left = rows.length - shown.length;
  return [
    ...table([
      [name, ...CALL_COLUMNS],
      ...shown.map((row) => [row.name, ...CALL_COLUMNS.map((column) => String(row.figures[column]))]),
    ]),
    ...(left > 0 ? [`(and ${plural(left, 'method')} more: --report json)`] : []),
    `${name}: ${summary}`,
    ...silent.slice(0, SILENT_METHODS).map((line) => `  ${line}`),
    ...(silent.length > SILENT_METHODS ? [`  and ${silent.length - SILENT_METHODS} more: --report json`] : []),
    '',
  ];
}

function coverageLines(report: Report): readonly string[] {
  return [
    ...(report.canisters === undefined ? [] : [`executions    ${executionsText(report)}`]),
    `availability  ${availabilityText(report)}`,
    `clauses       ${clausesText(report)}`,
    ...notReachedOf(report).map(({ what, items }) => `not reached   ${plural(items.length, what)}: ${some(items, 4)}`),
    '',
  ];
}

function reasonLines({ skipped }: Report): readonly string[] {
  if (skipped.length === 0) return [];
  return [
    ...skipped.flatMap(({ verdict, reason, cases, firstCase, replay }) => [
      `${verdict.padEnd(12)}  ${plural(cases, 'case')}: ${reason} (first: ${caseName(firstCase)})`,
      ...(replay === undefined ? [] : [`              replay: ${replay}`]),
    ]),
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
  /** @param all number of cases of the run; undefined: until time is up */
  update(totals: Totals, all?: number): void;
  /** Removes the bar; later updates are ignored. */
  stop(): void;
}

/** Lines are written after so many cases where the number of cases is not known. */
const CASES_A_LINE = 1_000;

/** A bar on a terminal, a line every tenth of the run elsewhere. */
export function showProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(stream) : lines(stream);
}

const ENDLESS = '{value} cases, {failed} failed';
const TO_AN_END = '{bar} {value}/{total} cases, {failed} failed, {eta_formatted} left';

function bar(stream: NodeJS.WriteStream): Progress {
  const bars = new MultiBar({ stream, hideCursor: true, clearOnComplete: true, fps: 5 }, Presets.shades_classic);
  let one: SingleBar | undefined;
  let stopped = false;
  return {
    update: ({ cases, failed }, all) => {
      if (stopped) return;
      const format = all === undefined ? ENDLESS : TO_AN_END;
      one ??= bars.create(all ?? Number.MAX_SAFE_INTEGER, cases, { failed }, { format });
      one.update(cases, { failed });
    },
    stop: () => {
      // Once only: what stands on the terminal by then is the report.
      if (stopped) return;
      stopped = true;
      bars.stop();
    },
  };
}

function lines(stream: NodeJS.WriteStream): Progress {
  let next: number | undefined;
  let stopped = false;
  return {
    update: ({ cases, failed, errored }, all) => {
      const every = all === undefined ? CASES_A_LINE : Math.max(1, Math.ceil(all / 10));
      next ??= every;
      if (stopped || cases < next) return;
      next = (Math.floor(cases / every) + 1) * every;
      const done = all === undefined ? plural(cases, 'case') : `${cases} of ${plural(all, 'case')}`;
      stream.write(`${done}, ${failed} failed, ${errored} errored\n`);
    },
    stop: () => {
      stopped = true;
    },
  };
}
