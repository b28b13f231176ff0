// spec-shaped: ic0.stable_size — canister-interface.md#system-api-stable-memory
import type { Execution } from '../execution.js';
import { checkNarrow } from './stable.js';

/** The size of the stable memory in pages; traps where it exceeds 2^32 bytes. */
export function stableSize(execution: Execution): number {
  checkNarrow(execution);
  return Number(execution.canister.stable.size);
}
