// plumbing: tests of how a target is followed, with targets that decide anew at each step
import { follow } from './follow.js';
import { wayAt, WAYS, type Way } from './liberties.js';
import type { Stroke } from './observation.js';

const STEPS = 12;
const strokes: readonly Stroke[] = Array.from({ length: 2 * STEPS }, (_, k) => ({ step: Math.floor(k / 2), stimulus: { kind: 'advance-time', by: 0n as never } })); // prettier-ignore
const changes = WAYS.slice(1);

/** How a target decided at each step, by numbers of ways; a way shows something else where it takes other liberties in a step. */
function partingFrom(decided: readonly number[]): {
  readonly parting: (way: Way) => number;
  readonly runs: () => number;
} {
  let runs = 0;
  const parting = (way: Way) => {
    runs += 1;
    const at = strokes.findIndex(({ step }, k) => {
      const own = wayAt(way, k).liberties;
      return JSON.stringify(own, words) !== JSON.stringify(WAYS[decided[step] ?? 0]?.liberties, words);
    });
    return at < 0 ? Infinity : at;
  };
  return { parting, runs: () => runs };
}

const words = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

describe('following a target', () => {
  it('finds one history of very many, step by step', () => {
    const { parting, runs } = partingFrom([0, 3, 0, 4, 0, 0, 5, 0, 3, 0, 1, 0]);
    expect(follow(strokes, changes, [WAYS[0]], parting)).toBe(true);
    expect(runs()).toBeLessThan(120);
  });

  it('begins with what was tried before', () => {
    const { parting, runs } = partingFrom(Array.from({ length: STEPS }, () => 3));
    expect(follow(strokes, changes, WAYS, parting)).toBe(true);
    expect(runs()).toBe(WAYS.length);
  });

  it('gives up where nothing gets further', () => {
    let runs = 0;
    const stuck = () => {
      runs += 1;
      return 5;
    };
    expect(follow(strokes, changes, WAYS, stuck)).toBe(false);
    expect(runs).toBeLessThan(120);
  });
});
