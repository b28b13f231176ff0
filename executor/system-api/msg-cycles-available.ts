// spec-shaped: ic0.msg_cycles_available — canister-interface.md#system-api-cycles
import type { Execution } from '../execution.js';
import { narrow } from './blobs.js';
import { availableCycles } from './cycles.js';

/** Cycles of the call that may still be accepted; traps where they do not fit into 64 bits. */
export function msgCyclesAvailable(execution: Execution): bigint {
  return narrow(availableCycles(execution));
}
