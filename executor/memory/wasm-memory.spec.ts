// plumbing: tests of copying what is not zero
import { forEachWrittenPage, isZero } from './wasm-memory.js';

const WASM_PAGE = 65_536;

it.each([0, 4_095, 4_096, 61_440, WASM_PAGE - 1, WASM_PAGE, 2 * WASM_PAGE + 8_192, 3 * WASM_PAGE - 1])(
  'the page with the byte at %i is among the written ones, and the others are not',
  (at) => {
    const content = new Uint8Array(3 * WASM_PAGE);
    content[at] = 1;
    const copy = new Uint8Array(content.length);
    const starts: number[] = [];
    forEachWrittenPage(content, (start, page) => {
      starts.push(start);
      copy.set(page, start);
    });
    expect(starts).toEqual([at - (at % 4_096)]);
    expect(Buffer.compare(copy, content)).toBe(0);
  },
);

it('nothing is written in a memory of zeroes, or of no pages', () => {
  const starts: number[] = [];
  for (const bytes of [0, 2 * WASM_PAGE]) forEachWrittenPage(new Uint8Array(bytes), (start) => starts.push(start));
  expect(starts).toEqual([]);
  expect(isZero(new Uint8Array(0), 0, 0)).toBe(true);
});
