// spec-shaped: 64-bit integer operations on slots — WebAssembly "Numerics: Integer Operations"
//
// A slot is a pair of 32-bit words, low word first. `d`, `a` and `b` are word indices of the result's and the operands'
// slots; they may be the same, so each operation reads everything before it writes. Words are much faster than BigInts here.

import { WasmTrap } from '../runtime/trap.js';

type Words = Int32Array;

const low = (I: Words, at: number): number => I[at] as number;
const high = (I: Words, at: number): number => I[at + 1] as number;

function set(I: Words, d: number, lowWord: number, highWord: number): void {
  I[d] = lowWord;
  I[d + 1] = highWord;
}

/** The high word of the 64-bit product of two unsigned words. */
function multiplyHigh(x: number, y: number): number {
  const x0 = x & 0xffff;
  const x1 = x >>> 16;
  const y0 = y & 0xffff;
  const y1 = y >>> 16;
  const middle = x1 * y0 + ((x0 * y0) >>> 16);
  const cross = x0 * y1 + (middle & 0xffff);
  return (x1 * y1 + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0;
}

/** The product modulo 2^64. */
export function multiply(I: Words, d: number, a: number, b: number): void {
  const xl = low(I, a);
  const yl = low(I, b);
  const cross = Math.imul(xl, high(I, b)) + Math.imul(high(I, a), yl);
  set(I, d, Math.imul(xl, yl), multiplyHigh(xl, yl) + (cross | 0));
}

/** Shifts left by `b` modulo 64; zeroes come in. */
export function shiftLeft(I: Words, d: number, a: number, b: number): void {
  const by = low(I, b) & 63;
  const l = low(I, a);
  const h = high(I, a);
  if (by === 0) set(I, d, l, h);
  else if (by < 32) set(I, d, l << by, (h << by) | (l >>> (32 - by)));
  else set(I, d, 0, l << (by - 32));
}

/** Shifts right by `b` modulo 64; copies of the sign come in. */
export function shiftRightSigned(I: Words, d: number, a: number, b: number): void {
  const by = low(I, b) & 63;
  const l = low(I, a);
  const h = high(I, a);
  if (by === 0) set(I, d, l, h);
  else if (by < 32) set(I, d, (l >>> by) | (h << (32 - by)), h >> by);
  else set(I, d, h >> (by - 32), h >> 31);
}

/** Shifts right by `b` modulo 64; zeroes come in. */
export function shiftRightUnsigned(I: Words, d: number, a: number, b: number): void {
  const by = low(I, b) & 63;
  const l = low(I, a);
  const h = high(I, a);
  if (by === 0) set(I, d, l, h);
  else if (by < 32) set(I, d, (l >>> by) | (h << (32 - by)), h >>> by);
  else set(I, d, h >>> (by - 32), 0);
}

function rotate(I: Words, d: number, a: number, by: number): void {
  const swap = by >= 32;
  const l = swap ? high(I, a) : low(I, a);
  const h = swap ? low(I, a) : high(I, a);
  const rest = by & 31;
  if (rest === 0) set(I, d, l, h);
  else set(I, d, (l << rest) | (h >>> (32 - rest)), (h << rest) | (l >>> (32 - rest)));
}

/** Rotates left by `b` modulo 64. */
export const rotateLeft = (I: Words, d: number, a: number, b: number): void => {
  rotate(I, d, a, low(I, b) & 63);
};

/** Rotates right by `b` modulo 64. */
export const rotateRight = (I: Words, d: number, a: number, b: number): void => {
  rotate(I, d, a, -low(I, b) & 63);
};

/** Leading zeros; 64 for zero. */
export function countLeadingZeros(I: Words, d: number, a: number): void {
  const h = high(I, a);
  set(I, d, h === 0 ? 32 + Math.clz32(low(I, a)) : Math.clz32(h), 0);
}

/** Trailing zeros of a word; 32 for zero. */
export const ctz32 = (x: number): number => (x === 0 ? 32 : 31 - Math.clz32(x & -x));

/** Ones in a word. */
export function popcnt32(x: number): number {
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Trailing zeros; 64 for zero. */
export function countTrailingZeros(I: Words, d: number, a: number): void {
  const l = low(I, a);
  set(I, d, l === 0 ? 32 + ctz32(high(I, a)) : ctz32(l), 0);
}

/** How many bits are 1. */
export const populationCount = (I: Words, d: number, a: number): void => {
  set(I, d, popcnt32(low(I, a)) + popcnt32(high(I, a)), 0);
};

/** -1, 0 or 1: how two signed slots compare. */
export function compareSigned(I: Words, a: number, b: number): number {
  const xh = high(I, a);
  const yh = high(I, b);
  if (xh !== yh) return xh < yh ? -1 : 1;
  const xl = low(I, a) >>> 0;
  const yl = low(I, b) >>> 0;
  return xl === yl ? 0 : xl < yl ? -1 : 1;
}

/** -1, 0 or 1: how two unsigned slots compare. */
export function compareUnsigned(I: Words, a: number, b: number): number {
  const xh = high(I, a) >>> 0;
  const yh = high(I, b) >>> 0;
  if (xh !== yh) return xh < yh ? -1 : 1;
  const xl = low(I, a) >>> 0;
  const yl = low(I, b) >>> 0;
  return xl === yl ? 0 : xl < yl ? -1 : 1;
}

type BigWords = BigInt64Array;

const MIN_I64 = -(1n << 63n);

/** The divisor. @throws WasmTrap when it is zero */
function divisor(B: BigWords, b: number): bigint {
  const y = B[b >> 1] as bigint;
  if (y === 0n) throw new WasmTrap('integer-divide-by-zero');
  return y;
}

/** @throws WasmTrap 'integer-divide-by-zero', 'integer-overflow' */
export function divideSigned(B: BigWords, d: number, a: number, b: number): void {
  const y = divisor(B, b);
  const x = B[a >> 1] as bigint;
  if (x === MIN_I64 && y === -1n) throw new WasmTrap('integer-overflow');
  B[d >> 1] = x / y;
}

/** @throws WasmTrap 'integer-divide-by-zero' */
export function divideUnsigned(B: BigWords, d: number, a: number, b: number): void {
  const y = divisor(B, b);
  B[d >> 1] = BigInt.asUintN(64, B[a >> 1] as bigint) / BigInt.asUintN(64, y);
}

/** @throws WasmTrap 'integer-divide-by-zero' */
export function remainderSigned(B: BigWords, d: number, a: number, b: number): void {
  const y = divisor(B, b);
  B[d >> 1] = (B[a >> 1] as bigint) % y;
}

/** @throws WasmTrap 'integer-divide-by-zero' */
export function remainderUnsigned(B: BigWords, d: number, a: number, b: number): void {
  const y = divisor(B, b);
  B[d >> 1] = BigInt.asUintN(64, B[a >> 1] as bigint) % BigInt.asUintN(64, y);
}
