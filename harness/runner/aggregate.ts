// plumbing: results of many cases added up — the same whatever the order in which they come
import { CALL_COLUMNS } from '../../reports/canisters.js';
import type { CallFigures, ReportCanister, Totals } from '../../reports/report.js';
import { twins } from '../../spec/rules/index.js';
import type { ClauseId, Verdict } from '../../spec/vocabulary/verdict.js';
import { contextOf, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { noCounts, type Counts } from '../oracle/reached.js';
import { divergenceKey } from '../reducer/same-failure.js';
import type { CaseResult, Reached } from '../types.js';

/** One finding: failing cases with the same clause and first divergence. */
export interface Finding {
  readonly rule: ClauseId;
  /** `import / context` where the clause is one of availability. */
  readonly cell?: string;
  readonly cases: number;
  /** OF_CORPUS where a case of the corpus showed it. */
  readonly firstCase: number;
  /** Content hash of the corpus' case that showed it first. */
  readonly id?: string;
}

/** Number of every case that was read from the corpus: they come before those of the run. */
export const OF_CORPUS = -1;

/** Cases without a verdict on the target, by verdict and reason; `left out`: cases that have one, of which a part says nothing. */
export interface Skip {
  readonly verdict: 'skipped' | 'poisoned' | 'errored' | 'left out';
  readonly reason: string;
  readonly cases: number;
  readonly firstCase: number;
  /** Command that runs the first of them again, where it was kept. */
  readonly replay?: string;
}

/** Plain data, so that it can be sent between processes and written to a journal. */
export interface Aggregate {
  totals: Totals;
  /** A case may belong to several. */
  readonly families: Record<string, Totals>;
  readonly reached: { readonly [part in keyof Reached]: Counts };
  readonly findings: Record<string, Finding>;
  readonly skips: Record<string, Skip>;
  /** By clause, where it is asked for: which passing cases judged it, or a twin. */
  readonly judges: Record<ClauseId, Judges>;
  /** Canisters of the user's: empty where the cases were generated. */
  canisters: Canisters;
}

/** By name. */
export type Canisters = Readonly<Record<string, ReportCanister>>;

/** The passing cases that judged a clause. */
export interface Judges {
  readonly cases: number;
  readonly firstCase: number;
}

const PARTS = [
  'cells',
  'clauses',
  'entryPoints',
  'traps',
  'rejectCodes',
  'trapPoints',
] as const satisfies readonly (keyof Reached)[];

const NO_CASES: Totals = { cases: 0, passed: 0, failed: 0, skipped: 0, poisoned: 0, errored: 0 };

const COLUMN: Readonly<Record<Verdict, keyof Totals>> = {
  pass: 'passed',
  fail: 'failed',
  skipped: 'skipped',
  poisoned: 'poisoned',
  errored: 'errored',
};

export function emptyAggregate(): Aggregate {
  return {
    totals: NO_CASES,
    families: {},
    reached: { cells: {}, clauses: {}, entryPoints: {}, traps: {}, rejectCodes: {}, trapPoints: {} },
    findings: {},
    skips: {},
    judges: {},
    canisters: {},
  };
}

/** A case that was run. */
export interface RanCase {
  readonly k: number;
  readonly families: readonly string[];
  readonly result: CaseResult;
  /** Of a case of the corpus. */
  readonly id?: string;
  /** Command that runs it again: of an errored case that was kept. */
  readonly replay?: string;
  /** What happened in it to canisters of the user's. */
  readonly canisters?: Canisters;
}

/**
 * Adds cases.
 * @param notesJudges whether it is noted which cases judged a clause
 */
export function addCases(sum: Aggregate, cases: readonly RanCase[], notesJudges = false): void {
  const reached = {
    cells: noCounts(),
    clauses: noCounts(),
    entryPoints: noCounts(),
    traps: noCounts(),
    rejectCodes: noCounts(),
    trapPoints: noCounts(),
  };
  for (const one of cases) {
    for (const part of PARTS) addCounts(reached[part], one.result.reached[part]);
    addVerdict(sum, one);
    if (one.canisters !== undefined) sum.canisters = addCanisters(sum.canisters, one.canisters);
    if (notesJudges && one.result.verdict === 'pass') {
      for (const id of clausesOf(one.result)) addJudges(sum, id, { cases: 1, firstCase: one.k });
    }
  }
  for (const part of PARTS)
    addCounts(sum.reached[part], part === 'clauses' ? withTwins(reached.clauses) : reached[part]);
}

function addVerdict(sum: Aggregate, { k, families, result, id, replay }: RanCase): void {
  const one: Totals = { ...NO_CASES, cases: 1, [COLUMN[result.verdict]]: 1 };
  sum.totals = addTotals(sum.totals, one);
  for (const family of families) sum.families[family] = addTotals(sum.families[family] ?? NO_CASES, one);

  const [failure] = result.failures;
  if (failure !== undefined) {
    const cell = cellOf(failure);
    addFinding(sum, divergenceKey(failure), {
      rule: failure.rule,
      ...(cell !== undefined && { cell }),
      cases: 1,
      firstCase: k,
      ...(id !== undefined && { id }),
    });
  }
  for (const reason of new Set(result.leftOut)) addSkip(sum, { verdict: 'left out', reason, cases: 1, firstCase: k });
  if (result.verdict !== 'pass' && result.verdict !== 'fail') {
    const reason = result.reason ?? 'no reason given';
    addSkip(sum, { verdict: result.verdict, reason, cases: 1, firstCase: k, ...(replay !== undefined && { replay }) });
  }
}

/** Adds all of `part` to `sum`. */
export function addAggregate(sum: Aggregate, part: Aggregate): void {
  sum.totals = addTotals(sum.totals, part.totals);
  for (const [family, totals] of Object.entries(part.families)) {
    sum.families[family] = addTotals(sum.families[family] ?? NO_CASES, totals);
  }
  for (const name of PARTS) addCounts(sum.reached[name], part.reached[name]);
  for (const [key, finding] of Object.entries(part.findings)) addFinding(sum, key, finding);
  for (const skip of Object.values(part.skips)) addSkip(sum, skip);
  for (const [id, judges] of Object.entries(part.judges)) addJudges(sum, id, judges);
  sum.canisters = addCanisters(sum.canisters, part.canisters);
}

const VERDICTS = [
  'cases',
  'passed',
  'failed',
  'skipped',
  'poisoned',
  'errored',
] as const satisfies readonly (keyof Totals)[];

function addTotals(a: Totals, b: Totals): Totals {
  return addNumbers(VERDICTS, a, b);
}

/** The sums of the fields that are named, in that order. */
function addNumbers<K extends string>(
  names: readonly K[],
  a: Readonly<Record<K, number>>,
  b: Readonly<Record<K, number>>,
): Readonly<Record<K, number>> {
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as Record<K, number>;
}

export function addCounts(sum: Counts, part: Readonly<Counts>): void {
  for (const key of Object.keys(part)) sum[key] = (sum[key] ?? 0) + (part[key] ?? 0);
}

/** Who checks a clause has checked its twins: they say the same. */
function withTwins(clauses: Readonly<Counts>): Counts {
  const sum = noCounts();
  for (const id of Object.keys(clauses)) {
    const count = clauses[id] ?? 0;
    for (const twin of twins(id)) sum[twin] = (sum[twin] ?? 0) + count;
  }
  return sum;
}

/** The clauses that a case judged, and their twins. */
export function clausesOf({ reached }: CaseResult): ReadonlySet<ClauseId> {
  return new Set(Object.keys(reached.clauses).flatMap(twins));
}

function addCanisters(a: Canisters, b: Canisters): Canisters {
  return addBy(a, b, (x, y) => ({
    typed: x.typed,
    installs: addBy(x.installs, y.installs, addCalls),
    methods: addBy(x.methods, y.methods, addCalls),
  }));
}

/** Of each key what it has in one of the two, or the sum. Any name is a key, `__proto__` too. */
function addBy<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  add: (x: T, y: T) => T,
): Readonly<Record<string, T>> {
  const sum = new Map(Object.entries(a));
  for (const [key, y] of Object.entries(b)) {
    const x = sum.get(key);
    sum.set(key, x === undefined ? y : add(x, y));
  }
  return Object.fromEntries(sum);
}

