// spec-shaped: ic0.subnet_self_size — canister-interface.md#system-api-canister-self
import { principalBytes } from '../blob.js';
import type { Execution } from '../execution.js';

/** The size of the subnet's id, in bytes. */
export function subnetSelfSize(execution: Execution): number {
  return principalBytes(execution.profile.subnetId).length;
}
