// plumbing: what the command `check` needs
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import type { CheckPlan } from './plan.js';

export { countCalls } from './calls.js';
export { CheckInputError } from './input-error.js';
export { planCheck, type CheckArguments } from './plan.js';

/** Case `k` of a check: it depends on the plan, the seed and `k` only. */
export function checkCase({ scenarios }: CheckPlan, seed: string, k: number): Scenario {
  const [scenario] = fc.sample(scenarios, { seed: seedrandom(`${seed}/check/${k}`).int32(), numRuns: 1 });
  if (scenario === undefined) throw new Error('fast-check draws as many values as it is asked for');
  return scenario;
}
