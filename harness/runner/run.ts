// plumbing: the main job — many cases on a pool of workers, findings reduced and kept, a report
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Report, ReportWaiver, Totals } from '../../reports/report.js';
import { PROFILES, profileNamed } from '../../spec/profiles/profiles.js';
import { RULES, ruleNamed } from '../../spec/rules/index.js';
import { TIERS, type Tier } from '../../spec/vocabulary/verdict.js';
import { now, stopwatch, today } from '../timing.js';
import type { CheckArguments } from '../check/index.js';
import { describeTarget } from '../targets/describe.js';
import { applyWaivers, type Waiver } from '../waivers/waivers.js';
import { addAggregate, addCase, emptyAggregate, type Aggregate } from './aggregate.js';
import { buildReport, findingsOf, type CountedFinding, type Investigated } from './build-report.js';
import { caseSource, checkSource } from './cases.js';
import { globs } from './globs.js';
import { REDUCTION_BUDGET } from './investigate.js';
import type { JobSpec } from './job.js';
import { mutantsByClause } from './mutants.js';
import { WorkerPool, type Pool } from './pool.js';

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
  /** Default `.ic0-conformance/corpus`. */
  readonly corpus?: string;
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
  /** 0: conforms; 1: a violation that no waiver covers; 3: errored cases, or the run is incomplete. */
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
/** Cases that a worker is given at once. */
const CHUNK = 16;

/**
 * Runs the suite.
 * @throws UsageError, UnknownTargetError, UnknownFamilyError
 */
export async function run(options: RunOptions = {}): Promise<RunResult> {
  const elapsed = stopwatch();
  const spec = specOf(options);
  const described = await describeTarget(spec.target, spec.stepTimeout);
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
    const { sum, asked, finished } = await runCases(pool, chunksOf(shard, total), options);
    const milliseconds = elapsed();
    const listed = findingsOf(sum).slice(0, maxFailures);
    const hands = isStopped() ? (options.pool?.(spec, 1, timeout) ?? new WorkerPool(spec, 1, timeout)) : pool;
    if (listed.length > 0) options.onProgress?.({ phase: 'findings', totals: sum.totals });
    const investigated = await investigateAll(hands, listed, isStopped() ? 0 : REDUCTION_BUDGET);
    if (hands !== pool) await hands.close();

    const report = buildReport(
      {
        seed: spec.seed,
        target: described,
        tier: spec.tier,
        profile: spec.profile ?? (spec.check === undefined ? 'conformance' : 'check'),
        selection: { cases: total ?? asked, families: spec.families, rules: spec.rules, maxFailures },
        complete: finished && !isStopped(),
        waived: [],
        timing: { milliseconds, casesPerSecond: rate(sum.totals.cases, milliseconds) },
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
      await mutantsByClause(),
    );
    return finish(report, options.waivers ?? []);
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    await pool.close();
  }
}

/** Applies waivers to a report, and says what the run comes to. */
export function finish(report: Report, waivers: readonly Waiver[]): RunResult {
  const { uses, open } = applyWaivers(failedRules(report), waivers, today());
  const waived = uses.map((use): ReportWaiver => ({ ...use, failures: failuresOf(report, use.rule) }));
  const violated = open.length > 0;
  const broken = !report.complete || report.totals.errored > 0;
  return { report: { ...report, waived }, exitCode: violated ? 1 : broken ? 3 : 0 };
}

function failedRules(report: Report): readonly { readonly rule: string }[] {
  return report.rules.filter(({ failures }) => failures > 0).map(({ id }) => ({ rule: id }));
}

function failuresOf(report: Report, rule: string): number {
  return report.rules.find(({ id }) => id === rule)?.failures ?? 0;
}

function specOf(options: RunOptions): JobSpec {
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
  else checkSource(seed, options.check);
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

/** The cases of a shard in chunks; without a total for ever. */
function* chunksOf(
  { index, count }: { index: number; count: number },
  total: number | undefined,
): Generator<readonly number[]> {
  let chunk: number[] = [];
  for (let k = index - 1; total === undefined || k < total; k += count) {
    chunk.push(k);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

interface Ran {
  readonly sum: Aggregate;
  /** Cases that were given to workers. */
  readonly asked: number;
  /** false: the run was ended early. */
  readonly finished: boolean;
}

/** Hands out chunks until there are none, the time is over, or the run is stopped. */
async function runCases(pool: Pool, chunks: Iterator<readonly number[]>, options: RunOptions): Promise<Ran> {
  const sum = emptyAggregate();
  const end = options.time === undefined ? undefined : now() + options.time;
  const isStopped = () => options.signal?.aborted === true;
  let asked = 0;
  const one = async () => {
    for (;;) {
      if (isStopped() || (end !== undefined && now() >= end)) return;
      const next = chunks.next();
      if (next.done === true) return;
      asked += next.value.length;
      const part = await runChunk(pool, next.value, isStopped);
      if (part === undefined) return;
      addAggregate(sum, part);
      options.onProgress?.({ phase: 'cases', totals: sum.totals });
    }
  };
  await Promise.all(Array.from({ length: pool.size }, one));
  return { sum, asked, finished: !isStopped() };
}

/** A chunk whose worker was lost is done again case by case: the one that kills it is `errored`. */
async function runChunk(
  pool: Pool,
  cases: readonly number[],
  isStopped: () => boolean,
): Promise<Aggregate | undefined> {
  const answer = await pool.do({ kind: 'cases', cases });
  if (answer.kind === 'cases') return answer.aggregate;
  if (isStopped()) return undefined;
  const sum = emptyAggregate();
  const [k] = cases;
  if (cases.length === 1 && k !== undefined) {
    addCase(sum, [], k, { verdict: 'errored', reason: answer.reason, failures: [], reached: emptyAggregate().reached });
    return sum;
  }
  for (const one of cases) {
    const part = await runChunk(pool, [one], isStopped);
    if (part === undefined) return undefined;
    addAggregate(sum, part);
  }
  return sum;
}

/** Reduces the listed findings. One that cannot be looked into any more is not listed; it stays counted. */
async function investigateAll(
  pool: Pool,
  findings: readonly CountedFinding[],
  budget: number,
): Promise<readonly Investigated[]> {
  const answers = await Promise.all(
    findings.map(async ({ firstCase }) => {
      const task = { kind: 'investigate', k: firstCase, budget } as const;
      let answer = await pool.do(task);
      // A reduction that kills its worker does not take the finding with it.
      if (answer.kind === 'lost' && budget > 0) answer = await pool.do({ ...task, budget: 0 });
      return answer.kind === 'investigate' ? [answer.finding] : [];
    }),
  );
  return answers.flat();
}
