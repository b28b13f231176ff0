// spec-shaped: ic0.canister_cycle_balance128 — canister-interface.md#system-api-cycles

import { copyCyclesToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';

/** The balance. */
export function canisterCycleBalance128(es: Execution, dst: bigint): void {
  // arguments, effect
  copyCyclesToCanister(es, dst, es.balance);
}
