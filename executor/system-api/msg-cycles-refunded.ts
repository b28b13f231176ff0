// spec-shaped: ic0.msg_cycles_refunded — canister-interface.md#system-api-cycles
import type { Execution } from '../execution.js';
import { narrow } from './blobs.js';

/** Cycles that came back with the response; traps where they do not fit into 64 bits. */
export function msgCyclesRefunded(execution: Execution): bigint {
  return narrow(execution.refunded);
}
