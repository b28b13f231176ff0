// plumbing: tests of numbers at their boundaries; every instruction is also held against V8 in harness/second-opinion
import { SlotStack } from '../runtime/slots.js';
import { VECTOR_HANDLER_NUMBERS, VECTOR_HANDLERS } from '../execution/vectors.js';
import * as conversions from './conversions.js';
import { maximum, minimum, nearest, setF32, setF64 } from './floats.js';
import * as i32 from './i32.js';
import * as i64 from './i64.js';
import { present } from '../../../spec/testing/present.js';

const stack = new SlotStack(32);
const { I, B, F32, F64 } = stack;
const D = 0;
const X = 4;
const Y = 8;

type Operation = (words: Int32Array, d: number, a: number, b: number) => void;

/** An operation on slots, as one on bigints. */
function on(operation: Operation, x: bigint, y: bigint): bigint {
  B[X / 2] = x;
  B[Y / 2] = y;
  operation(I, D, X, Y);
  return present(B[D / 2]);
}

const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;
const VALUES = [0n, 1n, -1n, 2n, MIN, MAX, 0xffffffffn, -0x100000000n, 0x123456789abcdef0n, -0x7edcba9876543210n];

describe('64-bit integers in two words', () => {
  it('multiply as 64-bit integers do', () => {
    for (const x of VALUES) for (const y of VALUES) expect(on(i64.multiply, x, y)).toBe(BigInt.asIntN(64, x * y));
  });

  it('shift and rotate by the amount modulo 64', () => {
    for (const x of VALUES)
      for (const by of [0n, 1n, 31n, 32n, 33n, 63n, 64n, 65n, -1n]) {
        const k = BigInt.asUintN(6, by);
        const u = BigInt.asUintN(64, x);
        expect(on(i64.shiftLeft, x, by)).toBe(BigInt.asIntN(64, x << k));
        expect(on(i64.shiftRightSigned, x, by)).toBe(x >> k);
        expect(on(i64.shiftRightUnsigned, x, by)).toBe(BigInt.asIntN(64, u >> k));
        expect(on(i64.rotateLeft, x, by)).toBe(BigInt.asIntN(64, (u << k) | (u >> (64n - k))));
        expect(on(i64.rotateRight, x, by)).toBe(BigInt.asIntN(64, (u >> k) | (u << (64n - k))));
      }
  });

  it('compare signed and unsigned', () => {
    for (const x of VALUES)
      for (const y of VALUES) {
        B[X / 2] = x;
        B[Y / 2] = y;
        const [u, v] = [BigInt.asUintN(64, x), BigInt.asUintN(64, y)];
        expect(Math.sign(i64.compareSigned(I, X, Y))).toBe(x === y ? 0 : x < y ? -1 : 1);
        expect(Math.sign(i64.compareUnsigned(I, X, Y))).toBe(u === v ? 0 : u < v ? -1 : 1);
      }
  });

  it('trap when they divide by zero or overflow', () => {
    B[X / 2] = MIN;
    B[Y / 2] = -1n;
    expect(() => i64.divideSigned(B, D, X, Y)).toThrow('integer-overflow');
    i64.remainderSigned(B, D, X, Y);
    expect(B[D / 2]).toBe(0n);
    B[Y / 2] = 0n;
    for (const operation of [i64.divideSigned, i64.divideUnsigned, i64.remainderSigned, i64.remainderUnsigned])
      expect(() => operation(B, D, X, Y)).toThrow('integer-divide-by-zero');
  });
});

describe('32-bit division', () => {
  it('traps on zero and on the one quotient that does not fit', () => {
    expect(() => i32.divideSigned(-0x80000000, -1)).toThrow('integer-overflow');
    expect(() => i32.divideSigned(1, 0)).toThrow('integer-divide-by-zero');
    expect(() => i32.remainderUnsigned(1, 0)).toThrow('integer-divide-by-zero');
    expect(i32.remainderSigned(-0x80000000, -1)).toBe(0);
    expect(i32.divideUnsigned(-1, 2) >>> 0).toBe(0x7fffffff);
  });
});

