// spec-shaped: ic0.cost_create_canister — canister-interface.md#system-api-cycle-cost

import { copyCyclesToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Cycles for the creation of a canister. */
export function costCreateCanister(es: Execution, dst: bigint): void {
  // arguments, effect
  copyCyclesToCanister(es, dst, es.profile.fees.createCanister);
}
