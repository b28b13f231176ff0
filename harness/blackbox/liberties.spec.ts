// plumbing: tests of the ways to decide — each liberty alone, each two, each for some time only
import type { Choice } from '../../spec/vocabulary/scenario.js';
import { Chooser, mixture, PAIRS, splits, WAYS } from './liberties.js';

const TIMER: Choice = { kind: 'global-timer', canister: '00000000000000000101' as never };
const LATE = WAYS.findIndex(({ liberties }) => liberties.tasks === 0);

/** Whether a due timer runs in each of four strokes. */
function runs(way: (typeof WAYS)[number]): readonly boolean[] {
  let stroke = 0;
  const now = () => way.during === undefined || (stroke >= way.during[0] && stroke < way.during[1]);
  const chooser = new Chooser(way.liberties, way.name, now);
  return [0, 1, 2, 3].map((k) => {
    stroke = k;
    chooser.goOn();
    return chooser.next([TIMER], () => false) !== undefined;
  });
}

describe('ways to decide', () => {
  it('take a liberty always, until a moment, or from a moment on', () => {
    const [until, from] = splits(LATE, 2);
    expect(runs(WAYS[0]!)).toEqual([true, true, true, true]);
    expect(runs(WAYS[LATE]!)).toEqual([false, false, false, false]);
    expect(runs(until!)).toEqual([false, false, true, true]);
    expect(runs(from!)).toEqual([true, true, false, false]);
  });

  it('take each two liberties together, but for two orders', () => {
    const names = new Set(PAIRS.map(({ way }) => way.name));
    expect(names.size).toBe(PAIRS.length);
    for (const { which, way } of PAIRS) {
      expect(which.every((n) => n > 0)).toBe(true);
      const changed = which.map((n) => WAYS[n]!.liberties.order).filter((order) => order !== 'oldest');
      expect(changed.length).toBeLessThan(2);
      expect(way.liberties).not.toEqual(WAYS[which[0]]!.liberties);
    }
  });

  it('mix only the liberties that they are given', () => {
    for (let n = 0; n < 50; n++) {
      const { liberties } = mixture([LATE], n, 10);
      expect(liberties).toMatchObject({ order: 'oldest', rejects: 0, failingCalls: 0, failingGrowth: 0, readings: 0 });
    }
  });
});
