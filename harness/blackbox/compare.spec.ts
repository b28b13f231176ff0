// plumbing: tests of two targets compared by what is seen of them
import { generateCase } from '../../generators/index.js';
import { reference } from '../../reference-model/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import type { Answer } from '../protocol/messages.js';
import { localTarget } from '../serve/local.js';
import type { Capabilities } from '../target.js';
import { compareBlackBoxes } from './compare.js';
import type { BlackBox } from './judge.js';
import { present } from '../../spec/testing/present.js';

const PROFILE = present(profileNamed('conformance'));

/** The model seen from outside; its answers pass through a function. */
function boxOf(change: (answer: Answer) => Answer = (answer) => answer, lacks: Partial<Capabilities> = {}): BlackBox {
  const { target, welcome } = localTarget(reference, { name: 'box', version: '1', blackBox: true });
  return {
    target: { ask: (question) => change(target.ask(question)) },
    capabilities: { ...welcome.capabilities, ...lacks },
  };
}

const otherReplies = (answer: Answer): Answer =>
  answer.is === 'settled'
    ? {
        ...answer,
        ended: answer.ended.map(({ request }) => ({ request, response: { kind: 'reply', data: 'ff' as never } })),
      }
    : answer;

const compared = (k: number, target: BlackBox, against: BlackBox) =>
  compareBlackBoxes(generateCase('two', k).scenario, target, against, PROFILE);
const CASES = [0, 1, 2, 3, 4, 5];

describe('two targets', () => {
  it('that do the same pass, and clauses are counted', () => {
    const results = CASES.map((k) => compared(k, boxOf(), boxOf()));
    expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
    expect(results.some(({ reached }) => Object.keys(reached.clauses).length > 0)).toBe(true);
  });

  it('that answer differently fail at tier differential, with what each of them said', () => {
    const failed = CASES.map((k) => compared(k, boxOf(otherReplies), boxOf())).filter(
      ({ verdict }) => verdict === 'fail',
    );
    expect(failed.length).toBeGreaterThan(0);
    for (const { failures } of failed) {
      expect(failures).toMatchObject([{ tier: 'differential', actual: 'reply ff' }]);
      expect(failures[0]?.expected).not.toBe('reply ff');
    }
    const turned = CASES.map((k) => compared(k, boxOf(), boxOf(otherReplies))).find(
      ({ verdict }) => verdict === 'fail',
    );
    expect(turned?.failures).toMatchObject([{ expected: 'reply ff' }]);
  });

  it('are asked only for what both can do', () => {
    const lacking = boxOf(undefined, { stimuli: ['create'] });
    expect(compared(0, boxOf(), lacking)).toMatchObject({ verdict: 'skipped' });
    expect(compared(0, lacking, boxOf())).toMatchObject({ verdict: 'skipped' });
  });

  it('of which one fails give no verdict on the other', () => {
    const crash = (answer: Answer): Answer =>
      answer.is === 'settled' ? { seq: answer.seq, is: 'errored', kind: 'crash', context: 'oops' } : answer;
    expect(compared(0, boxOf(), boxOf(crash))).toMatchObject({ verdict: 'errored' });
  });
});
