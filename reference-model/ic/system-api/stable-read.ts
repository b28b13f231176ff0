// spec-shaped: ic0.stable_read — canister-interface.md#system-api-stable-memory

import type { Execution } from '../execution.js';
import { checkDeprecatedSize, readStable } from './support/stable-memory.js';

/** Copies from a stable memory of up to 4 GiB to the Wasm memory. */
export function stableRead(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // context
  checkDeprecatedSize(es);
  // arguments, effect
  readStable(es, dst, offset, size);
}
