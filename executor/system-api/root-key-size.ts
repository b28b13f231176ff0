// spec-shaped: ic0.root_key_size — canister-interface.md#system-api-certified-data
import { blobOf } from '../blob.js';
import type { Execution } from '../execution.js';

/** The size of the root key, in bytes. */
export function rootKeySize(execution: Execution): number {
  return blobOf(execution.profile.rootKey).length;
}
