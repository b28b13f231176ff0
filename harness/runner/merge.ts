// plumbing: reports of shards into one, with the bytes of a run without shards
import type { Matrix, Report } from '../../reports/report.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { cellKey } from '../oracle/cells.js';
import { addAggregate, emptyAggregate, type Aggregate } from './aggregate.js';
import { buildReport, isOf } from './build-report.js';
import { mutantsByClause } from './mutants.js';
import { UsageError } from './options.js';

/**
 * The report of the whole. It is complete when every shard is there and complete.
 * @throws UsageError when the reports do not belong to one run, or when two of them have cases in common
 */
export async function mergeReports(reports: readonly Report[]): Promise<Report> {
  const [first, ...others] = reports;
  if (first === undefined) throw new UsageError('merge: name the reports of the shards');
  for (const other of others) requireSame(first, other);
  const sum = emptyAggregate();
  for (const report of reports) addAggregate(sum, aggregateOf(report));
  const shards = shardsOf(reports);
  requireDisjoint(shards);
  const milliseconds = Math.max(...reports.map(({ timing }) => timing.milliseconds));
  const rate = reports.reduce((total, { timing }) => total + timing.casesPerSecond, 0);
  return buildReport(
    {
      seed: first.seed,
      target: first.target,
      tier: first.tier,
      profile: first.profile,
      selection: first.selection,
      complete: reports.every(({ complete }) => complete) && missingShards(reports).length === 0,
      waived: first.waived,
      timing: { milliseconds, casesPerSecond: Math.round(rate * 10) / 10 },
      host: { ...first.host, shard: shards.join(' '), findings: [] },
    },
    sum,
    reports.flatMap(investigated),
    await mutantsByClause(),
  );
}

/** The parts `i/n` of the run that no report is of. */
export function missingShards(reports: readonly Report[]): readonly string[] {
  const shards = shardsOf(reports);
  const count = countOf(shards[0]);
  return Array.from({ length: count }, (_, i) => `${i + 1}/${count}`).filter((shard) => !shards.includes(shard));
}

/** The parts that the reports are of; a report that was merged is of several. */
function shardsOf(reports: readonly Report[]): readonly string[] {
  return reports.flatMap(({ host }) => host.shard?.split(' ') ?? ['1/1']);
}

function countOf(shard: string | undefined): number {
  return Number(shard?.split('/')[1]);
}

/** A case that two reports count would count twice. */
function requireDisjoint(shards: readonly string[]): void {
  const repeated = shards.find((shard, i) => shards.indexOf(shard) !== i);
  if (repeated !== undefined) {
    throw new UsageError(`merge: shard ${repeated} is there more than once. Name one report of each shard`);
  }
  const [first] = shards;
  const other = shards.find((shard) => countOf(shard) !== countOf(first));
  if (first !== undefined && other !== undefined) {
    throw new UsageError(
      `merge: shards ${first} and ${other} are not of one division. Name the reports of one set of shards`,
    );
  }
}

function requireSame(first: Report, other: Report): void {
  const parts = ['suite', 'seed', 'target', 'tier', 'profile', 'selection'] as const;
  const differs = parts.find((part) => JSON.stringify(first[part]) !== JSON.stringify(other[part]));
  if (differs === undefined) return;
  throw new UsageError(
    `merge: the reports are not of one run: ${differs} differs (${JSON.stringify(first[differs]).slice(0, 120)} and ${JSON.stringify(other[differs]).slice(0, 120)})`,
  );
}

/** Findings by the case that showed them first. */
function investigated({ failures, host }: Report): { key: string; failure: Report['failures'][number] }[] {
  return failures.flatMap((failure) => {
    const finding = host.findings.find(({ firstCase, id }) => isOf(failure, firstCase, id));
    return finding === undefined ? [] : [{ key: finding.key, failure }];
  });
}

/** What a report was built from. Checks of a clause that failed are the checks without its failures. */
function aggregateOf(report: Report): Aggregate {
  const { reached, rules } = report;
  return {
    totals: report.totals,
    families: { ...reached.families },
    reached: {
      cells: cellsOf(report.matrix),
      clauses: Object.fromEntries(
        rules.filter((rule) => rule.checks > rule.failures).map((rule) => [rule.id, rule.checks - rule.failures]),
      ),
      entryPoints: { ...reached.entryPoints },
      traps: { ...reached.traps },
      rejectCodes: { ...reached.rejectCodes },
      trapPoints: { ...reached.trapPoints },
    },
    findings: Object.fromEntries(report.host.findings.map(({ key, ...finding }) => [key, finding])),
    skips: Object.fromEntries(report.skipped.map((skip) => [`${skip.verdict} | ${skip.reason}`, skip])),
    judges: {},
    canisters: report.canisters ?? {},
  };
}

function cellsOf(matrix: Matrix): Record<string, number> {
  const cells: Record<string, number> = {};
  for (const [name, contexts] of Object.entries(matrix)) {
    for (const cell of Object.values(contexts)) {
      for (const [entryPoint, { wasm32, wasm64 }] of Object.entries(cell.by)) {
        if (wasm32 > 0) cells[cellKey(name, entryPoint as EntryPoint, 'wasm32')] = wasm32;
        if (wasm64 > 0) cells[cellKey(name, entryPoint as EntryPoint, 'wasm64')] = wasm64;
      }
    }
  }
  return cells;
}
