// spec-shaped: ic0.cost_http_request — canister-interface.md#system-api-cycle-cost

import { copyCyclesToCanister } from '../blobs.js';
import { httpRequestCost } from '../charging.js';
import type { Execution } from '../execution.js';

/** Cycles for an HTTP outcall of these sizes. */
export function costHttpRequest(es: Execution, requestSize: bigint, maxResBytes: bigint, dst: bigint): void {
  // arguments, effect
  copyCyclesToCanister(es, dst, httpRequestCost(es.profile, requestSize, maxResBytes));
}
