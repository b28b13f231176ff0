// spec-shaped: ic0.cost_http_request — canister-interface.md#system-api-cycle-cost
import type { Execution } from '../execution.js';
import { saturate } from '../cycles.js';
import { copyCycles, type Address } from './blobs.js';

/** The cost of an HTTP outcall. */
export function costHttpRequest(
  execution: Execution,
  requestSize: bigint,
  maxResponseBytes: bigint,
  dst: Address,
): void {
  const { fees, subnetNodes: nodes } = execution.profile;
  const { base, node, requestByte, responseByte } = fees.httpRequest;
  const each = base + node * nodes + requestByte * requestSize + responseByte * maxResponseBytes;
  copyCycles(execution, dst, saturate(each * nodes));
}
