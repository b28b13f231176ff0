// spec-shaped: ic0.stable_write — canister-interface.md#system-api-stable-memory
import type { Execution } from '../execution.js';
import { checkNarrow, writeStable } from './stable.js';

/** Copies from the memory into the stable memory; traps where that exceeds 2^32 bytes. */
export function stableWrite(execution: Execution, offset: number, src: number, size: number): void {
  checkNarrow(execution);
  writeStable(execution, offset, src, size);
}
