// spec-shaped: ic0.cost_call — canister-interface.md#system-api-cycle-cost
import type { Execution } from '../execution.js';
import { saturate } from '../cycles.js';
import { copyCycles, type Address } from './blobs.js';

/** What a call needs above the freezing limit. */
export function costCall(execution: Execution, nameSize: bigint, payloadSize: bigint, dst: Address): void {
  const { call, callByte } = execution.profile.fees;
  const bytes = nameSize + payloadSize;
  copyCycles(execution, dst, saturate(call + callByte * bytes + execution.fees.maxResponse(execution.instance.width)));
}
