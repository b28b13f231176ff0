// spec-shaped: ic0.msg_cycles_available128 — canister-interface.md#system-api-cycles

import { copyCyclesToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Cycles that came with the call and are still in it. */
export function msgCyclesAvailable128(es: Execution, dst: bigint): void {
  // arguments, effect
  copyCyclesToCanister(es, dst, es.cyclesAvailable);
}
