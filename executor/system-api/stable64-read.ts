// spec-shaped: ic0.stable64_read — canister-interface.md#system-api-stable-memory
import type { Execution } from '../execution.js';
import { addressOf } from './blobs.js';
import { readStable } from './stable.js';

/** Copies from the stable memory into the memory. */
export function stable64Read(execution: Execution, dst: bigint, offset: bigint, size: bigint): void {
  readStable(execution, addressOf(dst), addressOf(offset), addressOf(size));
}
