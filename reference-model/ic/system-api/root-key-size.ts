// spec-shaped: ic0.root_key_size — canister-interface.md#system-api-certified-data

import { sizeOf } from '../blobs.js';
import type { Execution } from '../execution.js';
import { fromHex } from '../text.js';

/** Size of the root key. */
export function rootKeySize(es: Execution): bigint {
  // result
  return sizeOf(fromHex(es.profile.rootKey));
}
