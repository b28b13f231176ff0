// plumbing: tests that any byte string gives a module or a typed error with an offset, in bounded time and memory
import fc from 'fast-check';
import { decodeModule, validateModule, WasmDecodeError, WasmValidationError } from '../index.js';

const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const HUGE = [0xff, 0xff, 0xff, 0xff, 0x0f];

const module = (...bytes: number[]): Uint8Array => Uint8Array.from([...HEAD, ...bytes]);
const section = (id: number, ...content: number[]): Uint8Array => module(id, content.length, ...content);

/** The error for some bytes; `undefined` when they are a module. @throws what is not a typed error */
function errorOf(bytes: Uint8Array): WasmDecodeError | WasmValidationError | undefined {
  try {
    validateModule(decodeModule(bytes));
    return undefined;
  } catch (error) {
    if (error instanceof WasmDecodeError || error instanceof WasmValidationError) return error;
    throw error;
  }
}

/** Every byte string is answered, and an error points into it. */
function answered(bytes: Uint8Array): void {
  const error = errorOf(bytes);
  if (error === undefined) return;
  expect(error.offset).toBeGreaterThanOrEqual(0);
  expect(error.offset).toBeLessThanOrEqual(bytes.length);
}

describe('decoding any bytes', () => {
  it('answers random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), answered), { seed: 1, numRuns: 300 });
  });

  it('answers random sections behind a good head', () => {
    const bytes = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 14 }), fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 })),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(bytes, (sections) => {
        answered(module(...sections.flatMap(([id, content]) => [id, content.length, ...content])));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('gives the offset at which the bytes go wrong', () => {
    expect(errorOf(Uint8Array.of(0x00, 0x61, 0x73, 0x6e, 1, 0, 0, 0))).toMatchObject({ offset: 3 });
    expect(errorOf(Uint8Array.of())).toMatchObject({ offset: 0 });
    expect(errorOf(section(1, 1, 0x61))).toMatchObject({ offset: 11, message: 'malformed function type' });
  });

  it('is not fooled by an overlong section', () => {
    expect(errorOf(module(1, ...HUGE))).toBeInstanceOf(WasmDecodeError);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 9, 10, 11])(
    'allocates nothing for a vector of 2^32 - 1 entries in section %i',
    (id) => {
      const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
      expect(errorOf(section(id, ...HUGE))).toBeInstanceOf(WasmDecodeError);
      const after = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
      expect(after - before).toBeLessThan(16 * 2 ** 20);
    },
  );

  it('refuses 2^32 - 1 locals without making them', () => {
    // One function of type 0 with one run of locals.
    const code = [10, 10, 1, 8, 1, ...HUGE, 0x7f, 0x0b];
    expect(errorOf(module(1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, ...code))).toMatchObject({
      message: expect.stringContaining('too many locals') as string,
    });
  });

  it('decodes deep nesting without recursion', () => {
    const depth = 100_000;
    const leb = (value: number) => [(value & 0x7f) | 0x80, ((value >> 7) & 0x7f) | 0x80, value >> 14];
    const body = [
      0,
      ...Array.from({ length: depth }, () => [0x02, 0x40]).flat(),
      ...new Array<number>(depth + 1).fill(0x0b),
    ];
    const content = [1, ...leb(body.length).slice(0, 2), (body.length >> 14) & 0x7f, ...body];
    const size = content.length;
    const bytes = Uint8Array.from([
      ...HEAD,
      1,
      4,
      1,
      0x60,
      0,
      0,
      3,
      2,
      1,
      0,
      10,
      ...leb(size).slice(0, 2),
      (size >> 14) & 0x7f,
      ...content,
    ]);
    expect(errorOf(bytes)).toBeUndefined();
  });

  it.each([
    ['exceptions', section(13, 0)],
    ['threads', section(5, 1, 3, 1, 1)],
    ['multiple memories', section(5, 2, 0, 1, 0, 1)],
    ['GC', section(1, 1, 0x5f, 0)],
    ['function references', section(6, 1, 0x64, 0x70, 0, 0xd2, 0, 0x0b)],
    ['tail calls', module(1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, 0x12, 0, 0x0b)],
    ['relaxed SIMD', module(1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 7, 1, 5, 0, 0xfd, 0x80, 0x02, 0x0b)],
  ])('names the feature that is off: %s', (feature, bytes) => {
    expect(errorOf(bytes)).toMatchObject({ feature });
  });
});
