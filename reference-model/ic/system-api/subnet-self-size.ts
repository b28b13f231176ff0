// spec-shaped: ic0.subnet_self_size — canister-interface.md#system-api-canister-self

import { sizeOf } from '../blobs.js';
import type { Execution } from '../execution.js';
import { principalBytes } from '../text.js';

/** Size of the id of the subnet. */
export function subnetSelfSize(es: Execution): bigint {
  // result
  return sizeOf(principalBytes(es.profile.subnetId));
}
