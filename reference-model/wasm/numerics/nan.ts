// spec-shaped: the bits of a NaN that arithmetic gives — WebAssembly "Numerics: NaN Propagation"
//
// WebAssembly leaves sign and payload of such a NaN to the implementation. The profiles take the canonical one: positive, only the top bit of
// the payload set. To find out what depends on it, a run can take another one.

/** As 32-bit words. */
export interface NanBits {
  readonly f32: number;
  readonly f64Low: number;
  readonly f64High: number;
}

const CANONICAL: NanBits = { f32: 0x7fc00000, f64Low: 0, f64High: 0x7ff80000 };

/** What results are that are not a number. */
export let nan: NanBits = CANONICAL;

/** Runs a function in which arithmetic gives other NaNs; undefined: the canonical ones. */
export function withNan<T>(bits: NanBits | undefined, run: () => T): T {
  const before = nan;
  nan = bits ?? CANONICAL;
  try {
    return run();
  } finally {
    nan = before;
  }
}
