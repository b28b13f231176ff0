// plumbing: report@1 from what was added up
import type { Matrix, MatrixCell, Report, ReportFailure, ReportReached, RuleResult } from '../../reports/report.js';
import { NOT_SELECTED, REPORT_SCHEMA } from '../../reports/report.js';
import { RULES } from '../../spec/rules/index.js';
import { existsFor, SYSTEM_API } from '../../spec/system-api.js';
import { CONTEXTS, contextOf, ENTRY_POINTS, type Context, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { TRAP_KINDS } from '../../spec/vocabulary/trap.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { cellKey, clauseOfCell } from '../oracle/cells.js';
import { unjudgeable } from '../targets/unjudgeable.js';
import type { Aggregate, Finding } from './aggregate.js';
import { selection } from './globs.js';
import { suite } from './suite.js';

/** A counted finding, with the key under which it was counted. */
export interface CountedFinding extends Finding {
  readonly key: string;
}

/** The parts of a report that do not follow from the aggregate. */
export type ReportFrame = Pick<
  Report,
  'seed' | 'target' | 'tier' | 'profile' | 'selection' | 'complete' | 'waived' | 'timing' | 'host'
>;

/** A failure that was looked into, with the finding that it belongs to. */
export interface Investigated {
  readonly key: string;
  readonly failure: Omit<ReportFailure, 'occurrences'>;
}

const ENTRY_POINT_NAMES = Object.keys(ENTRY_POINTS) as readonly EntryPoint[];
const BITS = ['wasm32', 'wasm64'] as const;

/** Findings by ascending first case, then key. */
export function findingsOf(sum: Aggregate): readonly CountedFinding[] {
  return Object.entries(sum.findings)
    .map(([key, finding]) => ({ key, ...finding }))
    .sort((a, b) => a.firstCase - b.firstCase || (a.key < b.key ? -1 : 1));
}

/**
 * The report of a run.
 * @param investigated the findings that are listed, at most as many as the selection says
 * @param mutants names of the mutants that break a clause
 */
export function buildReport(
  frame: ReportFrame,
  sum: Aggregate,
  investigated: readonly Investigated[],
  mutants: ReadonlyMap<ClauseId, readonly string[]>,
): Report {
  const findings = findingsOf(sum);
  const failures = failuresOf(findings, investigated, frame.selection.maxFailures);
  const isSelected = selection(frame.selection.rules);
  const cannotShow = unjudgeable(frame.target.capabilities, frame.tier);
  const rules = rulesOf(sum, findings, failures, mutants, (rule) =>
    isSelected(rule.id) ? cannotShow(rule) : NOT_SELECTED,
  );
  return {
    schema: REPORT_SCHEMA,
    suite: suite(),
    seed: frame.seed,
    target: frame.target,
    tier: frame.tier,
    profile: frame.profile,
    selection: frame.selection,
    complete: frame.complete,
    totals: sum.totals,
    rules,
    matrix: matrixOf(sum, findings),
    reached: reachedOf(sum, rules, isSelected),
    ...(Object.keys(sum.canisters).length > 0 && { canisters: canistersOf(sum) }),
    failures: failures.map(({ failure }) => failure),
    skipped: Object.entries(sum.skips)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, skip]) => skip),
    waived: frame.waived,
    timing: frame.timing,
    host: { ...frame.host, findings },
  };
}

interface Listed {
  readonly key: string;
  readonly failure: ReportFailure;
}

/** In the order of the findings, cut. */
function failuresOf(
  findings: readonly CountedFinding[],
  investigated: readonly Investigated[],
  most: number,
): readonly Listed[] {
  return findings.slice(0, most).flatMap(({ key, cases, firstCase, id }) => {
    // Several shards may have looked into one finding: the first case tells it.
    const found = investigated.find((one) => one.key === key && isOf(one.failure, firstCase, id));
    return found === undefined ? [] : [{ key, failure: { ...found.failure, occurrences: cases } }];
  });
}

/** Whether a failure tells the finding that the case with that number, or with that content hash, showed first. */
export function isOf({ case: told }: Pick<ReportFailure, 'case'>, firstCase: number, id: string | undefined): boolean {
  return id === undefined ? told.k === firstCase : told.id === id;
}

