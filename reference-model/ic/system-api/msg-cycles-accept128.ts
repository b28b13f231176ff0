// spec-shaped: ic0.msg_cycles_accept128 — canister-interface.md#system-api-cycles

import { amountOf, checkCyclesDestination, copyCyclesToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';
import { acceptCycles } from './support/accept-cycles.js';

/** Moves cycles from the call to the balance, as many as possible up to the amount; `dst` gets how many. */
export function msgCyclesAccept128(es: Execution, maxAmountHigh: bigint, maxAmountLow: bigint, dst: bigint): void {
  // arguments
  checkCyclesDestination(es, dst);
  // effect
  const accepted = acceptCycles(es, amountOf(maxAmountHigh, maxAmountLow));
  copyCyclesToCanister(es, dst, accepted);
}
