// spec-shaped: ic0.canister_cycle_balance — canister-interface.md#system-api-cycles

import { as64Bits } from '../blobs.js';
import type { Execution } from '../execution.js';

/** The balance, if it fits 64 bits. */
export function canisterCycleBalance(es: Execution): bigint {
  // result
  return as64Bits(es.balance);
}
