// spec-shaped: ic0.stable_grow — canister-interface.md#system-api-stable-memory
import type { Execution } from '../execution.js';
import { checkNarrow, growStable, NARROW_PAGES } from './stable.js';

/** Grows the stable memory, at most to 2^32 bytes. @returns the size before in pages, or -1 */
export function stableGrow(execution: Execution, pages: number): number {
  checkNarrow(execution);
  if (execution.canister.stable.size + BigInt(pages) > NARROW_PAGES) return -1;
  return Number(growStable(execution, BigInt(pages)) ?? -1n);
}
