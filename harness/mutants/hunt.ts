// plumbing: how soon the suite catches mutants, and by which clause
import { generateCase } from '../../generators/index.js';
import { reference } from '../../reference-model/index.js';
import { twins } from '../../spec/rules/index.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { runCase } from '../runner/run-case.js';
import { readVectorFiles } from '../vectors/files.js';
import { prepareVectors, runVector } from '../vectors/run.js';
import type { Failure } from '../types.js';
import type { Mutant } from './mutant.js';
import { rememberedEngine } from './remembered.js';

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
    /** What differed. */
    readonly kind: string;
    readonly expected: string;
    readonly actual: string;
  };
  /** Why it could not be run, where the engine broke before it was caught. */
  readonly broke?: string;
}

/** Whether a clause is one of the mutant's, or a twin of one. */
export function isOwn({ clauses }: Mutant, rule: ClauseId): boolean {
  return clauses.some((id) => twins(id).includes(rule));
}

/** Runs generated cases, in order, on each mutant of the executor until it fails. `caught` is told of each at once. */
export function huntExecutor(
  mutants: readonly Mutant[],
  seed: string,
  cases: number,
  caught: (one: Catch) => void,
): void {
  const alive = new Map(mutants.map((mutant) => [mutant.name, mutant]));
  const broke = new Map<string, string>();
  for (let k = 0; k < cases && alive.size > 0; k++) {
    const { scenario } = generateCase(seed, k);
    const against = rememberedEngine(reference);
    for (const mutant of alive.values()) {
      const { verdict, failures, reason } = runCase(scenario, { target: mutant.engine, against });
      if (verdict === 'errored' && reason !== undefined) broke.set(mutant.name, reason);
      const [failure] = failures;
      if (failure === undefined) continue;
      alive.delete(mutant.name);
      caught({
        mutant: mutant.name,
        family: mutant.family,
        caught: { cases: k + 1, own: isOwn(mutant, failure.rule), ...told(failure) },
      });
    }
  }
  for (const { name, family } of alive.values()) {
    const reason = broke.get(name);
    caught({ mutant: name, family, ...(reason !== undefined && { broke: reason }) });
  }
}

function told({ rule, kind, expected, actual }: Failure) {
  return { rule, kind, expected, actual };
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