describe('floats', () => {
  it('round to the nearest integer, ties to even, with the sign of zero', () => {
    for (const [x, expected] of [
      [0.5, 0],
      [1.5, 2],
      [2.5, 2],
      [-0.5, -0],
      [-1.5, -2],
      [-0.2, -0],
      [4503599627370497.5, 4503599627370498],
      [Infinity, Infinity],
    ] as const)
      expect(nearest(x)).toBe(expected);
    expect(nearest(NaN)).toBeNaN();
  });

  it('order zeroes by their sign, and give NaN for NaN', () => {
    expect(minimum(0, -0)).toBe(-0);
    expect(maximum(-0, 0)).toBe(0);
    expect(minimum(NaN, 1)).toBeNaN();
    expect(maximum(1, NaN)).toBeNaN();
  });

  it('write one canonical NaN', () => {
    I.fill(-1, 0, 4);
    setF32(F32, I, D, NaN);
    expect(present(I[D]) >>> 0).toBe(0x7fc00000);
    setF64(F64, I, D, NaN);
    expect(BigInt.asUintN(64, present(B[D / 2]))).toBe(0x7ff8000000000000n);
  });
});

describe('conversions', () => {
  it('trap outside of the integers and on NaN, up to the last float that fits', () => {
    expect(conversions.truncateToI32(2147483647.9)).toBe(2147483647);
    expect(() => conversions.truncateToI32(2147483648)).toThrow('float-to-integer');
    expect(conversions.truncateToI32(-2147483648.9)).toBe(-2147483648);
    expect(conversions.truncateToU32(-0.9) === 0).toBe(true);
    expect(() => conversions.truncateToU32(-1)).toThrow('float-to-integer');
    expect(() => conversions.truncateToI64(2 ** 63)).toThrow('float-to-integer');
    expect(conversions.truncateToI64(-(2 ** 63))).toBe(MIN);
    expect(() => conversions.truncateToU64(2 ** 64)).toThrow('float-to-integer');
    expect(() => conversions.truncateToU64(NaN)).toThrow('float-to-integer');
  });

  it('saturate instead where they must', () => {
    expect(conversions.saturateToI32(NaN)).toBe(0);
    expect(conversions.saturateToI32(1e10)).toBe(2147483647);
    expect(conversions.saturateToU32(1e10) >>> 0).toBe(0xffffffff);
    expect(conversions.saturateToI64(Infinity)).toBe(MAX);
    expect(conversions.saturateToU64(Infinity)).toBe((1n << 64n) - 1n);
    expect(conversions.saturateToU64(-1)).toBe(0n);
  });

  it('round a 64-bit integer to f32 once', () => {
    // Halfway between two f32, and one more: by way of an f64 it would be rounded to even first.
    const halfway = (1n << 62n) + (1n << 38n);
    expect(conversions.convertToF32(halfway)).toBe(2 ** 62);
    expect(conversions.convertToF32(halfway + 1n)).toBe(2 ** 62 + 2 ** 39);
    expect(conversions.convertToF32(-halfway - 1n)).toBe(-(2 ** 62 + 2 ** 39));
  });
});

describe('lanes', () => {
  /** Runs a vector instruction on two vectors of bytes. */
  function bytes(mnemonic: string, x: readonly number[], y: readonly number[] = []): number[] {
    stack.U8.fill(0);
    stack.U8.set(x, 4 * X);
    stack.U8.set(y, 4 * Y);
    present(VECTOR_HANDLERS[present(VECTOR_HANDLER_NUMBERS.get(mnemonic))])(stack, D, X, Y, 12, 0);
    return [...stack.U8.subarray(0, 16)];
  }
  const up = Array.from({ length: 16 }, (_, k) => k + 1);

  it('saturate to the bounds of their width', () => {
    const of = (value: number) => new Array<number>(16).fill(value);
    expect(bytes('i8x16.add_sat_u', of(200), of(100))).toEqual(of(255));
    expect(bytes('i8x16.add_sat_s', of(0x80), of(0xff))).toEqual(of(0x80));
    expect(bytes('i8x16.sub_sat_u', of(1), of(2))).toEqual(of(0));
  });

  it('give zero for a lane that a swizzle does not find', () => {
    expect(bytes('i8x16.swizzle', up, [0, 15, 16, 255]).slice(0, 4)).toEqual([1, 16, 0, 0]);
  });

  it('narrow with saturation, the first operand low', () => {
    expect(bytes('i8x16.narrow_i16x8_u', [0, 1, 0xff, 0xff, 5, 0], [7, 0]).slice(0, 9)).toEqual([
      255, 0, 5, 0, 0, 0, 0, 0, 7,
    ]);
  });

  it('copy lanes of pmin bit by bit, NaN payload too', () => {
    const nan = [0x45, 0x23, 0xa1, 0x7f];
    expect(bytes('f32x4.pmin', nan, [0, 0, 0x80, 0x3f]).slice(0, 4)).toEqual(nan);
  });

  it('round the average up', () => {
    expect(
      bytes(
        'i8x16.avgr_u',
        up,
        up.map((x) => x + 1),
      ),
    ).toEqual(up.map((x) => x + 1));
  });
});
