// spec-shaped: ic0.root_key_copy — canister-interface.md#system-api-certified-data

import { copyToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';
import { fromHex } from '../text.js';

/** Copies a part of the root key. */
export function rootKeyCopy(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // arguments, effect
  copyToCanister(es, dst, offset, size, fromHex(es.profile.rootKey));
}
