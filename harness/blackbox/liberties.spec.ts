// plumbing: tests of the ways to decide — each liberty alone, mixtures, and liberties that are taken for some time only
import type { Choice } from '../../spec/vocabulary/scenario.js';
import { Chooser, lasting, mixture, taking, wayAt, WAYS } from './liberties.js';

const TIMER: Choice = { kind: 'global-timer', canister: '00000000000000000101' as never };
const numberOf = (name: keyof (typeof WAYS)[0]['liberties']) =>
  WAYS.findIndex(({ liberties }, n) => n > 0 && liberties[name] !== WAYS[0].liberties[name]);
const LATE = WAYS[numberOf('tasks')]!;
const FAILING = WAYS[numberOf('failingGrowth')]!;
const READINGS = WAYS[numberOf('readings')]!;

/** Whether a due timer runs in each of four strokes. */
function runs(way: (typeof WAYS)[number]): readonly boolean[] {
  const chooser = new Chooser(way);
  return [0, 1, 2, 3].map(() => {
    chooser.goOn();
    return chooser.next([TIMER], () => false) !== undefined;
  });
}

describe('ways to decide', () => {
  it('take a liberty always, or during some strokes', () => {
    expect(runs(WAYS[0])).toEqual([true, true, true, true]);
    expect(runs(LATE)).toEqual([false, false, false, false]);
    expect(runs(taking(WAYS[0], LATE, [0, 2]))).toEqual([false, false, true, true]);
    expect(runs(taking(taking(WAYS[0], LATE, [0, 1]), LATE, [3, 4]))).toEqual([false, true, true, false]);
  });

  it('take two liberties at once', () => {
    const way = taking(taking(WAYS[0], LATE, [1, 3]), FAILING, [2, 4]);
    expect([0, 1, 2, 3].map((k) => wayAt(way, k).liberties.tasks)).toEqual([1, 0, 0, 0]);
    expect([0, 1, 2, 3].map((k) => wayAt(way, k).liberties.failingGrowth)).toEqual([0, 0, 1, 1]);
  });

  it('keep a reading from beginning to end', () => {
    const way = taking(taking(WAYS[0], READINGS, [1, 2]), FAILING, [2, 4]);
    expect(lasting(way).liberties.readings).toBe(1);
    expect(lasting(taking(WAYS[0], FAILING, [2, 4])).liberties.readings).toBe(0);
  });

  it('mix only the liberties that they are given', () => {
    for (let n = 0; n < 50; n++) {
      const { liberties } = mixture([numberOf('tasks')], n);
      expect(liberties).toMatchObject({ order: 'oldest', rejects: 0, failingCalls: 0, failingGrowth: 0, readings: 0 });
    }
  });
});
