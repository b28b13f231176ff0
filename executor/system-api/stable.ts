// plumbing: what both stable memory interfaces have in common — canister-interface.md#system-api-stable-memory
import type { Execution } from '../execution.js';
import { LIMITS } from '../../spec/limits.js';
import { STABLE_PAGE_BYTES } from '../memory/stable-memory.js';
import { CanisterTrap, systemCallTrap } from '../trap.js';
import { checkMemory, type Address } from './blobs.js';

/** Wasm pages that the deprecated interface can address: 2^32 bytes. */
export const NARROW_PAGES = LIMITS.stable32Bytes.value / LIMITS.wasmPageBytes.value;

/** @throws CanisterTrap when the stable memory is larger than 2^32 bytes */
export function checkNarrow({ canister }: Execution): void {
  if (canister.stable.size > NARROW_PAGES) systemCallTrap('the stable memory is larger than 2^32 bytes');
}

function checkStable({ canister }: Execution, offset: Address, size: Address): void {
  if (offset + size > Number(canister.stable.bytes)) systemCallTrap('out of bounds of the stable memory');
}

/** Grows the stable memory. @returns the size before in Wasm pages, or undefined when it cannot grow */
export function growStable({ canister, profile }: Execution, pages: bigint): bigint | undefined {
  const { size } = canister.stable;
  if (size + pages > profile.limits.stablePages) return undefined;
  canister.stable.size = size + pages;
  return size;
}

/** Charges for the pages that this execution writes for the first time (CHARGING.md, 1.8). */
function chargePages(execution: Execution, offset: number, size: number): void {
  const { instance, fees } = execution;
  const written = (execution.stablePagesWritten ??= new Set());
  const known = written.size;
  for (let page = Math.floor(offset / STABLE_PAGE_BYTES); page * STABLE_PAGE_BYTES < offset + size; page++) {
    written.add(page);
  }
  const remaining = instance.remaining() - Number(fees.stablePages(written.size - known));
  instance.setRemaining(remaining);
  if (remaining < 0) throw new CanisterTrap('instruction-limit', 'the instruction limit is exceeded');
}

/** Copies from the Wasm memory into the stable memory. */
export function writeStable(execution: Execution, offset: Address, src: Address, size: Address): void {
  checkMemory(execution, src, size);
  checkStable(execution, offset, size);
  if (size === 0) return;
  chargePages(execution, offset, size);
  execution.canister.stable.write(offset, execution.instance.bytes().subarray(src, src + size));
}

/** Copies from the stable memory into the Wasm memory. */
export function readStable(execution: Execution, dst: Address, offset: Address, size: Address): void {
  checkMemory(execution, dst, size);
  checkStable(execution, offset, size);
  execution.canister.stable.read(offset, execution.instance.writable(dst, size));
}
