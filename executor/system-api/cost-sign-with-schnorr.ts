// spec-shaped: ic0.cost_sign_with_schnorr — canister-interface.md#system-api-cycle-cost
import type { Execution } from '../execution.js';
import type { Address } from './blobs.js';
import { keyCost } from './costs.js';

const BIP340_SECP256K1 = 0;
const ED25519 = 1;

/** The cost of a signature. @returns 0, 1 (invalid algorithm) or 2 (invalid key name) */
export function costSignWithSchnorr(
  execution: Execution,
  src: Address,
  size: Address,
  algorithm: number,
  dst: Address,
): number {
  return keyCost(
    execution,
    [src, size, algorithm, dst],
    [BIP340_SECP256K1, ED25519],
    execution.profile.fees.signWithSchnorr,
  );
}
