// spec-shaped: ic0.stable64_write — canister-interface.md#system-api-stable-memory
import type { Execution } from '../execution.js';
import { addressOf } from './blobs.js';
import { writeStable } from './stable.js';

/** Copies from the memory into the stable memory. */
export function stable64Write(execution: Execution, offset: bigint, src: bigint, size: bigint): void {
  writeStable(execution, addressOf(offset), addressOf(src), addressOf(size));
}
