// table: constants of each value type on which much depends, as bits
import type { CodeInstruction } from '../../spec/vocabulary/program.js';
import type { Mnemonic } from '../../spec/wasm/instructions.js';
import type { ValueType } from '../../spec/wasm/types.js';
import type { Draw } from '../draw.js';

/** Types of numbers and vectors, which have constants. */
export const NUMBER_TYPES = ['i32', 'i64', 'f32', 'f64', 'v128'] as const;
export const isNumberType = (type: string): type is (typeof NUMBER_TYPES)[number] =>
  NUMBER_TYPES.some((one) => one === type);

/** The constant of these bits; of a type of numbers or vectors. */
export const constantOf = (type: ValueType, bits: bigint): CodeInstruction => [`${type}.const` as Mnemonic, bits];

const I32 = [0n, 1n, 2n, 31n, 32n, 0x7fffffffn, 0x80000000n, 0xffffffffn, 0xaaaaaaaan, 0xffffn, 0x10000n];
const I64 = [
  0n,
  1n,
  63n,
  64n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  1n << 32n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
  // One apart, and too large for a float to tell them apart; negative, of 5 and of 6 bytes in LEB128.
  1n << 53n,
  (1n << 53n) + 1n,
  (1n << 64n) - 5_000_000_000n,
  (1n << 64n) - (1n << 35n),
];
/** Zeroes, ones, the least and largest numbers, infinities, NaNs (canonical, with payload, signalling), bounds of the integers. */
const F32 = [
  0n, 0x80000000n, 0x3f800000n, 0xbf800000n, 0x00000001n, 0x007fffffn, 0x00800000n, 0x7f7fffffn, 0x7f800000n, 0xff800000n,
  0x7fc00000n, 0xffc00000n, 0x7fc12345n, 0x7fa00000n, 0x4f000000n, 0xcf000000n, 0x4f800000n, 0x5f000000n, 0x5f800000n, 0x3f000000n,
  // between two whole numbers: rounded to the even one
  0x3fc00000n, 0x40200000n, 0xbfc00000n,
]; // prettier-ignore
const F64 = [
  0n, 1n << 63n, 0x3ff0000000000000n, 0xbff0000000000000n, 1n, 0x000fffffffffffffn, 0x0010000000000000n, 0x7fefffffffffffffn,
  0x7ff0000000000000n, 0xfff0000000000000n, 0x7ff8000000000000n, 0xfff8000000000000n, 0x7ff8000000012345n, 0x7ff4000000000000n,
  0x41e0000000000000n, 0xc1e0000000000000n, 0x41dfffffffc00000n, 0x41f0000000000000n, 0x43e0000000000000n, 0x43f0000000000000n,
  0x3fe0000000000000n, 0x4000000000000000n, 0x3ff8000000000000n, 0x4004000000000000n, 0xbff8000000000000n,
  // as an f32: rounded down to the largest, up to infinity, and to nothing
  0x47efffffe8000000n, 0x47efffffefffffffn, 0x47effffff0000000n, 0x3690000000000000n, 0x3690000000000001n,
]; // prettier-ignore

/** Numbers of each type on which much depends. */
export const ENDS = { i32: I32, i64: I64, f32: F32, f64: F64 } as const satisfies Readonly<
  Record<string, readonly bigint[]>
>;

/** The bits of a constant: mostly a boundary. References have the one value null. */
export function constantBits(type: ValueType, draw: Draw): bigint {
  switch (type) {
    case 'i32':
      return draw.chance(70) ? draw.pick(I32) : draw.bits(32);
    case 'i64':
      return draw.chance(70) ? draw.pick(I64) : draw.bits(64);
    case 'f32':
      return draw.chance(80) ? draw.pick(F32) : draw.bits(32);
    case 'f64':
      return draw.chance(80) ? draw.pick(F64) : draw.bits(64);
    case 'v128':
      return vector(draw);
    case 'funcref':
    case 'externref':
      return 0n;
  }
}

/** Lanes of one shape with boundaries in them. */
export function vector(draw: Draw): bigint {
  const lanes = (count: number, width: number, lane: () => bigint): bigint => {
    let bits = 0n;
    for (let i = 0; i < count; i++) bits |= BigInt.asUintN(width, lane()) << BigInt(i * width);
    return bits;
  };
  return draw.weighted<() => bigint>([
    [2, () => draw.bits(128)],
    [1, () => 0n],
    [1, () => (1n << 128n) - 1n],
    [2, () => lanes(16, 8, () => draw.pick([0n, 1n, 0x7fn, 0x80n, 0xffn]))],
    [2, () => lanes(8, 16, () => draw.pick([0n, 1n, 0x7fffn, 0x8000n, 0xffffn]))],
    [2, () => lanes(4, 32, () => draw.pick(F32))],
    [2, () => lanes(2, 64, () => draw.pick(F64))],
  ])();
}
