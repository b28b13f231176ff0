// plumbing: tests of which clause a difference is attributed to
import { generateCase } from '../../generators/index.js';
import { executor, makeExecutor, standardAssembly } from '../../executor/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import { blackBoxOf } from './box.js';
import { judgeBlackBox, type BlackBox } from './judge.js';
import { present } from '../../spec/testing/present.js';

const PROFILE = present(profileNamed('conformance'));

/** The clause of the first failure of a box in these cases. */
function ruleOf(box: BlackBox, cases: readonly number[]): string | undefined {
  for (const k of cases) {
    const [failure] = judgeBlackBox(generateCase('blame', k).scenario, box, PROFILE).failures;
    if (failure !== undefined) return failure.rule;
  }
  return undefined;
}

describe('the clause of a difference', () => {
  it('in a module hash that is that of no module is about what is hashed', () => {
    const box = blackBoxOf(executor);
    const target: BlackBox['target'] = {
      ask: (question) => {
        const answer = box.target.ask(question);
        if (answer.is !== 'status' || answer.status.moduleHash === undefined) return answer;
        return { ...answer, status: { ...answer.status, moduleHash: '00'.repeat(32) as never } };
      },
    };
    expect(ruleOf({ ...box, target }, [0])).toBe('canister-module-format/hash-of-uploaded-bytes');
  });

  it('in the log that a reply ends with is about the system call that gave it', () => {
    const { is_controller: is } = standardAssembly.systemCalls;
    const wrong: EngineFactory = makeExecutor({
      ...standardAssembly,
      systemCalls: {
        ...standardAssembly.systemCalls,
        is_controller: (es, ...args) => 1 - Number(present(is)(es, ...args)),
      },
    });
    // Cases in which the search for a way to follow it is short.
    expect(ruleOf(blackBoxOf(wrong), [181, 194, 208])).toMatch(/^controller-check\//);
  });
});
