// spec-shaped: ic0.subnet_self_size — canister-interface.md#system-api-canister-self
import type { Execution } from '../execution.js';
import { bytesOf } from '../../spec/vocabulary/brands.js';

/** The size of the subnet's id, in bytes. */
export function subnetSelfSize(execution: Execution): number {
  return bytesOf(execution.profile.subnetId).length;
}
