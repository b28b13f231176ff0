// spec-shaped: ic0.stable_write — canister-interface.md#system-api-stable-memory

import type { Execution } from '../execution.js';
import { checkDeprecatedSize, writeStable } from './support/stable-memory.js';

/** Copies from the Wasm memory to a stable memory of up to 4 GiB. */
export function stableWrite(es: Execution, offset: bigint, src: bigint, size: bigint): void {
  // context
  checkDeprecatedSize(es);
  // arguments, effect
  writeStable(es, offset, src, size);
}
