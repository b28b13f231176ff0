// spec-shaped: ic0.stable64_read — canister-interface.md#system-api-stable-memory

import type { Execution } from '../execution.js';
import { readStable } from './support/stable-memory.js';

/** Copies from the stable memory to the Wasm memory. */
export function stable64Read(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // arguments, effect
  readStable(es, dst, offset, size);
}
