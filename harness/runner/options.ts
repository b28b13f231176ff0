// plumbing: what a run can be told — its options, their defaults, and whether they hold together
import { accessSync, constants } from 'node:fs';
import { DEFAULT_CORPUS, type Totals } from '../../reports/report.js';
import { PROFILES, profileNamed } from '../../spec/profiles/profiles.js';
import { RULES, ruleNamed } from '../../spec/rules/index.js';
import { TIERS, type Tier } from '../../spec/vocabulary/verdict.js';
import type { CheckArguments } from '../check/index.js';
import { makeDirectory } from '../make-directory.js';
import { didYouMean } from '../spelling.js';
import { errorCode } from '../system-error.js';
import { defaultTier } from '../targets/builtin.js';
import { ANSWER_MS } from '../targets/stdio/channel.js';
import type { Waiver } from '../waivers/waivers.js';
import { caseSource, checkSource } from './cases.js';
import { globs } from './globs.js';
import type { JobSpec } from './job.js';
import type { Pool } from './pool.js';

/** What holds where an option does not say otherwise, on the command line and for the library; durations in milliseconds. */
export const DEFAULTS = {
  target: 'executor',
  /** Any text. */
  seed: '0',
  /** Of 2,000 cases, one known fault in 300 is not caught with every seed; of 10,000 each was, with three seeds. */
  cases: 10_000,
  /** Of a run that compares no executions: a search for what a black box may have done takes five times as long as a comparison. */
  searchedCases: 2_000,
  /** Of `check`. */
  checkCases: 200,
  maxFailures: 20,
  timeout: 60_000,
  stepTimeout: ANSWER_MS,
} as const;

/** Part `index` (from 1) of `count`: the cases k with k mod count = index - 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Options of `run`; defaults are in DEFAULTS. Each has the meaning of the command line option of the same name. */
export interface RunOptions {
  readonly target?: string;
  readonly against?: string;
  /** Any text. */
  readonly seed?: string;
  /** Fewer by default below tier `differential`, and where modules are checked. */
  readonly cases?: number;
  /** Milliseconds to run for, instead of a number of cases. */
  readonly time?: number;
  readonly families?: readonly string[];
  /** Globs over clause ids. */
  readonly rules?: readonly string[];
  /** Default: `differential` for engines of ours and with `against`, `spec` for other targets. */
  readonly tier?: Tier;
  /** Default: what each case says, `conformance` for most. */
  readonly profile?: string;
  /** Workers, each a process; default: one for each processor. */
  readonly jobs?: number;
  readonly shard?: Shard;
  /** Where failing cases are kept; default `.ic0-conformance/corpus`. The cases of a corpus that is named here are judged first. */
  readonly corpus?: string;
  /** Cases that pass and are kept all the same, at most: each alone of the run judged a clause that no kept case stands for. Default 0. */
  readonly interesting?: number;
  /** Go on where the same run, with the same corpus, was cut off before. */
  readonly resume?: boolean;
  /** Random calls to these modules instead of generated canisters. */
  readonly check?: CheckArguments;
  readonly waivers?: readonly Waiver[];
  /** Findings that are reduced and listed at most. */
  readonly maxFailures?: number;
  /** Milliseconds that a case may take. */
  readonly timeout?: number;
  /** Milliseconds that one answer of another process or of an adapter may take. */
  readonly stepTimeout?: number;
  /** Ends the run early; the report says that it is incomplete. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Something that the user may want to know, in one line. */
  readonly onNotice?: (message: string) => void;
  /** Other hands than processes; for tests. */
  readonly pool?: (spec: JobSpec, size: number, timeout: number) => Pool;
}

/** How far a run is. */
export interface Progress {
  /** `cases` while cases run, then `findings` while what was found is reduced. */
  readonly phase: 'cases' | 'findings';
  readonly totals: Totals;
  /** Cases of the run, with those of the corpus; absent: as many as the time allows. */
  readonly all?: number;
}

/** Options that contradict one another or name what does not exist. The message says what, where and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** How many cases a run has that is not timed. */
export function casesOf(options: Pick<RunOptions, 'cases' | 'check' | 'target' | 'against' | 'tier'>): number {
  if (options.cases !== undefined) return options.cases;
  if (options.check !== undefined) return DEFAULTS.checkCases;
  return tierOf(options) === 'differential' ? DEFAULTS.cases : DEFAULTS.searchedCases;
}

function tierOf({ target = DEFAULTS.target, against, tier }: Pick<RunOptions, 'target' | 'against' | 'tier'>): Tier {
  return tier ?? defaultTier(target, against);
}

/**
 * What the options say, as plain data. The directory of the corpus is there when this returns.
 * @throws UsageError, UnknownFamilyError, CheckInputError
 */
export async function specOf(options: RunOptions): Promise<JobSpec> {
  const { target = DEFAULTS.target, against, seed = DEFAULTS.seed, profile, families = [], rules = [] } = options;
  await checkOptions(options);
  const corpus = options.corpus ?? DEFAULT_CORPUS;
  requireDirectory(corpus, '--corpus');
  return {
    target,
    ...(against !== undefined && { against }),
    seed,
    ...(profile !== undefined && { profile }),
    tier: tierOf(options),
    families,
    rules,
    corpus,
    ...(options.stepTimeout !== undefined && { stepTimeout: options.stepTimeout }),
    ...(options.check && { check: options.check }),
    ...((options.interesting ?? 0) > 0 && { notesJudges: true }),
  };
}

/**
 * Whether everything that the options name exists, but for the target.
 * @throws UsageError, UnknownFamilyError, CheckInputError
 */
export async function checkOptions({
  seed = DEFAULTS.seed,
  profile,
  tier,
  families = [],
  rules = [],
  check,
}: RunOptions): Promise<void> {
  if (profile !== undefined && profileNamed(profile) === undefined) {
    throw new UsageError(
      `unknown profile ${JSON.stringify(profile)}. There are: ${PROFILES.map(({ name }) => name).join(', ')}`,
    );
  }
  if (tier !== undefined && !TIERS.includes(tier))
    throw new UsageError(`unknown tier ${JSON.stringify(tier)}. There are: ${TIERS.join(', ')}`);
  for (const pattern of rules) checkRules(pattern);
  if (check === undefined) caseSource(seed, families, profile);
  else await checkSource(seed, check);
}

/** @throws UsageError where no clause matches the glob */
export function checkRules(pattern: string): void {
  const matches = globs([pattern]);
  if (ruleNamed(pattern) !== undefined || RULES.some(({ id }) => matches(id))) return;
  const chapters = new Set(RULES.map(({ id }) => `${id.slice(0, id.indexOf('/'))}/*`));
  const meant = didYouMean(pattern, [...RULES.map(({ id }) => id), ...chapters]);
  throw new UsageError(`no clause matches ${JSON.stringify(pattern)}.${meant} List them with: ic0-conformance rules`);
}

/**
 * Makes a directory that files can be written to, or sees that it is there.
 * @param option whose value it is, for the message
 * @throws UsageError where that cannot be
 */
export function requireDirectory(directory: string, option: string): void {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(
      `${option} ${directory}: not a directory that can be written to (${errorCode(error)}). Name another, or see to its permissions`,
    );
  }
}
