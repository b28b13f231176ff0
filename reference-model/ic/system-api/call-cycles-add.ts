// spec-shaped: ic0.call_cycles_add — canister-interface.md#system-api-cycles

import type { Execution } from '../execution.js';
import { attachCycles } from './support/attach-cycles.js';

/** Moves cycles from the balance to the call under construction. */
export function callCyclesAdd(es: Execution, amount: bigint): void {
  // context, effect
  attachCycles(es, amount);
}
