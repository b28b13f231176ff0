// plumbing: copying between the canister's memory and the system — canister-interface.md#system-api (blob-typed arguments and results)
import type { Execution } from '../execution.js';
import type { Blob } from '../state.js';
import { systemCallTrap } from '../trap.js';

/** A parameter of type I, unsigned; beyond 2^53 Infinity, which is out of every range. */
export type Address = number;

/** An unsigned i64 as an address. */
export function addressOf(value: bigint): Address {
  return value > 0x1f_ffff_ffff_ffffn ? Infinity : Number(value);
}

/** @throws CanisterTrap unless [start, start + size) lies within the Wasm memory; sums do not wrap */
export function checkMemory(execution: Execution, start: Address, size: Address): void {
  if (start + size > execution.instance.bytes().length) systemCallTrap('out of bounds of the Wasm memory');
}

/** The data at `src`, copied out of the canister. */
export function copyIn(execution: Execution, src: Address, size: Address): Blob {
  checkMemory(execution, src, size);
  return execution.instance.bytes().slice(src, src + size);
}

/** Copies `size` bytes of a blob from `offset` on to `dst`; the destination is judged first. */
export function copyOut(execution: Execution, dst: Address, offset: Address, size: Address, blob: Blob): void {
  checkMemory(execution, dst, size);
  if (offset + size > blob.length) systemCallTrap('out of bounds of the blob');
  execution.instance.writable(dst, size).set(blob.subarray(offset, offset + size));
}

/** Writes an amount of cycles as 16 bytes, little-endian. */
export function copyCycles(execution: Execution, dst: Address, amount: bigint): void {
  checkMemory(execution, dst, 16);
  const bytes = execution.instance.writable(dst, 16);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setBigUint64(0, amount & 0xffff_ffff_ffff_ffffn, true);
  view.setBigUint64(8, amount >> 64n, true);
}

/** A 128-bit amount from its halves. */
export function wide(high: bigint, low: bigint): bigint {
  return (high << 64n) | low;
}

/** @throws CanisterTrap unless the amount fits into 64 bits */
export function narrow(amount: bigint): bigint {
  if (amount >> 64n !== 0n) systemCallTrap('the amount of cycles does not fit into 64 bits');
  return amount;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossy = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text, or undefined where the bytes are not valid UTF-8. */
export function utf8(bytes: Blob): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The text with U+FFFD for what is not valid UTF-8. */
export function utf8Lossy(bytes: Blob): string {
  return lossy.decode(bytes);
}
