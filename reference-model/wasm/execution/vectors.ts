// table: vector instructions without memory — WebAssembly "Execution: Vector Instructions"

import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import { saturateToI32, saturateToU32 } from '../numerics/conversions.js';
import {
  maximum,
  minimum,
  nearest,
  pseudoMaximumIsSecond,
  pseudoMinimumIsSecond,
  setF32,
  setF64,
} from '../numerics/floats.js';
import * as lanes from '../numerics/lanes.js';
import type { Shape, VectorHandler } from '../numerics/lanes.js';

export type { VectorHandler } from '../numerics/lanes.js';

const { i8x16, u8x16, i16x8, u16x8, i32x4, u32x4 } = lanes;

/** The nearest value within the range. */
const clamp = (min: number, max: number) => (x: number) => Math.min(Math.max(x, min), max);
const signed8 = clamp(-0x80, 0x7f);
const unsigned8 = clamp(0, 0xff);
const signed16 = clamp(-0x8000, 0x7fff);
const unsigned16 = clamp(0, 0xffff);

const add = (x: number, y: number) => x + y;
const sub = (x: number, y: number) => x - y;
const lt = (x: number, y: number) => x < y;
const gt = (x: number, y: number) => x > y;
const le = (x: number, y: number) => x <= y;
const ge = (x: number, y: number) => x >= y;
const eq = (x: number, y: number) => x === y;
const ne = (x: number, y: number) => x !== y;
const averageUp = (x: number, y: number) => (x + y + 1) >>> 1;
const bitCount = (x: number) => {
  let count = 0;
  for (let rest = x & 0xff; rest !== 0; rest &= rest - 1) count++;
  return count;
};

/** What every integer shape of at most 32 bits has, under its name. */
function integers(name: string, s: Shape, u: Shape): Record<string, VectorHandler> {
  return {
    [`${name}.splat`]: lanes.splat(s),
    [`${name}.replace_lane`]: lanes.replace(s),
    [`${name}.eq`]: lanes.compare(s, eq),
    [`${name}.ne`]: lanes.compare(s, ne),
    [`${name}.lt_s`]: lanes.compare(s, lt),
    [`${name}.lt_u`]: lanes.compare(u, lt),
    [`${name}.gt_s`]: lanes.compare(s, gt),
    [`${name}.gt_u`]: lanes.compare(u, gt),
    [`${name}.le_s`]: lanes.compare(s, le),
    [`${name}.le_u`]: lanes.compare(u, le),
    [`${name}.ge_s`]: lanes.compare(s, ge),
    [`${name}.ge_u`]: lanes.compare(u, ge),
    [`${name}.abs`]: lanes.unary(s, Math.abs),
    [`${name}.neg`]: lanes.unary(s, (x) => -x),
    [`${name}.all_true`]: lanes.fold(s, (x) => (x.every((lane) => lane !== 0) ? 1 : 0)),
    [`${name}.bitmask`]: lanes.fold(s, (x) =>
      Array.from(x).reduce((mask, lane, k) => mask | (lane < 0 ? 1 << k : 0), 0),
    ),
    [`${name}.shl`]: lanes.shift(s, (x, by) => x << by),
    [`${name}.shr_s`]: lanes.shift(s, (x, by) => x >> by),
    [`${name}.shr_u`]: lanes.shift(u, (x, by) => x >>> by),
    [`${name}.add`]: lanes.binary(s, add),
    [`${name}.sub`]: lanes.binary(s, sub),
    [`${name}.min_s`]: lanes.binary(s, Math.min),
    [`${name}.min_u`]: lanes.binary(u, Math.min),
    [`${name}.max_s`]: lanes.binary(s, Math.max),
    [`${name}.max_u`]: lanes.binary(u, Math.max),
  };
}

/** Lanes twice as wide, made of lanes of a narrower shape, signed and unsigned. */
function widening(name: string, wide: Shape, narrow: string, s: Shape, u: Shape): Record<string, VectorHandler> {
  const of = (shape: Shape, sign: string): Record<string, VectorHandler> => {
    const low = (k: number) => k;
    const high = (k: number) => k + wide.lanes;
    const extend = (from: (k: number) => number) => lanes.gather(wide, shape, (k, x) => x[from(k)] as number);
    const multiply = (from: (k: number) => number) =>
      lanes.gather(wide, shape, (k, x, y) => Math.imul(x[from(k)] as number, y[from(k)] as number));
    return {
      [`${name}.extend_low_${narrow}_${sign}`]: extend(low),
      [`${name}.extend_high_${narrow}_${sign}`]: extend(high),
      [`${name}.extmul_low_${narrow}_${sign}`]: multiply(low),
      [`${name}.extmul_high_${narrow}_${sign}`]: multiply(high),
      [`${name}.extadd_pairwise_${narrow}_${sign}`]: lanes.gather(
        wide,
        shape,
        (k, x) => (x[2 * k] as number) + (x[2 * k + 1] as number),
      ),
    };
  };
  return { ...of(s, 's'), ...of(u, 'u') };
}

