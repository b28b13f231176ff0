// spec-shaped: ic0.msg_cycles_available — canister-interface.md#system-api-cycles

import { as64Bits } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Cycles that came with the call and are still in it, if they fit 64 bits. */
export function msgCyclesAvailable(es: Execution): bigint {
  // result
  return as64Bits(es.cyclesAvailable);
}
