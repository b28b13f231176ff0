// plumbing: tests of the ways to decide — each liberty alone, and mixtures
import { mixture, USUAL, WAYS, type Liberties } from './liberties.js';

/** The names of the liberties that are not as usual. */
const taken = (liberties: Liberties) =>
  Object.entries(liberties)
    .filter(([name, value]) => value !== USUAL[name as keyof Liberties])
    .map(([name]) => name);

/** Numbers in WAYS of what is taken alone, and what is taken to its end there. */
const alone = WAYS.map(({ liberties }, which) => ({ which, names: taken(liberties) })).slice(1);

describe('ways to decide', () => {
  it('begin with the usual one, and take a liberty each from then on', () => {
    expect(WAYS[0].liberties).toBe(USUAL);
    expect(alone.filter(({ names }) => names.length === 0)).toEqual([]);
    expect(new Set(alone.flatMap(({ names }) => names))).toEqual(
      // How large a stable memory may be is mixed with how often it cannot grow.
      new Set(Object.keys({ ...USUAL, room: 0n }).filter((name) => name !== 'muchStable')),
    );
  });

  it.each(alone)('mix only the liberties that they are given: $names', ({ which, names }) => {
    const mixed = new Set(Array.from({ length: 50 }, (_, n) => taken(mixture([which], n).liberties)).flat());
    expect(mixed).toEqual(new Set(names.includes('failingGrowth') ? [...names, 'muchStable'] : names));
  });

  it('mix all of them where they are given none', () => {
    const mixed = new Set(Array.from({ length: 50 }, (_, n) => taken(mixture([], n).liberties)).flat());
    expect(mixed).toEqual(new Set(Object.keys({ ...USUAL, room: 0n })));
  });
});
