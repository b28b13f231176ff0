// spec-shaped: ic0.msg_cycles_refunded128 — canister-interface.md#system-api-cycles
import type { Execution } from '../execution.js';
import { copyCycles, type Address } from './blobs.js';

/** Cycles that came back with the response. */
export function msgCyclesRefunded128(execution: Execution, dst: Address): void {
  copyCycles(execution, dst, execution.refunded);
}
