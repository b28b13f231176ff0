// plumbing: the main job — many cases on a pool of workers, findings reduced and kept, a report
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Report, ReportWaiver, Totals } from '../../reports/report.js';
import { judgedNothing } from '../../reports/figures.js';
import { PROFILES, profileNamed } from '../../spec/profiles/profiles.js';
import { RULES, ruleNamed } from '../../spec/rules/index.js';
import { TIERS, type Tier } from '../../spec/vocabulary/verdict.js';
import { stopwatch, today } from '../timing.js';
import type { CheckArguments } from '../check/index.js';
import { describeTarget } from '../targets/describe.js';
import { applyWaivers, type Waiver } from '../waivers/waivers.js';
import { CaseFileError } from '../corpus/case-file.js';
import { Corpus } from '../corpus/store.js';
import { OF_CORPUS } from './aggregate.js';
import { buildReport, findingsOf, type CountedFinding, type Investigated } from './build-report.js';
import { caseSource, checkSource } from './cases.js';
import { globs } from './globs.js';
import { keepInteresting } from './interesting.js';
import type { JobSpec } from './job.js';
import { mutantsByClause } from './mutants.js';
import { REDUCTION_BUDGET, WorkerPool, type Pool } from './pool.js';
import { replayCorpus, tellKept } from './replay-corpus.js';
import { RunJournal } from './resume.js';
import { chunksOf, runCases } from './run-cases.js';

/** Options of `run`; each has the meaning of the command line option of the same name. */
export interface RunOptions {
  /** Default `executor`. */
  readonly target?: string;
  readonly against?: string;
  /** Any text; default `0`. */
  readonly seed?: string;
  /** Default 2,000. */
  readonly cases?: number;
  /** Milliseconds to run for, instead of a number of cases. */
  readonly time?: number;
  readonly families?: readonly string[];
  /** Globs over clause ids. */
  readonly rules?: readonly string[];
  /** Default `differential`. */
  readonly tier?: Tier;
  /** Default: what each case says, `conformance` for most. */
  readonly profile?: string;
  /** Worker threads; default: one for each processor. */
  readonly jobs?: number;
  /** Part `index` (from 1) of `count`: the cases k with k mod count = index - 1. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** Where failing cases are kept; default `.ic0-conformance/corpus`. The cases of a corpus that is named here are judged first. */
  readonly corpus?: string;
  /** Cases that pass and are kept all the same, at most: each alone of the run judged a clause that no kept case stands for. Default 0. */
  readonly interesting?: number;
  /** Go on where the same run, with the same corpus, was cut off before. */
  readonly resume?: boolean;
  /** Random calls to these modules instead of generated canisters. */
  readonly check?: CheckArguments;
  readonly waivers?: readonly Waiver[];
  /** Findings that are reduced and listed at most; default 20. */
  readonly maxFailures?: number;
  /** Milliseconds that a case may take; default 60,000. */
  readonly timeout?: number;
  /** Milliseconds that one answer of another process or of an adapter may take; default 10,000. */
  readonly stepTimeout?: number;
  /** Ends the run early; the report says that it is incomplete. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Something that the user may want to know, in one line. */
  readonly onNotice?: (message: string) => void;
  /** Other hands than worker threads; for tests. */
  readonly pool?: (spec: JobSpec, size: number, timeout: number) => Pool;
}

/** How far a run is. */
export interface Progress {
  /** `cases` while cases run, then `findings` while what was found is reduced. */
  readonly phase: 'cases' | 'findings';
  readonly totals: Totals;
}

export interface RunResult {
  readonly report: Report;
  /** 0: conforms; 1: a violation that no waiver covers; 3: errored cases, no case judged, or the run is incomplete. */
  readonly exitCode: 0 | 1 | 3;
}

