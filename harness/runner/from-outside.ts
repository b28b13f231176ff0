// plumbing: a target that shows records, judged without comparing these — by the laws, and by what anybody sees who sees replies, rejects and status only
import type { Profile } from '../../spec/profiles/profile.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { judgeBlackBox, type BlackBox, type JudgeOptions } from '../blackbox/judge.js';
import type { CaseResult, Reached } from '../types.js';
import { addCounts } from './aggregate.js';

/**
 * Adds to what the laws say of a case that they let pass what black-box judgement says of it. Records of another implementation cannot be
 * compared with the model's, because its fees and versions are its own and canisters see them; what the specification allows to be seen can.
 * @param laws the verdict of the laws
 * @param options how black boxes are judged
 */
export function judgedFromOutside(
  laws: CaseResult,
  scenario: Scenario,
  box: BlackBox,
  profile: Profile,
  options: JudgeOptions,
): CaseResult {
  if (laws.verdict !== 'pass') return laws;
  const outside = judgeBlackBox(scenario, box, profile, options);
  if (outside.verdict === 'fail' || outside.verdict === 'errored') return { ...outside, seenIn: 'model' };
  // Who sees less may have nothing to say; the laws have.
  const { leftOut } = outside;
  return { ...laws, reached: together(laws.reached, outside.reached), ...(leftOut !== undefined && { leftOut }) };
}

function together(a: Reached, b: Reached): Reached {
  const clauses = { ...a.clauses };
  addCounts(clauses, b.clauses);
  return { ...a, clauses };
}
