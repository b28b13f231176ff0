// plumbing: what the formats say of a report in numbers and in one sentence
import { CONTEXTS, type Context, type EntryPoint } from '../spec/vocabulary/entry-point.js';
import { SYSTEM_API, type SystemApiFunction } from '../spec/system-api.js';
import { NOT_SELECTED, type MatrixCell, type Report, type ReportFailure, type RuleResult } from './report.js';

/** The family of cases that call canisters of the user's. */
const CHECK = 'check';

/** Of a whole run: `incomplete` weighs more than anything but a violation. */
export type Conclusion = 'conforms' | 'violated' | 'incomplete';

/** The waiver that covers a clause's failures. */
export function waiverOf(report: Report, rule: string): string | undefined {
  return report.waived.find((waiver) => waiver.rule === rule && waiver.status === 'used')?.reason;
}

/** Clauses with failures that no waiver covers. */
function violatedRules(report: Report): readonly RuleResult[] {
  return report.rules.filter(({ id, failures }) => failures > 0 && waiverOf(report, id) === undefined);
}

export function conclusionOf(report: Report): Conclusion {
  if (violatedRules(report).length > 0 || unattributed(report)) return 'violated';
  const complete = report.complete && report.totals.errored === 0 && !judgedNothing(report);
  return complete ? 'conforms' : 'incomplete';
}

/**
 * Whether every case was skipped, or said nothing, or the time was over before the first, or a canister of the user's never came to run: that is
 * no reason to call a target conforming.
 * A shard without a case is none either, but the other shards have the cases that were asked for.
 */
export function judgedNothing(report: Pick<Report, 'totals' | 'selection' | 'canisters'>): boolean {
  const { cases, passed, failed } = report.totals;
  if (neverInstalled(report).length > 0) return true;
  return passed === 0 && failed === 0 && (cases > 0 || report.selection.cases === 0);
}

/** Canisters that `check` was given and that refused every argument: of their methods nothing was seen. */
function neverInstalled({ canisters = {} }: Pick<Report, 'canisters'>): readonly string[] {
  return Object.entries(canisters).flatMap(([name, { installs }]) => {
    const all = Object.values(installs);
    return all.some(({ calls }) => calls > 0) && all.every(({ replied }) => replied === 0) ? [name] : [];
  });
}

/** Failing cases without a clause in the catalogue: never to be overlooked. */
function unattributed({ totals, rules, waived }: Report): boolean {
  return (
    totals.failed > 0 &&
    rules.every(({ failures }) => failures === 0) &&
    waived.every(({ status }) => status !== 'used')
  );
}

/** The conclusion as a sentence. */
export function sentenceOf(report: Report): string {
  const { totals } = report;
  const cases = plural(totals.cases, 'case');
  const waived = report.waived.filter(({ status }) => status === 'used').length;
  const known = waived === 0 ? '' : `; ${plural(waived, 'clause')} waived`;
  switch (conclusionOf(report)) {
    case 'violated': {
      const rules = violatedRules(report).map(({ id }) => id);
      const part = report.complete ? '' : ' The run is incomplete.';
      return `Does not conform: ${plural(rules.length, 'clause')} violated in ${cases} (${rules.join(', ')})${known}.${part}`;
    }
    case 'incomplete': {
      const never = neverInstalled(report);
      if (report.complete && totals.errored === 0 && never.length > 0) {
        return `Incomplete: ${never.join(', ')} ${never.length === 1 ? 'was' : 'were'} never installed, so that nothing was judged of ${never.length === 1 ? 'it' : 'them'} but the traps of ${cases}${known}.`;
      }
      if (report.complete && totals.errored === 0) {
        return `Incomplete: nothing was judged; of ${cases} ${totals.skipped} skipped, ${totals.poisoned} poisoned${known}.`;
      }
      const why = report.complete ? `${plural(totals.errored, 'case')} ended in an error` : 'the run was cut short';
      return `Incomplete: ${why}; no violation in ${cases} says nothing about the rest${known}.`;
    }
    case 'conforms':
      if (totals.cases === 0) return 'Nothing to judge: none of the cases is in this shard.';
      return `Conforms: no violation in ${cases}${known}.`;
  }
}

export function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** How much of the availability matrix was checked. A cell is an import at an entry point in one pointer width. */
export interface Coverage {
  readonly imports: number;
  readonly importsReached: number;
  readonly cellsReached: number;
  readonly cellsMissing: number;
  readonly checks: number;
  readonly failures: number;
}

export function coverageOf({ matrix, reached }: Report): Coverage {
  const cells = Object.values(matrix).flatMap((row) => cellsOf(row));
  const widths = cells.flatMap(({ by }) => Object.values(by).flatMap(({ wasm32, wasm64 }) => [wasm32, wasm64]));
  return {
    imports: SYSTEM_API.length,
    importsReached: Object.values(matrix).filter((row) => cellsOf(row).some(({ checks }) => checks > 0)).length,
    cellsReached: widths.filter((checks) => checks > 0).length,
    cellsMissing: reached.missing.cells.length,
    checks: sum(cells.map(({ checks }) => checks)),
    failures: sum(cells.map(({ failures }) => failures)),
  };
}

