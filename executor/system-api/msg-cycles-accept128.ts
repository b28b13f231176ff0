// spec-shaped: ic0.msg_cycles_accept128 — canister-interface.md#system-api-cycles
import type { Execution } from '../execution.js';
import { checkMemory, copyCycles, wide, type Address } from './blobs.js';
import { acceptCycles } from './cycles.js';

/** Moves cycles from the call to the balance and writes how many. */
export function msgCyclesAccept128(execution: Execution, high: bigint, low: bigint, dst: Address): void {
  // The destination is judged first, so that a trap accepts nothing.
  checkMemory(execution, dst, 16);
  copyCycles(execution, dst, acceptCycles(execution, wide(high, low)));
}
