// spec-shaped: ic0.stable_grow — canister-interface.md#system-api-stable-memory

import type { Execution } from '../execution.js';
import { DEPRECATED_PAGES, NO_PAGES, checkDeprecatedSize } from './support/stable-memory.js';

/** Adds pages of zeroes, up to 4 GiB in all; the old size, or -1. */
export function stableGrow(es: Execution, newPages: bigint): bigint {
  // context
  checkDeprecatedSize(es);
  // effect
  const oldPages = es.stable.pages;
  const pages = oldPages + newPages;
  if (pages > DEPRECATED_PAGES || pages > es.profile.limits.stablePages) return NO_PAGES;
  es.stable.grow(newPages);
  // result
  return oldPages;
}
