// plumbing: tests of how cases are handed out
import { chunksOf } from './run-cases.js';

it.each([
  [1, 1, 0],
  [1, 1, 1],
  [1, 1, 50],
  [2, 3, 1_000],
  [1, 1, 2_000],
  [1, 1, 20_001],
])('shard %i of %i gets each of its cases once, in order, of %i in all', (index, count, total) => {
  const chunks = [...chunksOf({ index, count }, total)];
  const own = Array.from({ length: total }, (_, k) => k).filter((k) => k % count === index - 1);
  expect(chunks.flat()).toEqual(own);
  expect(Math.max(0, ...chunks.map(({ length }) => length))).toBeLessThanOrEqual(32);
  // Work for every worker, where there are cases enough.
  expect(chunks.length).toBeGreaterThanOrEqual(Math.min(own.length, 32));
});

it('a run without a number of cases goes on for ever', () => {
  const chunks = chunksOf({ index: 2, count: 2 }, undefined);
  const first: readonly number[] = chunks.next().value ?? [];
  expect(first).toHaveLength(32);
  expect(first.slice(0, 3)).toEqual([1, 3, 5]);
  expect(chunks.next().done).toBe(false);
});
