// spec-shaped: ic0.cost_sign_with_schnorr — canister-interface.md#system-api-cycle-cost

import type { Execution } from '../execution.js';
import { costOfKey } from './support/key-cost.js';

/** Cycles for a Schnorr signature. 0: `dst` has them; 1: no such algorithm; 2: no such key. */
export function costSignWithSchnorr(es: Execution, src: bigint, size: bigint, algorithm: bigint, dst: bigint): bigint {
  // arguments, effect, result; 0 is bip340secp256k1, 1 is ed25519
  return costOfKey(es, src, size, algorithm, [0n, 1n], es.profile.fees.signWithSchnorr, dst);
}
