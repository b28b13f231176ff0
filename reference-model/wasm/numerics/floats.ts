// spec-shaped: floating-point operations — WebAssembly "Numerics: Floating-Point Operations"
//
// Floats live as bits in slots. An arithmetic operation decodes its operands, computes with JS numbers (IEEE 754 doubles),
// and writes the result; a NaN result is always written as one NaN (nan.ts). f32 results are rounded
// once from the double: for +, -, *, / and square root that gives the correctly rounded f32 result.

import { nan } from './nan.js';

/** Writes an f64 result. `d` is a word index. */
export function setF64(F64: Float64Array, I: Int32Array, d: number, value: number): void {
  if (value === value) F64[d >> 1] = value;
  else {
    I[d] = nan.f64Low;
    I[d + 1] = nan.f64High;
  }
}

/** Writes an f32 result, rounded. */
export function setF32(F32: Float32Array, I: Int32Array, d: number, value: number): void {
  if (value === value) F32[d] = value;
  else I[d] = nan.f32;
}

/** fmin: NaN if one is NaN; -0 is below +0. */
export const minimum = (x: number, y: number): number => Math.min(x, y);

/** fmax: NaN if one is NaN; +0 is above -0. */
export const maximum = (x: number, y: number): number => Math.max(x, y);

/** fnearest: to the nearest integer, ties to even; keeps the sign of zero. */
export function nearest(x: number): number {
  const floor = Math.floor(x);
  const fraction = x - floor;
  // Also true for integers, infinities (whose fraction is NaN) and NaN itself.
  if (!(fraction > 0)) return x;
  let rounded = floor;
  if (fraction > 0.5 || (fraction === 0.5 && floor % 2 !== 0)) rounded = floor + 1;
  return rounded === 0 && x < 0 ? -0 : rounded;
}

/**
 * fpmin, fpmax of vectors: which operand is chosen, true for the second. The specification defines them by a comparison
 * alone: the operand comes out bit by bit, so the canonical NaN does not apply to them (nor to abs, neg, copysign).
 */
export const pseudoMinimumIsSecond = (x: number, y: number): boolean => y < x;
export const pseudoMaximumIsSecond = (x: number, y: number): boolean => x < y;
