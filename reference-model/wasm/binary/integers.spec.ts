// plumbing: tests of LEB128 integers, against arithmetic on bigints
import fc from 'fast-check';
import { ALL_FEATURES } from '../../../spec/wasm/features.js';
import { InstructionReader } from './instructions.js';
import { ByteReader } from './reader.js';

/** LEB128 in at least `least` bytes. */
function leb(value: bigint, least = 1): number[] {
  const rest = value >> 7n;
  const payload = Number(value & 0x7fn);
  const last = least <= 1 && (rest === 0n || rest === -1n) && (rest === -1n) === payload >= 0x40;
  return last ? [payload] : [payload | 0x80, ...leb(rest, least - 1)];
}

/** The same without a sign bit. */
function unsignedLeb(value: bigint, least = 1): number[] {
  const payload = Number(value & 0x7fn);
  return least <= 1 && value < 0x80n ? [payload] : [payload | 0x80, ...unsignedLeb(value >> 7n, least - 1)];
}

/** Reads one instruction, the whole of the bytes. */
function instruction(bytes: readonly number[]): InstructionReader {
  const reader = new InstructionReader(Uint8Array.from(bytes), { start: 0, end: bytes.length }, ALL_FEATURES);
  reader.next();
  expect(reader.atEnd).toBe(true);
  return reader;
}

const reader = (bytes: readonly number[]) => new ByteReader(Uint8Array.from(bytes), 0, bytes.length);
const longest = (bits: number) => fc.integer({ min: 1, max: Math.ceil(bits / 7) });

describe('LEB128 integers', () => {
  it('are read whatever their size and padding: u32 and u64', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), longest(32), (value, bytes) => {
        expect(reader(unsignedLeb(value, bytes)).u32()).toBe(Number(value));
      }),
      { seed: 1 },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), longest(64), (value, bytes) => {
        expect(reader(unsignedLeb(value, bytes)).u64()).toBe(value);
      }),
      { seed: 1 },
    );
  });

  it('are read whatever their size and padding: the constants of i32 and i64', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n }), longest(32), (value, bytes) => {
        expect(instruction([0x41, ...leb(value, bytes)]).words[0]).toBe(Number(value));
      }),
      { seed: 1 },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), longest(64), (value, bytes) => {
        const { words } = instruction([0x42, ...leb(value, bytes)]);
        expect(new BigInt64Array(words.buffer)[0]).toBe(value);
      }),
      { seed: 1 },
    );
  });

  it('are read whatever their size and padding: the type index of a block', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), longest(33), (value, bytes) => {
        expect(instruction([0x02, ...leb(value, bytes)]).blockType).toBe(Number(value));
      }),
      { seed: 1 },
    );
    expect(() => instruction([0x02, ...leb(-1n, 2)])).toThrow('malformed block type');
  });

  it.each([
    ['i32', 0x41, 32],
    ['i64', 0x42, 64],
    ['a type index', 0x02, 33],
  ])('are too large one over the ends, and too long in a byte more: %s', (_, opcode, bits) => {
    const end = 2n ** BigInt(bits - 1);
    const most = Math.ceil(bits / 7);
    for (const value of [end, -end - 1n])
      expect(() => instruction([opcode, ...leb(value).slice(0, most)])).toThrow('integer too large');
    for (const value of [0n, -1n])
      expect(() => instruction([opcode, ...leb(value, most + 1)])).toThrow('integer representation too long');
  });

  it('are too large, too long or cut off: u32 and u64', () => {
    expect(() => reader(unsignedLeb(2n ** 32n)).u32()).toThrow('integer too large');
    expect(() => reader(unsignedLeb(2n ** 64n)).u64()).toThrow('integer too large');
    expect(() => reader(unsignedLeb(0n, 6)).u32()).toThrow('integer representation too long');
    expect(() => reader(unsignedLeb(0n, 11)).u64()).toThrow('integer representation too long');
    expect(() => reader([0x80]).u32()).toThrow('unexpected end');
    expect(() => reader([]).u64()).toThrow('unexpected end');
  });
});