/** Failures count for the clause that the reduced case shows, where there is one. */
function rulesOf(
  sum: Aggregate,
  findings: readonly CountedFinding[],
  listed: readonly Listed[],
  mutants: ReadonlyMap<ClauseId, readonly string[]>,
  unjudged: ReturnType<typeof unjudgeable>,
): readonly RuleResult[] {
  const clearer = new Map(listed.map(({ key, failure }) => [key, failure.rule]));
  const failures = new Map<ClauseId, number>();
  for (const { key, rule, cases } of findings) {
    const id = clearer.get(key) ?? rule;
    failures.set(id, (failures.get(id) ?? 0) + cases);
  }
  return RULES.map((rule) => {
    const { id, level } = rule;
    const failed = failures.get(id) ?? 0;
    const reason = unjudged(rule);
    // A twin of a selected clause's twin was counted with that one.
    const counted = reason === NOT_SELECTED ? 0 : (sum.reached.clauses[id] ?? 0);
    const checks = counted + failed;
    const skipped = checks === 0 ? reason : undefined;
    return {
      id,
      level,
      checks,
      failures: failed,
      ...(skipped !== undefined && { skipped }),
      mutants: mutants.get(id) ?? [],
    };
  });
}

function matrixOf(sum: Aggregate, findings: readonly CountedFinding[]): Matrix {
  const failures = new Map<string, number>();
  for (const { cell, cases } of findings) if (cell !== undefined) failures.set(cell, (failures.get(cell) ?? 0) + cases);
  const matrix: Record<string, { [context in Context]?: MatrixCell }> = {};
  for (const { name } of SYSTEM_API) {
    const row: { [context in Context]?: MatrixCell } = {};
    for (const context of CONTEXTS) {
      const cell = matrixCell(sum, name, context, failures.get(`${name} / ${context}`) ?? 0);
      if (cell !== undefined) row[context] = cell;
    }
    matrix[name] = row;
  }
  return matrix;
}

function matrixCell(sum: Aggregate, name: string, context: Context, failures: number): MatrixCell | undefined {
  const by: { [entry in EntryPoint]?: { wasm32: number; wasm64: number } } = {};
  let checks = 0;
  for (const entryPoint of ENTRY_POINT_NAMES) {
    if (contextOf(entryPoint) !== context) continue;
    const [wasm32, wasm64] = BITS.map((bits) => sum.reached.cells[cellKey(name, entryPoint, bits)] ?? 0) as [
      number,
      number,
    ];
    if (wasm32 + wasm64 === 0) continue;
    by[entryPoint] = { wasm32, wasm64 };
    checks += wasm32 + wasm64;
  }
  return checks + failures === 0 ? undefined : { checks, failures, by };
}

function reachedOf(sum: Aggregate, rules: readonly RuleResult[], isSelected: (id: ClauseId) => boolean): ReportReached {
  const { entryPoints, traps, rejectCodes, trapPoints, cells } = sum.reached;
  const missingCells = SYSTEM_API.flatMap((f) =>
    ENTRY_POINT_NAMES.flatMap((entryPoint) =>
      BITS.filter((bits) => existsFor(f, bits === 'wasm32' ? 'i32' : 'i64')).map((bits) =>
        cellKey(f.name, entryPoint, bits),
      ),
    ),
  ).filter((key) => cells[key] === undefined && isSelected(clauseOfCell(key)));
  return {
    families: sorted(sum.families),
    entryPoints: sorted(entryPoints),
    traps: sorted(traps),
    rejectCodes: sorted(rejectCodes),
    trapPoints: sorted(trapPoints),
    missing: {
      cells: missingCells.sort(),
      entryPoints: ENTRY_POINT_NAMES.filter((name) => entryPoints[name] === undefined).sort(),
      traps: TRAP_KINDS.filter((kind) => traps[kind] === undefined).sort(),
      clauses: rules
        .filter(({ level, checks, skipped }) => level !== 'informative' && checks === 0 && skipped === undefined)
        .map(({ id }) => id)
        .sort(),
    },
  };
}

function canistersOf({ canisters }: Aggregate): NonNullable<Report['canisters']> {
  const named = Object.entries(canisters).map(([name, { typed, installs, methods }]) => [
    name,
    { typed, installs: sorted(installs), methods: sorted(methods) },
  ]);
  return sorted(Object.fromEntries(named) as NonNullable<Report['canisters']>);
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
