// spec-shaped: ic0.canister_liquid_cycle_balance128 — canister-interface.md#system-api-cycles
import type { Execution } from '../execution.js';
import { copyCycles, type Address } from './blobs.js';
import { liquidCycles } from './cycles.js';

/** The balance above the freezing limit. */
export function canisterLiquidCycleBalance128(execution: Execution, dst: Address): void {
  copyCycles(execution, dst, liquidCycles(execution));
}