function cellsOf(row: Report['matrix'][string]): readonly MatrixCell[] {
  return Object.values(row);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Why no execution was seen though cases were judged; undefined: some were. */
export function unseenOf(report: Report): string | undefined {
  const { target, reached } = report;
  if (judgedNothing(report) || Object.keys(reached.entryPoints).length > 0) return undefined;
  return target.capabilities.includes('records')
    ? 'not visible: no execution was shown in this run'
    : 'not visible for this target: it shows replies, rejects and status only';
}

/** How much of the availability matrix was checked, in words. */
export function availabilityText(report: Report): string {
  const { imports, importsReached, cellsReached, cellsMissing, checks, failures } = coverageOf(report);
  if (cellsReached + cellsMissing === 0) return 'not selected';
  const cells = `${cellsReached} of ${cellsReached + cellsMissing} cells (import, entry point, width)`;
  return (
    unseenOf(report) ??
    `${importsReached} of ${imports} imports, ${cells}, ${plural(checks, 'check')}, ${plural(failures, 'failure')}`
  );
}

/** The clauses by what became of them: `judged`, `hidden` and `notReached` are all that can be checked. */
interface Judged {
  readonly judged: readonly RuleResult[];
  /** The target cannot show them. */
  readonly hidden: readonly RuleResult[];
  readonly notReached: readonly RuleResult[];
  /** There is nothing to check in them. */
  readonly informative: readonly RuleResult[];
  /** They count under none of the others. */
  readonly notSelected: readonly RuleResult[];
}

function judgedOf({ rules }: Report): Judged {
  const selected = rules.filter(({ skipped }) => skipped !== NOT_SELECTED);
  const checkable = selected.filter(({ level }) => level !== 'informative');
  const open = checkable.filter(({ checks }) => checks === 0);
  return {
    judged: checkable.filter(({ checks }) => checks > 0),
    hidden: open.filter(({ skipped }) => skipped !== undefined),
    notReached: open.filter(({ skipped }) => skipped === undefined),
    informative: selected.filter(({ level }) => level === 'informative'),
    notSelected: rules.filter(({ skipped }) => skipped === NOT_SELECTED),
  };
}

const LEVELS = ['must', 'may', 'ambiguous'] as const;

/** `398 of 741 judged, 0 the target cannot show, 343 not reached (261 must, 33 may, 49 ambiguous); 16 more are informative`. */
export function clausesText(report: Report): string {
  const { judged, hidden, notReached, informative, notSelected } = judgedOf(report);
  const all = judged.length + hidden.length + notReached.length;
  const levels = LEVELS.map((wanted) => [notReached.filter(({ level }) => level === wanted).length, wanted] as const)
    .filter(([n]) => n > 0)
    .map(([n, level]) => `${n} ${level}`);
  return (
    `${judged.length} of ${all} judged, ${hidden.length} the target cannot show, ${notReached.length} not reached` +
    `${levels.length > 0 ? ` (${levels.join(', ')})` : ''}; ${informative.length} more are informative${notSelected.length > 0 ? `, ${notSelected.length} not selected` : ''}`
  );
}

/** What was meant to be reached and was not. */
interface NotReached {
  readonly what: 'cell' | 'entry point' | 'trap' | 'clause';
  readonly items: readonly string[];
}

/** Nothing is missing of executions that cannot be seen, nor where a canister of the user's decides what there is to reach. */
export function notReachedOf(report: Report): readonly NotReached[] {
  const { missing, families } = report.reached;
  if (CHECK in families) return [];
  const executions: readonly NotReached[] = [
    { what: 'cell', items: missing.cells },
    { what: 'entry point', items: missing.entryPoints },
    { what: 'trap', items: missing.traps },
  ];
  const clauses: NotReached = {
    what: 'clause',
    items: judgedOf(report)
      .notReached.map(({ id }) => id)
      .sort(),
  };
  return [...(unseenOf(report) === undefined ? executions : []), clauses].filter(({ items }) => items.length > 0);
}

/** One row of the availability matrix as the table has it, with what was seen. */
export interface MatrixRow {
  readonly api: SystemApiFunction;
  readonly cells: readonly { readonly context: Context; readonly available: boolean; readonly seen?: MatrixCell }[];
}

export function matrixRows({ matrix }: Report): readonly MatrixRow[] {
  return SYSTEM_API.map((api) => ({
    api,
    cells: CONTEXTS.map((context) => {
      const seen = matrix[api.name]?.[context];
      return { context, available: api.contexts.has(context), ...(seen === undefined ? {} : { seen }) };
    }),
  }));
}

/** `canister_update 5 + 4`: checks of a cell by entry point, wasm32 and wasm64. */
export function cellText({ by }: MatrixCell): string {
  const rows = Object.entries(by) as [EntryPoint, { readonly wasm32: number; readonly wasm64: number }][];
  return rows
    .map(([entryPoint, { wasm32, wasm64 }]) => `${entryPoint}: ${wasm32} in wasm32, ${wasm64} in wasm64`)
    .join('; ');
}

/** `atomicity/wasm-memory (3 cases, first: case 17)`. */
export function failureTitle({ rule, tier, case: { k }, occurrences }: ReportFailure): string {
  return `${rule} (tier ${tier}; ${plural(occurrences, 'case')}, first: ${caseName(k ?? -1)})`;
}

/** What a report calls the case with that number; -1: one that was read from a file. */
export function caseName(k: number): string {
  return k < 0 ? 'a case of the corpus' : `case ${k}`;
}

/** A few items of a list, and how many more there are. */
export function some(items: readonly string[], most: number): string {
  const rest = items.length - most;
  return items.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** The source documents by revision, each revision once; commit ids are cut to 12 digits. */
export function revisionsOf({ suite }: Report): string {
  const documents = new Map<string, string[]>();
  for (const { document, revision } of suite.spec) {
    const short = revision.replace(/\b([0-9a-f]{12})[0-9a-f]{28}\b/g, '$1');
    documents.set(short, [...(documents.get(short) ?? []), document]);
  }
  return [...documents].map(([revision, names]) => `${revision} (${names.join(', ')})`).join('; ');
}
