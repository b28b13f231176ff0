// plumbing: tests of patterns — what is open is told from what is required by runs that fill it in otherwise
import type { Hex } from '../../spec/vocabulary/brands.js';
import { LOGGED_END } from './observable.js';
import type { Sight } from './observation.js';
import { NOT_ZERO } from './open-values.js';
import { present } from '../../spec/testing/present.js';
import { agreed, ANYTHING, common, likeness, matches, NOTHING_SEEN, withoutRanges, words } from './patterns.js';

const reply = (...words: readonly (bigint | number)[]): Sight => {
  const data = Buffer.alloc(8 * words.length);
  words.forEach((word, i) => data.writeBigUInt64LE(BigInt(word), 8 * i));
  return { stroke: 0, what: 'outcome', value: 'reply', data: data.toString('hex') as Hex, rejectCode: 0 };
};
const reject = (code: number): Sight => ({ stroke: 0, what: 'outcome', value: `reject ${code}`, rejectCode: code });

describe('what runs agree on', () => {
  it('is every byte that is the same in all of them', () => {
    const pattern = agreed([reply(1, 0x0102), reply(1, 0x0103)], false);
    expect(matches(pattern, reply(1, 0x01ff))).toBe(true);
    expect(matches(pattern, reply(1, 0x02ff))).toBe(false);
    expect(matches(pattern, reply(1, 0x0102, 0))).toBe(false);
    expect(matches(pattern, reject(5))).toBe(false);
  });

  it('is no byte within a number that is the same by chance', () => {
    const numbers = [0x03_11_45_aa_00n, 0x03_22_45_bb_00n, 0x03_33_45_cc_00n];
    const pattern = agreed(
      numbers.map((number) => reply(1, number)),
      false,
    );
    expect(matches(pattern, reply(1, 0x03_44_46_dd_00n))).toBe(true);
    expect(matches(pattern, reply(1, 0x04_11_45_aa_00n))).toBe(false);
  });

  it('is nothing where they do not even end alike', () => {
    expect(agreed([reply(1), reject(5)], false)).toBe(ANYTHING);
  });

  it('is what stands before the first difference where lengths differ, and what the canister holds', () => {
    const held = Array.from({ length: 18 }, (_, i) => i + 1);
    const pattern = agreed([reply(8, 7, 1, ...held), reply(16, 7, 2, 2, ...held)], true);
    expect(matches(pattern, reply(24, 7, 3, 3, 3, ...held))).toBe(true);
    expect(matches(pattern, reply(24, 6, 3, 3, 3, ...held))).toBe(false);
    expect(matches(pattern, reply(24, 7, 3, 3, 3, ...held.slice(0, -1), 99))).toBe(false);
    expect(matches(agreed([reply(8, 7, 1, ...held), reply(16, 7, 2, 2, ...held)], false), reply(24, 7, 3, 9))).toBe(
      true,
    );
  });

  it('is that a failed call gave anything but 0', () => {
    const pattern = agreed(
      [1n, 2n, 0n].map((n) => reply(8, NOT_ZERO + n, 5)),
      false,
    );
    expect(matches(pattern, reply(8, 1, 5))).toBe(true);
    expect(matches(pattern, reply(8, 0x1_0000, 5))).toBe(true);
    expect(matches(pattern, reply(8, 0, 5))).toBe(false);
  });

  it('may be that nothing is seen', () => {
    expect(matches(NOTHING_SEEN, undefined)).toBe(true);
    expect(matches(NOTHING_SEEN, reject(1))).toBe(false);
    expect(matches(agreed([reject(1)], false), undefined)).toBe(false);
  });

  it('is, of two ways to decide, what both require', () => {
    const [a, b] = [agreed([reply(1, 5), reply(1, 6)], false), agreed([reply(1, 5), reply(2, 5)], false)];
    const both = common(a, b);
    expect(both !== undefined && matches(both, reply(2, 6))).toBe(true);
    expect(common(agreed([reply(1)], false), agreed([reply(2)], false))).toBeUndefined();
  });
});

describe('how much a pattern is like what is seen', () => {
  it('grows with what comes before the first difference, and counts the functions that had come to their end', () => {
    const seen = reply(40, 1, LOGGED_END, 2, LOGGED_END, 3);
    const [less, more] = [reply(40, 1, LOGGED_END, 9, LOGGED_END, 3), reply(40, 1, LOGGED_END, 2, LOGGED_END, 4)].map(
      (one) => likeness(agreed([one], false), seen),
    );
    expect(less?.logged).toBe(1);
    expect(more?.logged).toBe(2);
    expect(less?.alike).toBeLessThan(more?.alike ?? 0);
  });

  it('has nothing to do with how much was logged, behind figures or not', () => {
    const log = (length: number, ...entries: readonly number[]) => [length, ...entries, ...Array<number>(40).fill(0)];
    const withFigures = (...words: readonly number[]): Sight => ({
      ...reply(4, 1_000, 0, ...words),
      figures: { version: 4n, balance: 1_000n, pages: 0n, exact: false },
    });
    for (const sight of [reply, withFigures]) {
      const seen = sight(...log(24, 1, 2, LOGGED_END));
      const [near, far] = [sight(...log(32, 1, 2, LOGGED_END, 5)), sight(...log(32, 7, 2, LOGGED_END, 5))].map((one) =>
        likeness(agreed([one], false), seen),
      );
      expect([near?.logged, far?.logged]).toEqual([1, 0]);
      expect(near?.alike).toBeGreaterThan(far?.alike ?? 1);
    }
  });

  it('is told alike, without ranges, of runs whose prices differ', () => {
    const heldAt = (balance: number) =>
      agreed(
        [{ ...reply(4, balance, 0, 7), figures: { version: 4n, balance: BigInt(balance), pages: 0n, exact: false } }],
        false,
      );
    const [cheap, dear] = [1_000, 2_000].map(heldAt);
    expect(words(present(cheap))).not.toBe(words(present(dear)));
    expect(words(withoutRanges(present(cheap)))).toBe(words(withoutRanges(present(dear))));
  });

  it('is more between rejects with different codes than between a reject and a reply', () => {
    const [five, three] = [5, 3].map((code): Sight => ({
      stroke: 0,
      what: 'response',
      value: `reject with code ${code}`,
      rejectCode: code,
    }));
    const wanted = agreed([five], false);
    expect(likeness(wanted, three).alike).toBeGreaterThan(likeness(wanted, reply(16, 0, 1)).alike);
    expect(matches(wanted, three)).toBe(false);
  });

  it('is more where a byte is required than where any will do', () => {
    const seen = reply(16, 0, 1);
    const [open, required] = [agreed([reply(16, 0, 1), reply(16, 7, 1)], false), agreed([reply(16, 0, 1)], false)];
    expect(likeness(open, seen).alike).toBeLessThan(likeness(required, seen).alike);
  });
});
