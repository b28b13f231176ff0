// spec-shaped: ic0.canister_self_copy — canister-interface.md#system-api-canister-self

import { copyToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';
import { principalBytes } from '../text.js';

/** Copies a part of the id of the canister. */
export function canisterSelfCopy(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // arguments, effect
  copyToCanister(es, dst, offset, size, principalBytes(es.canister.id));
}
