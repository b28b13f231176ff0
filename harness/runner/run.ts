// plumbing: the main job — many cases on a pool of workers, findings reduced and kept, a report
import { availableParallelism } from 'node:os';
import type { Report, ReportTarget, ReportWaiver } from '../../reports/report.js';
import { judgedNothing, plural } from '../../reports/figures.js';
import { stopwatch, today } from '../timing.js';
import { describeTarget } from '../targets/describe.js';
import { applyWaivers, type Waiver } from '../waivers/waivers.js';
import { CaseFileError } from '../corpus/case-file.js';
import { Corpus } from '../corpus/store.js';
import { OF_CORPUS, type Aggregate } from './aggregate.js';
import { buildReport, findingsOf, type CountedFinding, type Investigated, type ReportFrame } from './build-report.js';
import { keepInteresting } from './interesting.js';
import type { JobSpec } from './job.js';
import { mutantsByClause } from './mutants.js';
import { casesOf, DEFAULTS, specOf, type Progress, type RunOptions, type Shard } from './options.js';
import { REDUCTION_BUDGET, WorkerPool, type Pool } from './pool.js';
import { CORPUS_FAMILY, replayCorpus, tellKept } from './replay-corpus.js';
import { RunJournal } from './resume.js';
import { chunksOf, runCases, sizeOf, type Ran } from './run-cases.js';

/** What a run comes to. */
export interface RunResult {
  /** As `--report json` writes it. */
  readonly report: Report;
  /** 0: conforms; 1: a violation that no waiver covers; 3: errored cases, no case judged, or the run is incomplete. */
  readonly exitCode: 0 | 1 | 3;
}

const LEFT = 'this run was cut off before: it starts anew; --resume would go on where it stopped';

const CUT_OFF = 'this run was cut off: the same command with --resume goes on where it stopped';

/** A run that has begun. */
interface Running {
  readonly options: RunOptions;
  readonly spec: JobSpec;
  readonly shard: Shard;
  /** Cases of all shards together; undefined: as many as the time allows. */
  readonly total: number | undefined;
  readonly newPool: (size: number) => Pool;
  readonly isStopped: () => boolean;
}

/**
 * Runs the suite.
 * @throws UsageError, UnknownTargetError, UnknownFamilyError
 */
export async function run(options: RunOptions = {}): Promise<RunResult> {
  const elapsed = stopwatch();
  const spec = await specOf(options);
  const target = await describeTarget(spec.target, spec.stepTimeout);
  if (spec.against !== undefined) await describeTarget(spec.against, spec.stepTimeout);
  const jobs = options.jobs ?? availableParallelism();
  const running = begin(options, spec);
  const { shard, total, isStopped } = running;
  const pool = running.newPool(jobs);
  const onAbort = () => void pool.close();
  options.signal?.addEventListener('abort', onAbort);

  try {
    const journal = openJournal(running, target);
    const { sum } = journal;
    const before = sum.totals.cases;
    // The mutants, which the report names, are loaded while the workers are at work.
    const [{ asked, finished }, mutants] = await Promise.all([judgeCases(running, pool, journal), mutantsByClause()]);
    const milliseconds = elapsed();
    const investigated = await investigateFindings(running, pool, sum);
    await keepPassing(running, pool, sum);
    const complete = finished && !isStopped();
    if (complete) journal.remove();
    else options.onNotice?.(CUT_OFF);

    const { families, rules } = spec;
    const frame: ReportFrame = {
      ...frameOf(spec, { jobs, shard }),
      target,
      selection: { cases: total ?? asked, families, rules, maxFailures: maxFailuresOf(options) },
      complete,
      timing: { milliseconds, casesPerSecond: rate(sum.totals.cases - before, milliseconds) },
    };
    const report = buildReport(frame, sum, investigated, mutants);
    tidy(spec.corpus, report);
    return finish(report, options.waivers ?? []);
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    await pool.close();
  }
}

function begin(options: RunOptions, spec: JobSpec): Running {
  const timeout = options.timeout ?? DEFAULTS.timeout;
  return {
    options,
    spec,
    shard: options.shard ?? { index: 1, count: 1 },
    total: options.time === undefined ? casesOf(options) : undefined,
    newPool: (size) => options.pool?.(spec, size, timeout) ?? new WorkerPool(spec, size, timeout),
    isStopped: () => options.signal?.aborted === true,
  };
}

/** What cases have given so far: nothing, or with --resume what the same run had judged when it was cut off. */
function openJournal({ options, spec, shard, total }: Running, target: ReportTarget): RunJournal {
  const identity = { spec, target, shard, cases: total };
  if (options.resume !== true && RunJournal.isLeft(spec.corpus, identity)) options.onNotice?.(LEFT);
  const journal = RunJournal.open(spec.corpus, identity, options.resume === true);
  const before = journal.sum.totals.cases;
  if (before > 0) options.onNotice?.(`resumed: ${plural(before, 'case')} of this run had been judged before`);
  return journal;
}

