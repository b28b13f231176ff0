// spec-shaped: ic0.stable64_grow — canister-interface.md#system-api-stable-memory
import type { Execution } from '../execution.js';
import { growStable } from './stable.js';

/** Grows the stable memory. @returns the size before in pages, or -1 */
export function stable64Grow(execution: Execution, pages: bigint): bigint {
  return growStable(execution, pages) ?? 0xffff_ffff_ffff_ffffn;
}
