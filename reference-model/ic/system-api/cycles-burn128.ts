// spec-shaped: ic0.cycles_burn128 — canister-interface.md#system-api-cycles

import { amountOf, checkCyclesDestination, copyCyclesToCanister, min } from '../blobs.js';
import { spendableBalance, type Execution } from '../execution.js';

/** Burns cycles of the balance, as many as can be spent up to the amount; `dst` gets how many. */
export function cyclesBurn128(es: Execution, amountHigh: bigint, amountLow: bigint, dst: bigint): void {
  // arguments
  checkCyclesDestination(es, dst);
  // effect
  const burned = min(amountOf(amountHigh, amountLow), spendableBalance(es));
  es.balance -= burned;
  es.cyclesBurned += burned;
  copyCyclesToCanister(es, dst, burned);
}