/** Half the lanes of each operand, saturated: the operands' lanes are signed in both forms. */
const narrow = (result: Shape, operand: Shape, saturate: (x: number) => number): VectorHandler =>
  lanes.gather(result, operand, (k, x, y) => saturate((k < operand.lanes ? x[k] : y[k - operand.lanes]) as number));

/** Lanes of 64 bits from two lanes of 32. */
const wide64 = (shape: Shape, from: 0 | 2, f: (x: bigint, y: bigint) => bigint): VectorHandler => {
  return (stack, d, a, b) => {
    const x = lanes.lanesOf(stack, shape, a);
    const y = lanes.lanesOf(stack, shape, b);
    for (let k = 0; k < 2; k++) {
      stack.B[(d >> 1) + k] = f(BigInt(x[from + k] as number), BigInt(y[from + k] as number));
    }
  };
};

/** Two words of each lane of 64 bits. */
const copyWords = (I: Int32Array, to: number, from: number, words: number) => I.copyWithin(to, from, from + words);

const bits = (f: (x: number, y: number, z: number) => number): VectorHandler => {
  return ({ I }, d, a, b, c) => {
    for (let k = 0; k < 4; k++) I[d + k] = f(I[a + k] as number, I[b + k] as number, I[c + k] as number);
  };
};

/** The sign bits of a float shape: one word in so many. */
const signs = (every: 1 | 2, f: (word: number) => number): VectorHandler => {
  return ({ I }, d, a) => {
    for (let k = 0; k < 4; k++) {
      const word = I[a + k] as number;
      I[d + k] = k % every === every - 1 ? f(word) : word;
    }
  };
};

