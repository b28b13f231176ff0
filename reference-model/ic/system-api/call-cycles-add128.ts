// spec-shaped: ic0.call_cycles_add128 — canister-interface.md#system-api-cycles

import { amountOf } from '../blobs.js';
import type { Execution } from '../execution.js';
import { attachCycles } from './support/attach-cycles.js';

/** Moves cycles from the balance to the call under construction. */
export function callCyclesAdd128(es: Execution, amountHigh: bigint, amountLow: bigint): void {
  // context, effect
  attachCycles(es, amountOf(amountHigh, amountLow));
}
