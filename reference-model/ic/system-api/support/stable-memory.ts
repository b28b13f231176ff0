// spec-shaped: access to stable memory — canister-interface.md#system-api-stable-memory

import { LIMITS } from '../../../../spec/limits.js';
import { checkMemory, copyFromCanister, writeToCanister } from '../../blobs.js';
import { trap, type Execution } from '../../execution.js';
import { STABLE_PAGE_BYTES } from '../../stable-memory.js';

/** The deprecated functions work up to 2^32 bytes: so many WebAssembly pages. */
export const DEPRECATED_PAGES = LIMITS.stable32Bytes.value / LIMITS.wasmPageBytes.value;

/** What growing gives when it fails: -1. */
export const NO_PAGES = -1n;

/** Traps when the stable memory is too large for the deprecated functions. */
export function checkDeprecatedSize(es: Execution): void {
  if (es.stable.pages > DEPRECATED_PAGES) trap('the stable memory is larger than 2^32 bytes');
}

/** Traps unless the range lies within the stable memory. Sums do not wrap. */
function checkStable(es: Execution, offset: bigint, size: bigint): void {
  if (offset + size > es.stable.bytes) trap(`bytes ${offset} to ${offset + size} are beyond the stable memory`);
}

/** Copies `memory[src..src+size]` to `stable[offset..offset+size]`. */
export function writeStable(es: Execution, offset: bigint, src: bigint, size: bigint): void {
  checkMemory(es, src, size);
  checkStable(es, offset, size);
  chargePages(es, offset, size);
  es.stable.write(offset, copyFromCanister(es, src, size));
}

/** Copies `stable[offset..offset+size]` to `memory[dst..dst+size]`. */
export function readStable(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  checkMemory(es, dst, size);
  checkStable(es, offset, size);
  writeToCanister(es, dst, es.stable.read(offset, size));
}

/** Charges for the pages that this execution writes for the first time — CHARGING.md, section 1.8. */
function chargePages(es: Execution, offset: bigint, size: bigint): void {
  if (size === 0n) return;
  const first = Math.floor(Number(offset) / STABLE_PAGE_BYTES);
  const last = Math.floor(Number(offset + size - 1n) / STABLE_PAGE_BYTES);
  let fresh = 0n;
  for (let page = first; page <= last; page++) if (!es.stable.hasWritten(page)) fresh++;
  es.instance.meter.charge(fresh * es.profile.systemCalls.stablePageFirstWritten);
}
