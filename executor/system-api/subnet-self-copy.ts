// spec-shaped: ic0.subnet_self_copy — canister-interface.md#system-api-canister-self
import { principalBytes } from '../blob.js';
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';

/** Copies a part of the subnet's id into the memory. */
export function subnetSelfCopy(execution: Execution, dst: Address, offset: Address, size: Address): void {
  copyOut(execution, dst, offset, size, principalBytes(execution.profile.subnetId));
}
