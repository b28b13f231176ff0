// spec-shaped: ic0.cost_vetkd_derive_key — canister-interface.md#system-api-cycle-cost
import type { Execution } from '../execution.js';
import type { Address } from './blobs.js';
import { keyCost } from './costs.js';

const BLS12_381 = 0;

/** The cost of deriving a key. @returns 0, 1 (invalid curve) or 2 (invalid key name) */
export function costVetkdDeriveKey(
  execution: Execution,
  src: Address,
  size: Address,
  curve: number,
  dst: Address,
): number {
  return keyCost(execution, [src, size, curve, dst], [BLS12_381], execution.profile.fees.vetkdDeriveKey);
}
