// plumbing: the main job — many cases on a pool of workers, findings reduced and kept, a report
import { availableParallelism } from 'node:os';
import type { Report, ReportWaiver } from '../../reports/report.js';
import { judgedNothing, plural } from '../../reports/figures.js';
import { stopwatch, today } from '../timing.js';
import { describeTarget } from '../targets/describe.js';
import { applyWaivers, type Waiver } from '../waivers/waivers.js';
import { CaseFileError } from '../corpus/case-file.js';
import { Corpus } from '../corpus/store.js';
import { OF_CORPUS } from './aggregate.js';
import { buildReport, findingsOf, type CountedFinding, type Investigated, type ReportFrame } from './build-report.js';
import { keepInteresting } from './interesting.js';
import type { JobSpec } from './job.js';
import { mutantsByClause } from './mutants.js';
import { DEFAULT_CASES, specOf, type Progress, type RunOptions } from './options.js';
import { REDUCTION_BUDGET, WorkerPool, type Pool } from './pool.js';
import { CORPUS_FAMILY, replayCorpus, tellKept } from './replay-corpus.js';
import { RunJournal } from './resume.js';
import { chunksOf, runCases, sizeOf } from './run-cases.js';

/** What a run comes to. */
export interface RunResult {
  /** As `--report json` writes it. */
  readonly report: Report;
  /** 0: conforms; 1: a violation that no waiver covers; 3: errored cases, no case judged, or the run is incomplete. */
  readonly exitCode: 0 | 1 | 3;
}

const DEFAULT_MAX_FAILURES = 20;
const DEFAULT_TIMEOUT = 60_000;
const LEFT = 'this run was cut off before: it starts anew; --resume would go on where it stopped';

const CUT_OFF = 'this run was cut off: the same command with --resume goes on where it stopped';

/**
 * Runs the suite.
 * @throws UsageError, UnknownTargetError, UnknownFamilyError
 */
export async function run(options: RunOptions = {}): Promise<RunResult> {
  const elapsed = stopwatch();
  const spec = await specOf(options);
  const described = await describeTarget(spec.target, spec.stepTimeout);
  if (spec.against !== undefined) await describeTarget(spec.against, spec.stepTimeout);
  const jobs = options.jobs ?? availableParallelism();
  const timeout = options.timeout ?? DEFAULT_TIMEOUT;
  const pool = (options.pool ?? ((s, size, limit) => new WorkerPool(s, size, limit)))(spec, jobs, timeout);
  const shard = options.shard ?? { index: 1, count: 1 };
  const maxFailures = options.maxFailures ?? DEFAULT_MAX_FAILURES;
  const isStopped = () => options.signal?.aborted === true;
  const onAbort = () => void pool.close();
  options.signal?.addEventListener('abort', onAbort);

  try {
    const total = options.time === undefined ? (options.cases ?? DEFAULT_CASES) : undefined;
    const identity = { spec, target: described, shard, cases: total };
    if (options.resume !== true && RunJournal.isLeft(spec.corpus, identity)) options.onNotice?.(LEFT);
    const journal = RunJournal.open(spec.corpus, identity, options.resume === true);
    const before = journal.sum.totals.cases;
    if (before > 0) options.onNotice?.(`resumed: ${plural(before, 'case')} of this run had been judged before`);
    // The default corpus is not one's own: what a run gives must not depend on what ran before.
    if (options.corpus !== undefined && !journal.has([OF_CORPUS])) {
      const old = await replayCorpus(pool, spec, isStopped);
      if (!isStopped()) journal.add([OF_CORPUS], old);
    }
    const ofCorpus = journal.sum.families[CORPUS_FAMILY]?.cases ?? 0;
    const all = total === undefined ? undefined : ofCorpus + sizeOf(shard, total);
    const progress = (phase: Progress['phase']) =>
      options.onProgress?.({ phase, totals: journal.sum.totals, ...(all !== undefined && { all }) });
    progress('cases');
    // The mutants, which the report names, are loaded while the workers are at work.
    const [{ asked, finished }, mutants] = await Promise.all([
      runCases(pool, chunksOf(shard, total), {
        journal,
        isStopped,
        ...(options.time !== undefined && { time: options.time }),
        onProgress: () => progress('cases'),
      }),
      mutantsByClause(),
    ]);
    const { sum } = journal;
    const milliseconds = elapsed();
    const listed = findingsOf(sum).slice(0, maxFailures);
    const hands = isStopped() ? (options.pool?.(spec, 1, timeout) ?? new WorkerPool(spec, 1, timeout)) : pool;
    if (listed.length > 0) progress('findings');
    const investigated = await investigateAll(hands, spec.corpus, listed, isStopped() ? 0 : REDUCTION_BUDGET);
    if (hands !== pool) await hands.close();
    if (options.interesting !== undefined && !isStopped()) {
      const kept = await keepInteresting(pool, spec.corpus, sum, options.interesting);
      options.onNotice?.(
        `${plural(kept, 'passing case')} kept in ${spec.corpus}, each for clauses that no other case judged`,
      );
    }
    const complete = finished && !isStopped();
    if (complete) journal.remove();
    else options.onNotice?.(CUT_OFF);

    const frame: ReportFrame = {
      ...frameOf(spec, { jobs, shard }),
      target: described,
      selection: { cases: total ?? asked, families: spec.families, rules: spec.rules, maxFailures },
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

/** What a report says of a run before it begins. */
function frameOf(
  spec: JobSpec,
  { jobs, shard }: { readonly jobs: number; readonly shard: NonNullable<RunOptions['shard']> },
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