function addCalls(a: CallFigures, b: CallFigures): CallFigures {
  const [trap] = [a.trap, b.trap].filter((one) => one !== undefined).sort((x, y) => x.firstCase - y.firstCase);
  return { ...addNumbers(CALL_COLUMNS, a, b), ...(trap && { trap }) };
}

function addJudges(sum: Aggregate, id: ClauseId, { cases, firstCase }: Judges): void {
  const known = sum.judges[id];
  sum.judges[id] =
    known === undefined
      ? { cases, firstCase }
      : { cases: known.cases + cases, firstCase: Math.min(known.firstCase, firstCase) };
}

function cellOf({ rule, entryPoint, import: name }: CaseResult['failures'][number]): string | undefined {
  if (!rule.startsWith('availability/') || name === undefined || entryPoint === undefined) return undefined;
  return `${name} / ${contextOf(entryPoint satisfies EntryPoint)}`;
}

function addFinding(sum: Aggregate, key: string, finding: Finding): void {
  const known = sum.findings[key];
  sum.findings[key] =
    known === undefined
      ? finding
      : { ...(finding.firstCase < known.firstCase ? finding : known), cases: known.cases + finding.cases };
}

function addSkip(sum: Aggregate, skip: Skip): void {
  const key = `${skip.verdict} | ${skip.reason}`;
  const known = sum.skips[key];
  sum.skips[key] =
    known === undefined
      ? skip
      : { ...(skip.firstCase < known.firstCase ? skip : known), cases: known.cases + skip.cases };
}
