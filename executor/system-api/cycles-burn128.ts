// spec-shaped: ic0.cycles_burn128 — canister-interface.md#system-api-cycles
import type { Execution } from '../execution.js';
import { checkMemory, copyCycles, wide, type Address } from './blobs.js';
import { liquidCycles } from './cycles.js';

/** Burns cycles, at most the liquid balance, and writes how many. */
export function cyclesBurn128(execution: Execution, high: bigint, low: bigint, dst: Address): void {
  // The destination is judged first, so that a trap burns nothing.
  checkMemory(execution, dst, 16);
  const most = wide(high, low);
  const liquid = liquidCycles(execution);
  const amount = most < liquid ? most : liquid;
  execution.canister.balance -= amount;
  execution.burned += amount;
  copyCycles(execution, dst, amount);
}
