// spec-shaped: ic0.stable_size — canister-interface.md#system-api-stable-memory

import type { Execution } from '../execution.js';
import { checkDeprecatedSize } from './support/stable-memory.js';

/** Size of the stable memory in WebAssembly pages, up to 4 GiB. */
export function stableSize(es: Execution): bigint {
  // context
  checkDeprecatedSize(es);
  // result
  return es.stable.pages;
}
