// plumbing: where the cases of a run come from
import { FAMILIES, generateCase, type Family } from '../../generators/index.js';
import type { ReportCanister } from '../../reports/report.js';
import type { CheckArguments } from '../check/index.js';
import { didYouMean } from '../spelling.js';
import type { ObservedTransition } from '../types.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';

export interface SourcedCase {
  readonly scenario: Scenario;
  /** What the case is mainly about. */
  readonly families: readonly string[];
}

/** Case k, for every k from 0. The same k always gives the same case. */
export interface CaseSource {
  at(k: number): SourcedCase;
  /** What happened to the canisters in case k, by name; absent: they are nobody's. */
  readonly canisters?: (k: number, observed: readonly ObservedTransition[]) => Readonly<Record<string, ReportCanister>>;
}

/** A family that no generator knows. */
export class UnknownFamilyError extends Error {
  override readonly name = 'UnknownFamilyError';
}

/**
 * The generated cases of a seed.
 * @param profile name of the profile of every scenario; absent: the generators'
 * @throws UnknownFamilyError
 */
export function caseSource(seed: string, families: readonly string[], profile?: string): CaseSource {
  const selected = familiesNamed(families);
  const options = { ...(selected.length > 0 && { families: selected }), ...(profile !== undefined && { profile }) };
  return { at: (k) => generateCase(seed, k, options) };
}

/**
 * Random calls to the methods of real canisters.
 * @throws CheckInputError
 */
export async function checkSource(seed: string, modules: CheckArguments): Promise<CaseSource> {
  // Candid comes with it, which takes longer to load than all the rest: not for runs that check nothing.
  const { checkCase, countCalls, planCheck } = await import('../check/index.js');
  const plan = planCheck(modules);
  return {
    at: (k) => ({ scenario: checkCase(plan, seed, k), families: ['check'] }),
    canisters: (k, observed) => countCalls(plan, k, observed),
  };
}

/**
 * The families of these names.
 * @throws UnknownFamilyError
 */
export function familiesNamed(names: readonly string[]): readonly Family[] {
  return names.map((name) => {
    const known = FAMILIES.find((one) => one === name);
    if (known !== undefined) return known;
    throw new UnknownFamilyError(
      `unknown family ${JSON.stringify(name)}.${didYouMean(name, FAMILIES)} There are: ${FAMILIES.join(', ')}`,
    );
  });
}
