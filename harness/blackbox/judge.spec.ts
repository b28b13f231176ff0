// plumbing: tests of the judgement of black boxes, with targets that conform, use freedoms, and misbehave
import { generateCase, type Family } from '../../generators/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import type { Hex } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { reference } from '../../reference-model/index.js';
import { PROTOCOL, type Answer, type Capabilities } from '../protocol/messages.js';
import { Server } from '../serve/server.js';
import { TargetFault } from '../target.js';
import type { Answerer, Question } from '../targets/stdio/channel.js';
import type { CaseResult } from '../types.js';
import { mutants } from '../mutants/index.js';
import { blackBoxOf } from './box.js';
import { judgeBlackBox } from './judge.js';
import { present } from '../../spec/testing/present.js';

const PROFILE = present(profileNamed('conformance'));

interface Box {
  readonly capabilities: Capabilities;
  readonly target: Answerer;
}

/** The model as a black box whose answers pass through a function. */
function boxOf(change: (answer: Answer, question: Question) => Answer = (answer) => answer): Box {
  const server = new Server(reference, { name: 'box', version: '1', blackBox: true });
  const welcome = server.answer({ seq: 0, do: 'hello', protocol: PROTOCOL, checksums: [] });
  if (welcome.is !== 'welcome') throw new Error('no welcome');
  let seq = 1;
  const target: Answerer = { ask: (question) => change(server.answer({ ...question, seq: seq++ } as never), question) };
  return { capabilities: welcome.capabilities, target };
}

function judged(box: Box, k: number): CaseResult {
  return judgeBlackBox(scenarioOf(k), box, PROFILE);
}

function scenarioOf(k: number): Scenario {
  return generateCase('black boxes', k).scenario;
}

const CASES = Array.from({ length: 4 }, (_, k) => k);
/** Cases that tell much: what fails is searched for at length. */
const TELLING = [3, 7];
const verdicts = (box: Box) => new Set(CASES.map((k) => judged(box, k).verdict));

/** The answer with another outcome of a stimulus of that kind, or another end of a request. */
const withReplies = (data: Hex) =>
  boxOf((answer) => {
    if (answer.is === 'submitted' && answer.outcome.kind === 'responded' && answer.outcome.response.kind === 'reply') {
      return { ...answer, outcome: { kind: 'responded', response: { kind: 'reply', data } } };
    }
    return answer;
  });

const withRejects = (code: number) =>
  boxOf((answer, question) =>
    answer.is === 'submitted' && question.do === 'submit' && question.stimulus.kind === 'install'
      ? { ...answer, outcome: { kind: 'responded', response: { kind: 'reject', code, message: 'no' } } }
      : answer,
  );

