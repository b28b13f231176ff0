// spec-shaped: ic0.canister_liquid_cycle_balance128 — canister-interface.md#system-api-cycles

import { copyCyclesToCanister } from '../blobs.js';
import { spendableBalance, type Execution } from '../execution.js';

/** The part of the balance that may be spent. */
export function canisterLiquidCycleBalance128(es: Execution, dst: bigint): void {
  // arguments, effect
  copyCyclesToCanister(es, dst, spendableBalance(es));
}
