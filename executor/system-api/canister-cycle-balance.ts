// spec-shaped: ic0.canister_cycle_balance — canister-interface.md#system-api-cycles
import type { Execution } from '../execution.js';
import { narrow } from './blobs.js';

/** The balance; traps where it does not fit into 64 bits. */
export function canisterCycleBalance(execution: Execution): bigint {
  return narrow(execution.canister.balance);
}
