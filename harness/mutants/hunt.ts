// plumbing: how soon the suite catches mutants, by which clause, and what is left of the case when it is reduced
import { generateCase } from '../../generators/index.js';
import { reference } from '../../reference-model/index.js';
import { twins } from '../../spec/rules/index.js';
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { decodeCase, encodeCase } from '../corpus/case-file.js';
import { divergenceKey } from '../reducer/same-failure.js';
import { firstFailure, minimise } from '../runner/investigate.js';
import { caseFile, type Job } from '../runner/job.js';
import { runCase } from '../runner/run-case.js';
import { caseSource } from '../runner/cases.js';
import { readVectorFiles } from '../vectors/files.js';
import { prepareVectors, runVector } from '../vectors/run.js';
import type { CaseResult, Failure } from '../types.js';
import type { Mutant } from './mutant.js';
import { rememberedEngine } from './remembered.js';

/** The smallest case found that shows a mutant. */
interface Reduced {
  /** Steps after the setup. */
  readonly steps: number;
  /** Whether the case, written to a file and read again, gives the same failure. */
  readonly replays: boolean;
}

/** What became of one mutant. */
export interface Catch {
  readonly mutant: string;
  readonly family: string;
  /** Absent: it was not caught. */
  readonly caught?: {
    /** Cases until it was caught, this one included; of a mutant of the model the golden vectors. */
    readonly cases: number;
    readonly rule: ClauseId;
    /** Whether the clause is its own or a twin of one. */
    readonly own: boolean;
    /** What differed; `errored`, `hang` or `died` where the engine broke. */
    readonly kind: string;
    readonly expected: string;
    readonly actual: string;
  };
  /** Absent: not asked for, or there is no failure to reduce. */
  readonly reduced?: Reduced;
}

export interface HuntOptions {
  readonly seed: string;
  /** Cases within which each must be caught. */
  readonly cases: number;
  /** Case that a mutant was caught by before: looked at first. */
  readonly remembered?: Readonly<Record<string, number>>;
  /** Evaluations of the reducer for each mutant; absent: cases are not reduced. */
  readonly budget?: number;
  /** Told before every run of a case, so that somebody else can see what hangs. */
  readonly running?: (mutant: string, k: number) => void;
}

/** Whether a clause is one of the mutant's, or a twin of one. */
export function isOwn({ clauses }: Mutant, rule: ClauseId): boolean {
  return clauses.some((id) => twins(id).includes(rule));
}

/** A mutant whose engine broke: nothing passes, but no clause says why. */
export function brokenCatch({ name, family }: Mutant, k: number, kind: string, actual: string): Catch {
  const expected = 'an engine that runs the case';
  return { mutant: name, family, caught: { cases: k + 1, rule: '', own: false, kind, expected, actual } };
}

/** Runs generated cases, in order, on each mutant of the executor until it fails. `caught` is told of each at once. */
export async function huntExecutor(
  mutants: readonly Mutant[],
  options: HuntOptions,
  caught: (one: Catch) => void,
): Promise<void> {
  const alive = new Map(mutants.map((mutant) => [mutant.name, mutant]));
  const broke = new Map<string, { readonly k: number; readonly reason: string }>();

  const run = async (k: number, candidates: readonly Mutant[]): Promise<void> => {
    if (candidates.length === 0) return;
    const { scenario } = generateCase(options.seed, k);
    const against = rememberedEngine(reference);
    for (const mutant of candidates) {
      options.running?.(mutant.name, k);
      const result = runCase(scenario, { target: mutant.engine, against });
      if (result.verdict === 'errored' && !broke.has(mutant.name))
        broke.set(mutant.name, { k, reason: reasonOf(result) });
      const [failure] = result.failures;
      if (failure === undefined) continue;
      alive.delete(mutant.name);
      const reduced = options.budget === undefined ? undefined : await reduceCatch(mutant, k, failure, options);
      const { rule, kind, expected, actual } = failure;
      caught({
        mutant: mutant.name,
        family: mutant.family,
        caught: { cases: k + 1, own: isOwn(mutant, rule), rule, kind, expected, actual },
        ...(reduced && { reduced }),
      });
    }
  };

  const remembered = options.remembered ?? {};
  const known = mutants.filter(({ name }) => (remembered[name] ?? options.cases) < options.cases);
  const first = [...new Set(known.map(({ name }) => remembered[name] ?? 0))].sort((a, b) => a - b);
  for (const k of first) {
    const caughtHere = known.filter(({ name }) => remembered[name] === k);
    await run(k, caughtHere);
  }
  for (let k = 0; k < options.cases && alive.size > 0; k++) await run(k, [...alive.values()]);

  for (const mutant of alive.values()) {
    const breakage = broke.get(mutant.name);
    caught(
      breakage === undefined
        ? { mutant: mutant.name, family: mutant.family }
        : brokenCatch(mutant, breakage.k, 'errored', breakage.reason),
    );
  }
}

function reasonOf({ reason }: CaseResult): string {
  return reason ?? 'no reason given';
}

/** Reduces case `k`, writes it, reads it, and runs it again. */
async function reduceCatch(mutant: Mutant, k: number, failure: Failure, options: HuntOptions): Promise<Reduced> {
  const engine: EngineFactory = (engineOptions) => {
    options.running?.(mutant.name, k);
    return mutant.engine(engineOptions);
  };
  const job: Job = {
    spec: {
      target: `mutant:${mutant.name}`,
      seed: options.seed,
      tier: 'differential',
      families: [],
      rules: [],
      corpus: '',
    },
    comparison: { kind: 'engines', engine, against: reference },
    source: caseSource(options.seed, []),
  };
  const smallest = await minimise(job, job.source.at(k).scenario, failure, options.budget ?? 0);
  const file = caseFile(job.spec, smallest.scenario, { k, minimized: smallest.minimized, failure: smallest.failure });
  const { scenario } = decodeCase(encodeCase(file), mutant.name);
  const again = firstFailure(job, scenario);
  return {
    steps: scenario.steps.length,
    replays: again !== undefined && divergenceKey(again) === divergenceKey(smallest.failure),
  };
}

/** Runs the golden vectors on each mutant of the model. A vector that names several clauses is the mutant's if one of them is. */
export async function huntModel(mutants: readonly Mutant[], caught: (one: Catch) => void): Promise<void> {
  if (mutants.length === 0) return;
  const vectors = await prepareVectors(readVectorFiles());
  for (const mutant of mutants) {
    let found: Catch = { mutant: mutant.name, family: mutant.family };
    for (const [i, vector] of vectors.entries()) {
      const { differences, clauses } = runVector(mutant.engine, vector);
      const [difference] = differences;
      if (difference === undefined) continue;
      const rule = clauses.find((id) => isOwn(mutant, id)) ?? clauses[0] ?? '';
      const { what: kind, expected, actual } = difference;
      found = {
        ...found,
        caught: {
          cases: i + 1,
          rule,
          own: isOwn(mutant, rule),
          kind,
          expected: String(expected),
          actual: String(actual),
        },
      };
      break;
    }
    caught(found);
  }
}