/** Judges the cases of a corpus of one's own, and then those of the run. */
async function judgeCases(running: Running, pool: Pool, journal: RunJournal): Promise<Ran> {
  const { options, spec, shard, total, isStopped } = running;
  // The default corpus is not one's own: what a run gives must not depend on what ran before.
  if (options.corpus !== undefined && !journal.has([OF_CORPUS])) {
    const old = await replayCorpus(pool, spec, isStopped);
    if (!isStopped()) journal.add([OF_CORPUS], old);
  }
  const onProgress = () => {
    tellProgress(running, 'cases', journal.sum);
  };
  onProgress();
  return runCases(pool, chunksOf(shard, total), {
    journal,
    isStopped,
    ...(options.time !== undefined && { time: options.time }),
    onProgress,
  });
}

/** Reduces the findings that the report lists. A run that was ended early, which has closed its pool, tells them as they are. */
async function investigateFindings(running: Running, pool: Pool, sum: Aggregate): Promise<readonly Investigated[]> {
  const { options, spec, newPool, isStopped } = running;
  const listed = findingsOf(sum).slice(0, maxFailuresOf(options));
  if (listed.length === 0) return [];
  tellProgress(running, 'findings', sum);
  if (!isStopped()) return investigateAll(pool, spec.corpus, listed, REDUCTION_BUDGET);
  const spare = newPool(1);
  try {
    return await investigateAll(spare, spec.corpus, listed, 0);
  } finally {
    await spare.close();
  }
}

/** Keeps passing cases that judged what no other did, if that was asked for. */
async function keepPassing({ options, spec, isStopped }: Running, pool: Pool, sum: Aggregate): Promise<void> {
  if (options.interesting === undefined || isStopped()) return;
  const kept = await keepInteresting(pool, spec.corpus, sum, options.interesting);
  options.onNotice?.(
    `${plural(kept, 'passing case')} kept in ${spec.corpus}, each for clauses that no other case judged`,
  );
}

function tellProgress({ options, shard, total }: Running, phase: Progress['phase'], sum: Aggregate): void {
  const ofCorpus = sum.families[CORPUS_FAMILY]?.cases ?? 0;
  const all = total === undefined ? undefined : ofCorpus + sizeOf(shard, total);
  options.onProgress?.({ phase, totals: sum.totals, ...(all !== undefined && { all }) });
}

function maxFailuresOf({ maxFailures = DEFAULTS.maxFailures }: RunOptions): number {
  return maxFailures;
}

/** What a report says of a run before it begins. */
function frameOf(
  spec: JobSpec,
  { jobs, shard }: { readonly jobs: number; readonly shard: Shard },
): Pick<ReportFrame, 'seed' | 'tier' | 'profile' | 'waived' | 'host'> {
  return {
    seed: spec.seed,
    tier: spec.tier,
    profile: spec.profile ?? (spec.check === undefined ? 'conformance' : 'check'),
    waived: [],
    host: {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      jobs,
      ...(shard.count > 1 && { shard: `${shard.index}/${shard.count}` }),
      corpus: spec.corpus,
      findings: [],
    },
  };
}

/** One case for each finding, and those that the report names; files that are no cases are left alone. */
function tidy(corpus: string, { failures }: Report): void {
  try {
    new Corpus(corpus).dedupe(new Set(failures.map((failure) => failure.case.id)));
  } catch (error) {
    if (!(error instanceof CaseFileError)) throw error;
  }
}

/** Applies waivers to a report, and says what the run comes to. */
export function finish(report: Report, waivers: readonly Waiver[]): RunResult {
  const { uses, open } = applyWaivers(failedRules(report), waivers, today());
  const waived = uses.map((use): ReportWaiver => ({ ...use, failures: failuresOf(report, use.rule) }));
  const violated = open.length > 0;
  const broken = !report.complete || report.totals.errored > 0 || judgedNothing(report);
  return { report: { ...report, waived }, exitCode: violated ? 1 : broken ? 3 : 0 };
}

function failedRules(report: Report): readonly { readonly rule: string }[] {
  return report.rules.filter(({ failures }) => failures > 0).map(({ id }) => ({ rule: id }));
}

function failuresOf(report: Report, rule: string): number {
  return report.rules.find(({ id }) => id === rule)?.failures ?? 0;
}

function rate(cases: number, milliseconds: number): number {
  return milliseconds === 0 ? 0 : Math.round((cases * 10_000) / milliseconds) / 10;
}

/** Reduces the listed findings. One that cannot be looked into any more is not listed; it stays counted. */
async function investigateAll(
  pool: Pool,
  corpus: string,
  findings: readonly CountedFinding[],
  budget: number,
): Promise<readonly Investigated[]> {
  const answers = await Promise.all(
    findings.map(async ({ firstCase, id }) => {
      if (id !== undefined) return tellKept(pool, corpus, id);
      const task = { kind: 'investigate', k: firstCase, budget } as const;
      let answer = await pool.do(task);
      // A reduction that kills its worker does not take the finding with it.
      if (answer.kind === 'lost' && budget > 0) answer = await pool.do({ ...task, budget: 0 });
      return answer.kind === 'investigate' ? [answer.finding] : [];
    }),
  );
  return answers.flat();
}
