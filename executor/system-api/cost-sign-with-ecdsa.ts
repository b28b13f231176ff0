// spec-shaped: ic0.cost_sign_with_ecdsa — canister-interface.md#system-api-cycle-cost
import type { Execution } from '../execution.js';
import type { Address } from './blobs.js';
import { keyCost } from './costs.js';

const SECP256K1 = 0;

/** The cost of a signature. @returns 0, 1 (invalid curve) or 2 (invalid key name) */
export function costSignWithEcdsa(
  execution: Execution,
  src: Address,
  size: Address,
  curve: number,
  dst: Address,
): number {
  return keyCost(execution, [src, size, curve, dst], [SECP256K1], execution.profile.fees.signWithEcdsa);
}
