// spec-shaped: ic0.stable_read — canister-interface.md#system-api-stable-memory
import type { Execution } from '../execution.js';
import { checkNarrow, readStable } from './stable.js';

/** Copies from the stable memory into the memory; traps where the stable memory exceeds 2^32 bytes. */
export function stableRead(execution: Execution, dst: number, offset: number, size: number): void {
  checkNarrow(execution);
  readStable(execution, dst, offset, size);
}
