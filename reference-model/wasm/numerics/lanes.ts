// spec-shaped: lanes: scalar functions lifted to vectors — WebAssembly "Numerics: Vector Operations"
//
// A vector is four words at a place. `d`, `a`, `b` and `c` are word indices of places; two of them may be the same place, and
// no two overlap otherwise. A lifted function reads lane i before it writes lane i; what moves lanes reads all of them first.

import type { SlotStack } from '../runtime/slots.js';
import { setF32, setF64 } from './floats.js';

/** `d` is the place of the result; `a`, `b` and `c` of the operands; `lane` is the immediate. */
export type VectorHandler = (stack: SlotStack, d: number, a: number, b: number, c: number, lane: number) => void;

type Lanes = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** Lane k of the result from lane k of both operands. */
type Lift = (stack: SlotStack, d: number, a: number, b: number, f: (x: number, y: number) => number) => void;

/** A shape of integer lanes of at most 32 bits, read as signed or as unsigned numbers. */
export interface Shape {
  readonly lanes: 16 | 8 | 4;
  /** Lanes in a word. */
  readonly perWord: 4 | 2 | 1;
  readonly bits: 8 | 16 | 32;
  readonly view: (stack: SlotStack) => Lanes;
  /** A loop of its own for each shape: V8 compiles one that is shared for every kind of array at once, and slowly. */
  readonly lift: Lift;
}

const shape8 = { lanes: 16, perWord: 4, bits: 8 } as const;
const shape16 = { lanes: 8, perWord: 2, bits: 16 } as const;
const shape32 = { lanes: 4, perWord: 1, bits: 32 } as const;

export const i8x16: Shape = {
  ...shape8,
  view: (s) => s.I8,
  lift: ({ I8 }, d, a, b, f) => {
    for (let k = 0; k < 16; k++) I8[4 * d + k] = f(I8[4 * a + k] as number, I8[4 * b + k] as number);
  },
};
export const u8x16: Shape = {
  ...shape8,
  view: (s) => s.U8,
  lift: ({ U8 }, d, a, b, f) => {
    for (let k = 0; k < 16; k++) U8[4 * d + k] = f(U8[4 * a + k] as number, U8[4 * b + k] as number);
  },
};
export const i16x8: Shape = {
  ...shape16,
  view: (s) => s.I16,
  lift: ({ I16 }, d, a, b, f) => {
    for (let k = 0; k < 8; k++) I16[2 * d + k] = f(I16[2 * a + k] as number, I16[2 * b + k] as number);
  },
};
export const u16x8: Shape = {
  ...shape16,
  view: (s) => s.U16,
  lift: ({ U16 }, d, a, b, f) => {
    for (let k = 0; k < 8; k++) U16[2 * d + k] = f(U16[2 * a + k] as number, U16[2 * b + k] as number);
  },
};
export const i32x4: Shape = {
  ...shape32,
  view: (s) => s.I,
  lift: ({ I }, d, a, b, f) => {
    for (let k = 0; k < 4; k++) I[d + k] = f(I[a + k] as number, I[b + k] as number);
  },
};
export const u32x4: Shape = {
  ...shape32,
  view: (s) => s.U32,
  lift: ({ U32 }, d, a, b, f) => {
    for (let k = 0; k < 4; k++) U32[d + k] = f(U32[a + k] as number, U32[b + k] as number);
  },
};

const at = (view: Lanes, index: number): number => view[index] as number;

/** The lanes of a vector, copied. */
export function lanesOf(stack: SlotStack, { view, perWord, lanes }: Shape, place: number): Lanes {
  return view(stack).slice(place * perWord, place * perWord + lanes);
}

/** Each lane by itself. The result wraps to the width of a lane. */
export const unary = ({ lift }: Shape, f: (x: number) => number): VectorHandler => {
  return (stack, d, a) => {
    lift(stack, d, a, a, f);
  };
};

/** Lane by lane. The result wraps to the width of a lane. */
export const binary = ({ lift }: Shape, f: (x: number, y: number) => number): VectorHandler => {
  return (stack, d, a, b) => {
    lift(stack, d, a, b, f);
  };
};

/** Lane by lane; true is a lane of ones. */
export const compare = (shape: Shape, f: (x: number, y: number) => boolean): VectorHandler =>
  binary(shape, (x, y) => (f(x, y) ? -1 : 0));

/** Every lane shifted by one amount, taken modulo the width of a lane. */
export const shift = ({ lift, bits }: Shape, f: (x: number, by: number) => number): VectorHandler => {
  return (stack, d, a, b) => {
    const by = (stack.I[b] as number) & (bits - 1);
    lift(stack, d, a, a, (x) => f(x, by));
  };
};

/** A test of all lanes, an i32. */
export const fold = (shape: Shape, f: (lanes: Lanes) => number): VectorHandler => {
  return (stack, d, a) => {
    stack.I[d] = f(lanesOf(stack, shape, a));
  };
};

