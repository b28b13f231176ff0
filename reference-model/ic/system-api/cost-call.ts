// spec-shaped: ic0.cost_call — canister-interface.md#system-api-cycle-cost

import { copyCyclesToCanister } from '../blobs.js';
import { callCost } from '../charging.js';
import type { Execution } from '../execution.js';

/** Cycles that a call of these sizes needs above the freezing limit. */
export function costCall(es: Execution, methodNameSize: bigint, payloadSize: bigint, dst: bigint): void {
  // arguments, effect
  copyCyclesToCanister(es, dst, callCost(es.profile, es.width, methodNameSize, payloadSize));
}
