// spec-shaped: ic0.msg_cycles_refunded128 — canister-interface.md#system-api-cycles

import { copyCyclesToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Cycles that came back with the response. */
export function msgCyclesRefunded128(es: Execution, dst: bigint): void {
  // arguments, effect
  copyCyclesToCanister(es, dst, es.params.cyclesRefunded);
}
