// spec-shaped: ic0.call_cycles_add128 — canister-interface.md#system-api-call
import type { Execution } from '../execution.js';
import { wide } from './blobs.js';
import { attachCycles } from './calls.js';

/** Moves cycles from the balance onto the call under construction. */
export function callCyclesAdd128(execution: Execution, high: bigint, low: bigint): void {
  attachCycles(execution, wide(high, low));
}
