// spec-shaped: ic0.stable64_write — canister-interface.md#system-api-stable-memory

import type { Execution } from '../execution.js';
import { writeStable } from './support/stable-memory.js';

/** Copies from the Wasm memory to the stable memory. */
export function stable64Write(es: Execution, offset: bigint, src: bigint, size: bigint): void {
  // arguments, effect
  writeStable(es, offset, src, size);
}
