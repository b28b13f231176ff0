// spec-shaped: ic0.root_key_copy — canister-interface.md#system-api-certified-data
import { blobOf } from '../blob.js';
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';

/** Copies a part of the root key into the memory. */
export function rootKeyCopy(execution: Execution, dst: Address, offset: Address, size: Address): void {
  copyOut(execution, dst, offset, size, blobOf(execution.profile.rootKey));
}
