// plumbing: the catalogue of mutants: faults put into the engines on purpose, which the suite must catch
import { atomicity } from './atomicity.js';
import { availability } from './availability.js';
import { calls } from './calls.js';
import { cycles } from './cycles.js';
import { execution } from './execution.js';
import { instrumentation } from './instrumentation.js';
import { lifecycle } from './lifecycle.js';
import { management } from './management.js';
import { model } from './model.js';
import type { Mutant } from './mutant.js';
import { queryCalls } from './query-calls.js';
import { values } from './values.js';

export { MUTANT_FAMILIES, type Mutant, type MutantFamily } from './mutant.js';

/** All mutants, by family. */
export const mutants: readonly Mutant[] = [
  ...atomicity,
  ...cycles,
  ...availability,
  ...values,
  ...lifecycle,
  ...calls,
  ...queryCalls,
  ...execution,
  ...management,
  ...instrumentation,
  ...model,
];

const BY_NAME: ReadonlyMap<string, Mutant> = new Map(mutants.map((mutant) => [mutant.name, mutant]));

/** The mutant of that name, or undefined. */
export function mutantNamed(name: string): (Mutant & { readonly description: string }) | undefined {
  const mutant = BY_NAME.get(name);
  return mutant === undefined ? undefined : { ...mutant, description: mutant.breaks };
}

/** All names, in the order of the catalogue. */
export function mutantNames(): readonly string[] {
  return mutants.map(({ name }) => name);
}