/** Options that contradict one another or name what does not exist. The message says what, where and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const DEFAULT_CORPUS = '.ic0-conformance/corpus';
export const DEFAULT_CASES = 2_000;
const DEFAULT_MAX_FAILURES = 20;
const DEFAULT_TIMEOUT = 60_000;
const LEFT = 'this run was cut off before: it starts anew; --resume would go on where it stopped';

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
    // The default corpus is not one's own: what a run gives must not depend on what ran before.
    if (options.corpus !== undefined && !journal.has([OF_CORPUS])) {
      const old = await replayCorpus(pool, options.corpus, isStopped);
      if (!isStopped()) journal.add([OF_CORPUS], old);
    }
    // The mutants, which the report names, are loaded while the workers are at work.
    const [{ asked, finished }, mutants] = await Promise.all([
      runCases(pool, chunksOf(shard, total), {
        journal,
        isStopped,
        ...(options.time !== undefined && { time: options.time }),
        onProgress: (totals) => options.onProgress?.({ phase: 'cases', totals }),
      }),
      mutantsByClause(),
    ]);
    const { sum } = journal;
    const milliseconds = elapsed();
    const listed = findingsOf(sum).slice(0, maxFailures);
    const hands = isStopped() ? (options.pool?.(spec, 1, timeout) ?? new WorkerPool(spec, 1, timeout)) : pool;
    if (listed.length > 0) options.onProgress?.({ phase: 'findings', totals: sum.totals });
    const investigated = await investigateAll(hands, spec.corpus, listed, isStopped() ? 0 : REDUCTION_BUDGET);
    if (hands !== pool) await hands.close();
    if (options.interesting !== undefined && !isStopped()) {
      const kept = await keepInteresting(pool, spec.corpus, sum, options.interesting);
      options.onNotice?.(`${kept} passing cases kept in ${spec.corpus}, each for clauses that no other case judged`);
    }
    const complete = finished && !isStopped();
    if (complete) journal.remove();

    const report = buildReport(
      {
        seed: spec.seed,
        target: described,
        tier: spec.tier,
        profile: spec.profile ?? (spec.check === undefined ? 'conformance' : 'check'),
        selection: { cases: total ?? asked, families: spec.families, rules: spec.rules, maxFailures },
        complete,
        waived: [],
        timing: { milliseconds, casesPerSecond: rate(sum.totals.cases - before, milliseconds) },
        host: {
          node: process.version,
          platform: `${process.platform}-${process.arch}`,
          jobs,
          ...(shard.count > 1 && { shard: `${shard.index}/${shard.count}` }),
          corpus: spec.corpus,
          findings: [],
        },
      },
      sum,
      investigated,
      mutants,
    );
    tidy(spec.corpus, report);
    return finish(report, options.waivers ?? []);
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    await pool.close();
  }
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
  const broken = !report.complete || report.totals.errored > 0 || judgedNothing(report.totals);
  return { report: { ...report, waived }, exitCode: violated ? 1 : broken ? 3 : 0 };
}

function failedRules(report: Report): readonly { readonly rule: string }[] {
  return report.rules.filter(({ failures }) => failures > 0).map(({ id }) => ({ rule: id }));
}

function failuresOf(report: Report, rule: string): number {
  return report.rules.find(({ id }) => id === rule)?.failures ?? 0;
}

async function specOf(options: RunOptions): Promise<JobSpec> {
  const {
    target = 'executor',
    against,
    seed = '0',
    profile,
    tier = 'differential',
    families = [],
    rules = [],
  } = options;
  if (profile !== undefined && profileNamed(profile) === undefined) {
    throw new UsageError(
      `unknown profile ${JSON.stringify(profile)}. There are: ${PROFILES.map(({ name }) => name).join(', ')}`,
    );
  }
  if (!TIERS.includes(tier))
    throw new UsageError(`unknown tier ${JSON.stringify(tier)}. There are: ${TIERS.join(', ')}`);
  for (const pattern of rules) checkRules(pattern);
  if (options.check === undefined) caseSource(seed, families, profile);
  else await checkSource(seed, options.check);
  mkdirSync(options.corpus ?? DEFAULT_CORPUS, { recursive: true });
  return {
    target,
    ...(against !== undefined && { against }),
    seed,
    ...(profile !== undefined && { profile }),
    tier,
    families,
    rules,
    corpus: options.corpus ?? DEFAULT_CORPUS,
    ...(options.stepTimeout !== undefined && { stepTimeout: options.stepTimeout }),
    ...(options.check && { check: options.check }),
    ...((options.interesting ?? 0) > 0 && { notesJudges: true }),
  };
}

function checkRules(pattern: string): void {
  const matches = globs([pattern]);
  if (ruleNamed(pattern) !== undefined || RULES.some(({ id }) => matches(id))) return;
  throw new UsageError(`no clause matches ${JSON.stringify(pattern)}. List them with: ic0-conformance rules`);
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
