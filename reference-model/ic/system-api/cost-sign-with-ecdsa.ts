// spec-shaped: ic0.cost_sign_with_ecdsa — canister-interface.md#system-api-cycle-cost

import type { Execution } from '../execution.js';
import { costOfKey } from './support/key-cost.js';

/** Cycles for an ECDSA signature. 0: `dst` has them; 1: no such curve; 2: no such key. */
export function costSignWithEcdsa(es: Execution, src: bigint, size: bigint, ecdsaCurve: bigint, dst: bigint): bigint {
  // arguments, effect, result; 0 is secp256k1
  return costOfKey(es, src, size, ecdsaCurve, [0n], es.profile.fees.signWithEcdsa, dst);
}
