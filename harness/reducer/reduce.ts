// plumbing: reduction of a failing scenario to one that a person can read
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { encodeScenario } from '../corpus/case-file.js';
import { reduceProgram } from '../../generators/canister/reduce.js';
import {
  dropCanisters,
  dropModules,
  dropSteps,
  installInSetup,
  mergeSteps,
  reducePrograms,
  simplifyCanisters,
  simplifyPicks,
  simplifyStimuli,
} from './passes.js';
import { Search } from './search.js';

interface ReduceOptions {
  /** Evaluations of the predicate, at most; the final check of the result is among them. Never time. */
  readonly budget: number;
}

interface Reduction {
  /** The smallest scenario found that fails in the same way; the given one where that did not fail. */
  readonly scenario: Scenario;
  readonly evaluations: number;
  /** Whether the predicate held for `scenario` when it was asked last. */
  readonly verified: boolean;
  /** false: the budget ran out before nothing more could be found. */
  readonly finished: boolean;
}

const PASSES = [
  dropSteps,
  dropCanisters,
  dropModules,
  reducePrograms(reduceProgram),
  mergeSteps,
  installInSetup,
  simplifyPicks,
  simplifyStimuli,
  simplifyCanisters,
];

/**
 * Delta debugging over steps, picks, canisters, modules, programs, settings, arguments and amounts, until a whole round brings nothing or
 * the budget is spent. The same for a case that was just generated and for one from a file; deterministic where the predicate is.
 * @param stillFails whether a candidate shows the same failure; anything that it throws ends the reduction
 */
export async function reduce(
  scenario: Scenario,
  stillFails: (candidate: Scenario) => Promise<boolean> | boolean,
  options: ReduceOptions,
): Promise<Reduction> {
  if (!(await stillFails(scenario))) return { scenario, evaluations: 1, verified: false, finished: true };

  // One evaluation is spent on the given scenario, one is kept for the result.
  const search = new Search(scenario, stillFails, textOf, Math.max(0, options.budget - 2));
  let before: Scenario;
  do {
    before = search.best;
    for (const pass of PASSES) await pass(search);
  } while (search.best !== before && !search.exhausted);

  const evaluations = search.evaluations + 2;
  const finished = !search.exhausted;
  if (search.best !== scenario && !(await stillFails(search.best))) {
    return { scenario, evaluations, verified: true, finished: false };
  }
  return { scenario: search.best, evaluations, verified: true, finished };
}

function textOf(scenario: Scenario): string {
  return JSON.stringify(encodeScenario(scenario));
}
