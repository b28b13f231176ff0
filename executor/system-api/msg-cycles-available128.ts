// spec-shaped: ic0.msg_cycles_available128 — canister-interface.md#system-api-cycles
import type { Execution } from '../execution.js';
import { copyCycles, type Address } from './blobs.js';
import { availableCycles } from './cycles.js';

/** Cycles of the call that may still be accepted. */
export function msgCyclesAvailable128(execution: Execution, dst: Address): void {
  copyCycles(execution, dst, availableCycles(execution));
}
