// plumbing: npm's wabt as the harness uses it — text to binary, and a third voice on validity
import type wabtFactory from 'wabt';

export type Wabt = Awaited<ReturnType<typeof wabtFactory>>;

/** What wabt has to know beyond WebAssembly 1.0. */
export const WABT_FEATURES = {
  mutable_globals: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  multi_value: true,
  bulk_memory: true,
  reference_types: true,
  memory64: true,
  extended_const: true,
};