/** New lanes from all lanes of the operands: `f` gives lane k of the result. */
export const gather = (result: Shape, operand: Shape, f: (k: number, x: Lanes, y: Lanes) => number): VectorHandler => {
  return (stack, d, a, b) => {
    const x = lanesOf(stack, operand, a);
    const y = lanesOf(stack, operand, b);
    const v = result.view(stack);
    for (let k = 0; k < result.lanes; k++) v[d * result.perWord + k] = f(k, x, y);
  };
};

/** An i32 in every lane. */
export const splat = ({ view, perWord, lanes }: Shape): VectorHandler => {
  return (stack, d, a) => {
    const value = stack.I[a] as number;
    view(stack).fill(value, d * perWord, d * perWord + lanes);
  };
};

export const extract = ({ view, perWord }: Shape): VectorHandler => {
  return (stack, d, a, _b, _c, lane) => {
    stack.I[d] = at(view(stack), a * perWord + lane);
  };
};

export const replace = ({ view, perWord }: Shape): VectorHandler => {
  return (stack, d, a, b, _c, lane) => {
    const value = stack.I[b] as number;
    stack.I.copyWithin(d, a, a + 4);
    view(stack)[d * perWord + lane] = value;
  };
};

// Lanes of 64 bits, as BigInts.

const half = (stack: SlotStack, place: number, k: number): bigint => stack.B[(place >> 1) + k] as bigint;

export const unary64 = (f: (x: bigint) => bigint): VectorHandler => {
  return (stack, d, a) => {
    for (let k = 0; k < 2; k++) stack.B[(d >> 1) + k] = f(half(stack, a, k));
  };
};

export const binary64 = (f: (x: bigint, y: bigint) => bigint): VectorHandler => {
  return (stack, d, a, b) => {
    for (let k = 0; k < 2; k++) stack.B[(d >> 1) + k] = f(half(stack, a, k), half(stack, b, k));
  };
};

export const compare64 = (f: (x: bigint, y: bigint) => boolean): VectorHandler =>
  binary64((x, y) => (f(x, y) ? -1n : 0n));

export const shift64 = (f: (x: bigint, by: bigint) => bigint): VectorHandler => {
  return (stack, d, a, b) => {
    const by = BigInt((stack.I[b] as number) & 63);
    for (let k = 0; k < 2; k++) stack.B[(d >> 1) + k] = f(half(stack, a, k), by);
  };
};

// Float lanes. Arithmetic writes the canonical NaN in every lane that is one.

const single = (stack: SlotStack, place: number, k: number): number => stack.F32[place + k] as number;
const double = (stack: SlotStack, place: number, k: number): number => stack.F64[(place >> 1) + k] as number;

export const unaryF32 = (f: (x: number) => number): VectorHandler => {
  return (stack, d, a) => {
    for (let k = 0; k < 4; k++) setF32(stack.F32, stack.I, d + k, f(single(stack, a, k)));
  };
};

export const binaryF32 = (f: (x: number, y: number) => number): VectorHandler => {
  return (stack, d, a, b) => {
    for (let k = 0; k < 4; k++) setF32(stack.F32, stack.I, d + k, f(single(stack, a, k), single(stack, b, k)));
  };
};

export const compareF32 = (f: (x: number, y: number) => boolean): VectorHandler => {
  return (stack, d, a, b) => {
    for (let k = 0; k < 4; k++) stack.I[d + k] = f(single(stack, a, k), single(stack, b, k)) ? -1 : 0;
  };
};

/** pmin, pmax: one operand's bits in each lane; `second` says which. */
export const chooseF32 = (second: (x: number, y: number) => boolean): VectorHandler => {
  return (stack, d, a, b) => {
    for (let k = 0; k < 4; k++) {
      stack.I[d + k] = stack.I[(second(single(stack, a, k), single(stack, b, k)) ? b : a) + k] as number;
    }
  };
};

export const unaryF64 = (f: (x: number) => number): VectorHandler => {
  return (stack, d, a) => {
    for (let k = 0; k < 2; k++) setF64(stack.F64, stack.I, d + 2 * k, f(double(stack, a, k)));
  };
};

export const binaryF64 = (f: (x: number, y: number) => number): VectorHandler => {
  return (stack, d, a, b) => {
    for (let k = 0; k < 2; k++) setF64(stack.F64, stack.I, d + 2 * k, f(double(stack, a, k), double(stack, b, k)));
  };
};

export const compareF64 = (f: (x: number, y: number) => boolean): VectorHandler => {
  return (stack, d, a, b) => {
    for (let k = 0; k < 2; k++) stack.B[(d >> 1) + k] = f(double(stack, a, k), double(stack, b, k)) ? -1n : 0n;
  };
};

/** pmin, pmax: one operand's bits in each lane; `second` says which. */
export const chooseF64 = (second: (x: number, y: number) => boolean): VectorHandler => {
  return (stack, d, a, b) => {
    for (let k = 0; k < 2; k++) {
      stack.B[(d >> 1) + k] = half(stack, second(double(stack, a, k), double(stack, b, k)) ? b : a, k);
    }
  };
};
