// spec-shaped: conversions between integers and floats — WebAssembly "Numerics: Conversions"

import { WasmTrap } from '../runtime/trap.js';

/** trunc: the integer part of a float, which must lie in [min, max]. @throws WasmTrap 'float-to-integer' */
function truncate(x: number, min: number, max: number): number {
  const integer = Math.trunc(x);
  if (integer >= min && integer <= max) return integer;
  throw new WasmTrap('float-to-integer');
}

/** The largest doubles that are below 2^63 and 2^64. */
const BELOW_2_63 = 2 ** 63 - 1024;
const BELOW_2_64 = 2 ** 64 - 2048;

/** @throws WasmTrap 'float-to-integer' */
export const truncateToI32 = (x: number): number => truncate(x, -(2 ** 31), 2 ** 31 - 1) | 0;
/** @throws WasmTrap 'float-to-integer' */
export const truncateToU32 = (x: number): number => truncate(x, 0, 2 ** 32 - 1) | 0;
/** @throws WasmTrap 'float-to-integer' */
export const truncateToI64 = (x: number): bigint => BigInt(truncate(x, -(2 ** 63), BELOW_2_63));
/** @throws WasmTrap 'float-to-integer' */
export const truncateToU64 = (x: number): bigint => BigInt(truncate(x, 0, BELOW_2_64));

/** trunc_sat: NaN gives 0, what lies outside gives the nearest bound. */
function saturate(x: number, min: number, max: number): number {
  if (x !== x) return 0;
  return x <= min ? min : x >= max ? max : Math.trunc(x);
}

export const saturateToI32 = (x: number): number => saturate(x, -(2 ** 31), 2 ** 31 - 1) | 0;
export const saturateToU32 = (x: number): number => saturate(x, 0, 2 ** 32 - 1) | 0;
export const saturateToI64 = (x: number): bigint =>
  x >= 2 ** 63 ? (1n << 63n) - 1n : BigInt(saturate(x, -(2 ** 63), BELOW_2_63));
export const saturateToU64 = (x: number): bigint =>
  x >= 2 ** 64 ? (1n << 64n) - 1n : BigInt(saturate(x, 0, BELOW_2_64));

/**
 * An integer of up to 64 bits as the nearest f32. Going through the nearest f64 would round twice, so the twelve lowest
 * bits of a large integer are first folded into one sticky bit; what remains is exact in an f64.
 */
export function convertToF32(x: bigint): number {
  if (x > -(1n << 53n) && x < 1n << 53n) return Math.fround(Number(x));
  const sticky = (x & 0xfffn) === 0n ? 0n : 1n;
  return Math.fround(Number((x >> 12n) | sticky) * 4096);
}
