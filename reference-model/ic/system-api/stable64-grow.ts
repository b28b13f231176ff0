// spec-shaped: ic0.stable64_grow — canister-interface.md#system-api-stable-memory

import type { Execution } from '../execution.js';
import { NO_PAGES } from './support/stable-memory.js';

/** Adds pages of zeroes; the old size, or -1. */
export function stable64Grow(es: Execution, newPages: bigint): bigint {
  // effect
  const oldPages = es.stable.pages;
  if (oldPages + newPages > es.profile.limits.stablePages) return NO_PAGES;
  es.stable.grow(newPages);
  // result
  return oldPages;
}
