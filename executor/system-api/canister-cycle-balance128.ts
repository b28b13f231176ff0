// spec-shaped: ic0.canister_cycle_balance128 — canister-interface.md#system-api-cycles
import type { Execution } from '../execution.js';
import { copyCycles, type Address } from './blobs.js';

/** The balance. */
export function canisterCycleBalance128(execution: Execution, dst: Address): void {
  copyCycles(execution, dst, execution.canister.balance);
}
