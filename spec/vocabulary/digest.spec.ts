// plumbing: tests of the digest's laws
import { addPage, digestOf, emptySum } from './digest.js';

const page = (fill: (i: number) => number) => Int32Array.from({ length: 1024 }, (_, i) => fill(i));

describe('digest', () => {
  it('gives a page of zeroes nothing', () => {
    const sum = emptySum();
    addPage(sum, 7, new Int32Array(1024), 0, 1);
    expect(digestOf(sum)).toBe('0000000000000000');
  });

  it('depends on the page index', () => {
    const one = emptySum();
    const two = emptySum();
    addPage(
      one,
      0,
      page((i) => i),
      0,
      1,
    );
    addPage(
      two,
      1,
      page((i) => i),
      0,
      1,
    );
    expect(digestOf(one)).not.toBe(digestOf(two));
  });

  it('depends on every word of the page', () => {
    const seen = new Set<string>();
    for (let k = 0; k < 1024; k++) {
      const sum = emptySum();
      addPage(
        sum,
        3,
        page((i) => (i === k ? 1 : 0)),
        0,
        1,
      );
      seen.add(digestOf(sum));
    }
    expect(seen.size).toBe(1024);
  });

  it('forgets a page that is subtracted', () => {
    const sum = emptySum();
    addPage(
      sum,
      0,
      page((i) => i * 3),
      0,
      1,
    );
    const before = digestOf(sum);
    addPage(
      sum,
      5,
      page((i) => ~i),
      0,
      1,
    );
    addPage(
      sum,
      5,
      page((i) => ~i),
      0,
      -1,
    );
    expect(digestOf(sum)).toBe(before);
  });
});
