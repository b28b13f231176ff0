// spec-shaped: ic0.stable64_size — canister-interface.md#system-api-stable-memory
import type { Execution } from '../execution.js';

/** The size of the stable memory in pages of 64 KiB. */
export function stable64Size(execution: Execution): bigint {
  return execution.canister.stable.size;
}
