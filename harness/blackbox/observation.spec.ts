// plumbing: tests of what is done to a black box, and of what is seen of an answer to a question for a certificate
import type { Hex, Nanoseconds } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Scenario, Step, Stimulus } from '../../spec/vocabulary/scenario.js';
import { generateCase } from '../../generators/index.js';
import { certificateOf, queryTree } from '../certificate.js';
import {
  certificateSight,
  NO_CERTIFIED_DATA,
  outcomeSight,
  stretchesOf,
  strokesOf,
  withoutStrokes,
  type Stroke,
} from './observation.js';
import { CERTIFICATE_METHOD } from './state-query.js';

const [canister, sender] = [canisterId(0), userId(0)];
const asked: Stimulus = { kind: 'query', canister, method: CERTIFICATE_METHOD, arg: '' as Hex, sender };
const replied = (data: Hex) => outcomeSight(3, asked, { kind: 'responded', response: { kind: 'reply', data } });

describe('an answer to a question for a certificate', () => {
  const certificate = certificateOf(queryTree(canister, 'c0ffee' as Hex, 5n as Nanoseconds));

  it('shows the certified data in it, and nothing where it cannot be read', () => {
    expect(certificateSight(replied(certificate), asked)).toMatchObject({ stroke: 3, value: 'certified data c0ffee' });
    expect(certificateSight(replied('' as Hex), asked).value).toBe(NO_CERTIFIED_DATA);
    expect(certificateSight(replied(certificate), asked).data).toBeUndefined();
  });

  it('must show what the model has, or nothing', () => {
    const sight = certificateSight(replied('' as Hex), asked, () => 'c0ffee' as Hex);
    expect(sight).toMatchObject({ value: 'certified data c0ffee', orValues: [NO_CERTIFIED_DATA] });
  });

  it('is a reject like any other where there is no reply, with the codes that readings give it', () => {
    const response = { kind: 'reject', code: 5, message: 'no' } as const;
    const reject = outcomeSight(3, asked, { kind: 'responded', response }, [3]);
    expect(certificateSight(reject, asked, () => 'c0ffee' as Hex)).toEqual(reject);
    expect(reject.orValues).toEqual(['reject with code 3']);
  });
});

describe('what is done to a black box', () => {
  const { scenario } = generateCase('strokes', 0);
  const ingress: Stimulus = { kind: 'ingress', canister, method: 'ask', arg: '' as Hex, sender };
  const stop: Stimulus = { kind: 'stop', canister, sender };
  const execute = { kind: 'execute', rank: 0 } as const;
  const held: readonly Step[] = [
    { stimulus: ingress, picks: [execute, execute], hold: true },
    { picks: [execute], hold: true },
    { stimulus: stop, hold: true },
    {},
    { stimulus: ingress },
  ];
  const given: Scenario = { ...scenario, steps: held };
  const told = (strokes: readonly Stroke[]) =>
    strokes.flatMap(({ step, stimulus, pause }) => (step < 0 ? [] : [`${step} ${stimulus.kind} ${pause ?? 'rest'}`]));
  const others = told(strokesOf({ ...scenario, steps: [{ stimulus: ingress }] })).length - 2;

  it('holds messages back where the case does, and asks when nothing more happens', () => {
    expect(told(strokesOf(given, true)).slice(0, 5)).toEqual([
      '0 ingress 3',
      '2 stop rest',
      '2 query rest',
      '4 ingress rest',
      '4 query rest',
    ]);
  });

  it('settles after each step for a target that cannot hold messages back', () => {
    const strokes = told(strokesOf(given));
    expect(strokes.every((stroke) => stroke.endsWith(' rest'))).toBe(true);
    expect(strokes).toHaveLength(5 + others);
  });

  it('settles in the end, though the last step holds messages back', () => {
    const last = { ...scenario, steps: [{ stimulus: ingress, hold: true }] };
    expect(told(strokesOf(last, true))[0]).toBe('0 ingress rest');
  });

  it('does not tell apart what comes with pauses between', () => {
    const strokes = strokesOf(given, true);
    const stretches = stretchesOf(strokes).filter((_, k) => (strokes[k]?.step ?? -1) >= 0);
    expect(stretches.slice(0, 5)).toEqual([0, 0, 0, 4, 4]);
  });

  it('may show what came of a pause later, where a canister does not tell its state for a while', () => {
    const strokes = strokesOf(given, true);
    const from = strokes.findIndex(({ step }) => step === 0);
    const answered = (isFirstAnswered: boolean) => (k: number) => {
      const { step, stimulus } = strokes[k] ?? {};
      return stimulus?.kind === 'query' && step === 2 ? isFirstAnswered : undefined;
    };
    const of = (isFirstAnswered: boolean) => stretchesOf(strokes, answered(isFirstAnswered)).slice(from, from + 5);
    expect([of(true), of(false)]).toEqual([
      [0, 0, 0, 4, 4],
      [0, 0, 0, 0, 0],
    ]);
  });

  it('settles after the stroke before one that is left out and would have settled', () => {
    const strokes = withoutStrokes(strokesOf(given, true), ({ stimulus }) => stimulus.kind === 'stop');
    expect(told(strokes)[0]).toBe('0 ingress rest');
    const first = withoutStrokes(strokesOf(given, true), ({ step }) => step === 0);
    expect(told(first)[0]).toBe('2 stop rest');
  });
});