const HANDLED = {
  'v128.not': bits((x) => ~x),
  'v128.and': bits((x, y) => x & y),
  'v128.andnot': bits((x, y) => x & ~y),
  'v128.or': bits((x, y) => x | y),
  'v128.xor': bits((x, y) => x ^ y),
  'v128.bitselect': bits((x, y, z) => (x & z) | (y & ~z)),
  'v128.any_true': lanes.fold(i32x4, (x) => (x.some((word) => word !== 0) ? 1 : 0)),
  'i8x16.swizzle': lanes.gather(u8x16, u8x16, (k, x, y) => x[y[k] as number] ?? 0),

  ...integers('i8x16', i8x16, u8x16),
  ...integers('i16x8', i16x8, u16x8),
  ...integers('i32x4', i32x4, u32x4),
  'i8x16.extract_lane_s': lanes.extract(i8x16),
  'i8x16.extract_lane_u': lanes.extract(u8x16),
  'i16x8.extract_lane_s': lanes.extract(i16x8),
  'i16x8.extract_lane_u': lanes.extract(u16x8),
  'i32x4.extract_lane': lanes.extract(i32x4),
  'i8x16.popcnt': lanes.unary(u8x16, bitCount),
  'i8x16.add_sat_s': lanes.binary(i8x16, (x, y) => signed8(x + y)),
  'i8x16.add_sat_u': lanes.binary(u8x16, (x, y) => unsigned8(x + y)),
  'i8x16.sub_sat_s': lanes.binary(i8x16, (x, y) => signed8(x - y)),
  'i8x16.sub_sat_u': lanes.binary(u8x16, (x, y) => unsigned8(x - y)),
  'i8x16.avgr_u': lanes.binary(u8x16, averageUp),
  'i16x8.add_sat_s': lanes.binary(i16x8, (x, y) => signed16(x + y)),
  'i16x8.add_sat_u': lanes.binary(u16x8, (x, y) => unsigned16(x + y)),
  'i16x8.sub_sat_s': lanes.binary(i16x8, (x, y) => signed16(x - y)),
  'i16x8.sub_sat_u': lanes.binary(u16x8, (x, y) => unsigned16(x - y)),
  'i16x8.mul': lanes.binary(i16x8, Math.imul),
  'i32x4.mul': lanes.binary(i32x4, Math.imul),
  'i16x8.avgr_u': lanes.binary(u16x8, averageUp),
  'i16x8.q15mulr_sat_s': lanes.binary(i16x8, (x, y) => signed16((x * y + 0x4000) >> 15)),
  'i8x16.narrow_i16x8_s': narrow(i8x16, i16x8, signed8),
  'i8x16.narrow_i16x8_u': narrow(u8x16, i16x8, unsigned8),
  'i16x8.narrow_i32x4_s': narrow(i16x8, i32x4, signed16),
  'i16x8.narrow_i32x4_u': narrow(u16x8, i32x4, unsigned16),
  ...widening('i16x8', i16x8, 'i8x16', i8x16, u8x16),
  ...widening('i32x4', i32x4, 'i16x8', i16x8, u16x8),
  'i32x4.dot_i16x8_s': lanes.gather(
    i32x4,
    i16x8,
    (k, x, y) => (x[2 * k] as number) * (y[2 * k] as number) + (x[2 * k + 1] as number) * (y[2 * k + 1] as number),
  ),

  'i64x2.splat': ({ B }, d, a) => {
    B.fill(B[a >> 1] as bigint, d >> 1, (d >> 1) + 2);
  },
  'i64x2.extract_lane': ({ I }, d, a, _b, _c, lane) => {
    copyWords(I, d, a + 2 * lane, 2);
  },
  'i64x2.replace_lane': ({ I, B }, d, a, b, _c, lane) => {
    const value = B[b >> 1] as bigint;
    copyWords(I, d, a, 4);
    B[(d >> 1) + lane] = value;
  },
  'i64x2.eq': lanes.compare64((x, y) => x === y),
  'i64x2.ne': lanes.compare64((x, y) => x !== y),
  'i64x2.lt_s': lanes.compare64((x, y) => x < y),
  'i64x2.gt_s': lanes.compare64((x, y) => x > y),
  'i64x2.le_s': lanes.compare64((x, y) => x <= y),
  'i64x2.ge_s': lanes.compare64((x, y) => x >= y),
  'i64x2.abs': lanes.unary64((x) => (x < 0n ? -x : x)),
  'i64x2.neg': lanes.unary64((x) => -x),
  'i64x2.all_true': ({ I, B }, d, a) => {
    I[d] = B[a >> 1] !== 0n && B[(a >> 1) + 1] !== 0n ? 1 : 0;
  },
  'i64x2.bitmask': ({ I }, d, a) => {
    I[d] = ((I[a + 1] as number) >>> 31) | (((I[a + 3] as number) >>> 31) << 1);
  },
  'i64x2.shl': lanes.shift64((x, by) => x << by),
  'i64x2.shr_s': lanes.shift64((x, by) => x >> by),
  'i64x2.shr_u': lanes.shift64((x, by) => BigInt.asUintN(64, x) >> by),
  'i64x2.add': lanes.binary64((x, y) => x + y),
  'i64x2.sub': lanes.binary64((x, y) => x - y),
  'i64x2.mul': lanes.binary64((x, y) => x * y),
  'i64x2.extend_low_i32x4_s': wide64(i32x4, 0, (x) => x),
  'i64x2.extend_high_i32x4_s': wide64(i32x4, 2, (x) => x),
  'i64x2.extend_low_i32x4_u': wide64(u32x4, 0, (x) => x),
  'i64x2.extend_high_i32x4_u': wide64(u32x4, 2, (x) => x),
  'i64x2.extmul_low_i32x4_s': wide64(i32x4, 0, (x, y) => x * y),
  'i64x2.extmul_high_i32x4_s': wide64(i32x4, 2, (x, y) => x * y),
  'i64x2.extmul_low_i32x4_u': wide64(u32x4, 0, (x, y) => x * y),
  'i64x2.extmul_high_i32x4_u': wide64(u32x4, 2, (x, y) => x * y),

  'f32x4.splat': lanes.splat(i32x4),
  'f32x4.extract_lane': lanes.extract(i32x4),
  'f32x4.replace_lane': lanes.replace(i32x4),
  'f32x4.eq': lanes.compareF32(eq),
  'f32x4.ne': lanes.compareF32(ne),
  'f32x4.lt': lanes.compareF32(lt),
  'f32x4.gt': lanes.compareF32(gt),
  'f32x4.le': lanes.compareF32(le),
  'f32x4.ge': lanes.compareF32(ge),
  'f32x4.abs': signs(1, (word) => word & 0x7fffffff),
  'f32x4.neg': signs(1, (word) => word ^ 0x80000000),
  'f32x4.ceil': lanes.unaryF32(Math.ceil),
  'f32x4.floor': lanes.unaryF32(Math.floor),
  'f32x4.trunc': lanes.unaryF32(Math.trunc),
  'f32x4.nearest': lanes.unaryF32(nearest),
  'f32x4.sqrt': lanes.unaryF32(Math.sqrt),
  'f32x4.add': lanes.binaryF32(add),
  'f32x4.sub': lanes.binaryF32(sub),
  'f32x4.mul': lanes.binaryF32((x, y) => x * y),
  'f32x4.div': lanes.binaryF32((x, y) => x / y),
  'f32x4.min': lanes.binaryF32(minimum),
  'f32x4.max': lanes.binaryF32(maximum),
  'f32x4.pmin': lanes.chooseF32(pseudoMinimumIsSecond),
  'f32x4.pmax': lanes.chooseF32(pseudoMaximumIsSecond),

  'f64x2.splat': ({ B }, d, a) => {
    B.fill(B[a >> 1] as bigint, d >> 1, (d >> 1) + 2);
  },
  'f64x2.extract_lane': ({ I }, d, a, _b, _c, lane) => {
    copyWords(I, d, a + 2 * lane, 2);
  },
  'f64x2.replace_lane': ({ I, B }, d, a, b, _c, lane) => {
    const value = B[b >> 1] as bigint;
    copyWords(I, d, a, 4);
    B[(d >> 1) + lane] = value;
  },
  'f64x2.eq': lanes.compareF64(eq),
  'f64x2.ne': lanes.compareF64(ne),
  'f64x2.lt': lanes.compareF64(lt),
  'f64x2.gt': lanes.compareF64(gt),
  'f64x2.le': lanes.compareF64(le),
  'f64x2.ge': lanes.compareF64(ge),
  'f64x2.abs': signs(2, (word) => word & 0x7fffffff),
  'f64x2.neg': signs(2, (word) => word ^ 0x80000000),
  'f64x2.ceil': lanes.unaryF64(Math.ceil),
  'f64x2.floor': lanes.unaryF64(Math.floor),
  'f64x2.trunc': lanes.unaryF64(Math.trunc),
  'f64x2.nearest': lanes.unaryF64(nearest),
  'f64x2.sqrt': lanes.unaryF64(Math.sqrt),
  'f64x2.add': lanes.binaryF64(add),
  'f64x2.sub': lanes.binaryF64(sub),
  'f64x2.mul': lanes.binaryF64((x, y) => x * y),
  'f64x2.div': lanes.binaryF64((x, y) => x / y),
  'f64x2.min': lanes.binaryF64(minimum),
  'f64x2.max': lanes.binaryF64(maximum),
  'f64x2.pmin': lanes.chooseF64(pseudoMinimumIsSecond),
  'f64x2.pmax': lanes.chooseF64(pseudoMaximumIsSecond),

  'i32x4.trunc_sat_f32x4_s': ({ I, F32 }, d, a) => {
    for (let k = 0; k < 4; k++) I[d + k] = saturateToI32(F32[a + k] as number);
  },
  'i32x4.trunc_sat_f32x4_u': ({ I, F32 }, d, a) => {
    for (let k = 0; k < 4; k++) I[d + k] = saturateToU32(F32[a + k] as number);
  },
  'i32x4.trunc_sat_f64x2_s_zero': ({ I, F64 }, d, a) => {
    I.set([saturateToI32(F64[a >> 1] as number), saturateToI32(F64[(a >> 1) + 1] as number), 0, 0], d);
  },
  'i32x4.trunc_sat_f64x2_u_zero': ({ I, F64 }, d, a) => {
    I.set([saturateToU32(F64[a >> 1] as number), saturateToU32(F64[(a >> 1) + 1] as number), 0, 0], d);
  },
  'f32x4.convert_i32x4_s': ({ I, F32 }, d, a) => {
    for (let k = 0; k < 4; k++) F32[d + k] = I[a + k] as number;
  },
  'f32x4.convert_i32x4_u': ({ U32, F32 }, d, a) => {
    for (let k = 0; k < 4; k++) F32[d + k] = U32[a + k] as number;
  },
  'f64x2.convert_low_i32x4_s': ({ I, F64 }, d, a) => {
    F64.set([I[a] as number, I[a + 1] as number], d >> 1);
  },
  'f64x2.convert_low_i32x4_u': ({ U32, F64 }, d, a) => {
    F64.set([U32[a] as number, U32[a + 1] as number], d >> 1);
  },
  'f32x4.demote_f64x2_zero': ({ I, F32, F64 }, d, a) => {
    const low = F64[a >> 1] as number;
    const high = F64[(a >> 1) + 1] as number;
    setF32(F32, I, d, low);
    setF32(F32, I, d + 1, high);
    I.fill(0, d + 2, d + 4);
  },
  'f64x2.promote_low_f32x4': ({ I, F32, F64 }, d, a) => {
    const low = F32[a] as number;
    const high = F32[a + 1] as number;
    setF64(F64, I, d, low);
    setF64(F64, I, d + 2, high);
  },
} satisfies Partial<Record<Mnemonic, VectorHandler>> & Record<string, VectorHandler>;

const ALL: readonly (readonly [string, VectorHandler])[] = Object.entries(HANDLED);

/** Handlers by their number in the code. */
export const VECTOR_HANDLERS: readonly VectorHandler[] = ALL.map(([, handler]) => handler);

/** The number of an instruction's handler. */
export const VECTOR_HANDLER_NUMBERS: ReadonlyMap<string, number> = new Map(
  ALL.map(([mnemonic], number) => [mnemonic, number]),
);
