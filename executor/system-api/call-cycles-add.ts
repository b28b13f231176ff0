// spec-shaped: ic0.call_cycles_add — canister-interface.md#system-api-call
import type { Execution } from '../execution.js';
import { attachCycles } from './calls.js';

/** Moves cycles from the balance onto the call under construction. */
export function callCyclesAdd(execution: Execution, amount: bigint): void {
  attachCycles(execution, amount);
}
