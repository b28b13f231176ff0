// spec-shaped: ic0.subnet_self_copy — canister-interface.md#system-api-canister-self

import { copyToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';
import { principalBytes } from '../text.js';

/** Copies a part of the id of the subnet. */
export function subnetSelfCopy(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // arguments, effect
  copyToCanister(es, dst, offset, size, principalBytes(es.profile.subnetId));
}
