// spec-shaped: ic0.stable64_size — canister-interface.md#system-api-stable-memory

import type { Execution } from '../execution.js';

/** Size of the stable memory in WebAssembly pages. */
export function stable64Size(es: Execution): bigint {
  // result
  return es.stable.pages;
}
