// spec-shaped: ic0.msg_cycles_refunded — canister-interface.md#system-api-cycles

import { as64Bits } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Cycles that came back with the response, if they fit 64 bits. */
export function msgCyclesRefunded(es: Execution): bigint {
  // result
  return as64Bits(es.params.cyclesRefunded);
}
