// spec-shaped: ic0.cost_vetkd_derive_key — canister-interface.md#system-api-cycle-cost

import type { Execution } from '../execution.js';
import { costOfKey } from './support/key-cost.js';

/** Cycles for a vetKD key. 0: `dst` has them; 1: no such curve; 2: no such key. */
export function costVetkdDeriveKey(es: Execution, src: bigint, size: bigint, vetkdCurve: bigint, dst: bigint): bigint {
  // arguments, effect, result; 0 is bls12_381
  return costOfKey(es, src, size, vetkdCurve, [0n], es.profile.fees.vetkdDeriveKey, dst);
}