describe('a black box', () => {
  it('that conforms raises no alarm, and is judged', () => {
    const box = boxOf();
    const results = CASES.map((k) => judged(box, k));
    expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
    const checks = results.flatMap(({ reached }) => Object.values(reached.clauses)).reduce((a, b) => a + b, 0);
    expect(checks).toBeGreaterThan(5 * CASES.length);
  });

  it('may word its reject messages as it likes', () => {
    const box = boxOf((answer) =>
      answer.is === 'settled'
        ? {
            ...answer,
            ended: answer.ended.map(({ request, response }) => ({
              request,
              response: response.kind === 'reject' ? { ...response, message: 'other words' } : response,
            })),
          }
        : answer,
    );
    expect(verdicts(box)).toEqual(new Set(['pass']));
  });

  it('that answers with other data fails, with a clause and both values', () => {
    const box = withReplies('deadbeef' as Hex);
    const failed = TELLING.map((k) => judged(box, k)).filter(({ verdict }) => verdict === 'fail');
    expect(failed.length).toBeGreaterThan(0);
    for (const { failures } of failed) {
      expect(failures).toHaveLength(1);
      expect(failures[0]).toMatchObject({ tier: 'spec', actual: 'reply deadbeef' });
      expect(failures[0]?.rule).toMatch(/^[\w-]+\/[\w-]+$/);
    }
  });

  it('that rejects for a reason of its own is not judged further', () => {
    expect(judged(withRejects(2), 0)).toMatchObject({
      verdict: 'poisoned',
      reason: 'the target rejected a call by itself, as it may',
    });
  });

  it('that rejects with the code of a canister fails', () => {
    expect(judged(withRejects(5), 0)).toMatchObject({ verdict: 'fail' });
  });

  it('may give a reject any of the codes that the readings of the text give it, and no other', () => {
    const scenario = scenarioOf(0);
    const { canister, sender } = { canister: canisterId(0), sender: userId(0) };
    const stimulus = { kind: 'ingress', canister, sender, method: 'no such method', arg: '' as Hex } as const;
    const withCode = (code: number) =>
      boxOf((answer) => {
        if (answer.is !== 'settled') return answer;
        const ended = answer.ended.map(({ request }) => ({
          request,
          response: { kind: 'reject', code, message: 'no' } as const,
        }));
        return { ...answer, ended };
      });
    const verdict = (code: number) =>
      judgeBlackBox({ ...scenario, steps: [{ stimulus, picks: [] }] }, withCode(code), PROFILE).verdict;
    expect([3, 5].map(verdict)).toEqual(['pass', 'pass']);
    expect(verdict(4)).toBe('fail');
  });

  it('that never answers requests fails', () => {
    const box = boxOf((answer) => (answer.is === 'settled' ? { ...answer, ended: [] } : answer));
    expect(
      TELLING.map((k) => judged(box, k)).some(
        ({ verdict, failures }) => verdict === 'fail' && failures[0]?.actual === 'no response',
      ),
    ).toBe(true);
  });

  it('is not asked for what it cannot do, and the reason says what', () => {
    const { capabilities, target } = boxOf();
    const without = (change: Partial<Capabilities>) =>
      judged({ target, capabilities: { ...capabilities, ...change } }, 0);
    expect(without({ stimuli: ['create'] })).toMatchObject({
      verdict: 'skipped',
      reason: 'the target has no stimulus install',
    });
    expect(without({ widths: [] })).toMatchObject({ verdict: 'skipped' });
    expect(without({ imports: [] })).toMatchObject({
      leftOut: expect.arrayContaining(['calls of System API functions that the target does not know']) as unknown,
    });
  });

  it('that cannot be asked for single steps is judged by the others, and the result says what was left out', () => {
    const { capabilities, target } = boxOf();
    const stimuli = capabilities.stimuli.filter((kind) => kind !== 'ingress');
    const results = CASES.map((k) => judged({ target, capabilities: { ...capabilities, stimuli } }, k));
    expect(new Set(results.flatMap(({ leftOut = [] }) => leftOut))).toContain(
      'a step: the target has no stimulus ingress',
    );
    expect(new Set(results.map(({ verdict }) => verdict))).not.toContain('fail');
  });

  it('that skips is skipped, that errs or faults is errored, never passed', () => {
    const reply = (answer: Partial<Answer>) => boxOf((given) => ({ seq: given.seq, ...answer }) as Answer);
    expect(judged(reply({ is: 'skipped', reason: 'not today' }), 0)).toMatchObject({
      verdict: 'skipped',
      reason: 'not today',
    });
    expect(judged(reply({ is: 'errored', kind: 'crash', context: 'oops' }), 0)).toMatchObject({ verdict: 'errored' });
    const dies: Answerer = {
      ask: () => {
        throw new TargetFault('it died');
      },
    };
    expect(judged({ ...boxOf(), target: dies }, 0)).toMatchObject({
      verdict: 'errored',
      reason: 'it died',
    });
  });

  it('that gives canisters ids of its own is skipped', () => {
    const box = boxOf((answer) =>
      answer.is === 'submitted' && answer.canister !== undefined ? { ...answer, canister: 'aa' as never } : answer,
    );
    expect(judged(box, 0).verdict).toBe('skipped');
  });
});

describe('a fault shows', () => {
  const faulty = (name: string): Box => blackBoxOf(present(mutants.find((mutant) => mutant.name === name)).engine);

  /** Case numbers of a few families last longer than those of all. */
  const judgedOf = (box: Box, families: readonly Family[], k: number) =>
    judgeBlackBox(generateCase('black boxes', k, { families }).scenario, box, PROFILE).verdict;

  it('where an execution exceeds wasm_memory_limit, and what it wrote stays', () => {
    expect(judgedOf(faulty('failed-end-test-keeps-stable-writes'), ['lifecycle', 'memory'], 40)).toBe('fail');
  });

  it('where canister_pre_upgrade is skipped, because it would trap', () => {
    expect(judgedOf(faulty('skip-pre-upgrade-ignored'), ['atomicity', 'availability'], 10)).toBe('fail');
  });

  it('where a canister is uninstalled while its call is open, if the target can hold messages back', () => {
    const { scenario } = generateCase('black boxes', 75, { families: ['calls'] });
    // The other steps change nothing of it, and would be searched through all the same.
    const steps = [5, 6, 8].map((i) => present(scenario.steps[i]));
    const judgedWith = (box: Box) => judgeBlackBox({ ...scenario, steps }, box, PROFILE).verdict;
    const box = faulty('uninstall-forgets-open-calls');
    expect(judgedWith(box)).toBe('fail');
    expect(judgedWith({ ...box, capabilities: { ...box.capabilities, settlesPartly: false } })).toBe('pass');
  });
});
