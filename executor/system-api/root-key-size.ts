// spec-shaped: ic0.root_key_size — canister-interface.md#system-api-certified-data
import type { Execution } from '../execution.js';
import { bytesOf } from '../../spec/vocabulary/brands.js';

/** The size of the root key, in bytes. */
export function rootKeySize(execution: Execution): number {
  return bytesOf(execution.profile.rootKey).length;
}
