// spec-shaped: how blobs, texts and amounts of cycles pass between a canister and the system — canister-interface.md#blob-typed-arguments-and-results

import { trap, wasmMemoryBytes, type Execution } from './execution.js';

/** Traps unless `[at, at + size)` lies within the Wasm memory. Sums do not wrap. */
export function checkMemory(es: Execution, at: bigint, size: bigint): void {
  if (at + size > wasmMemoryBytes(es)) trap(`bytes ${at} to ${at + size} are beyond the Wasm memory`);
}

/** `copy_from_canister`: the bytes that `src` and `size` refer to, as they are now. Traps beyond the memory. */
export function copyFromCanister(es: Execution, src: bigint, size: bigint): Uint8Array {
  checkMemory(es, src, size);
  return es.instance.memory(0)?.read(src, size) ?? new Uint8Array();
}

/** Writes bytes at `dst`. Traps beyond the memory. */
export function writeToCanister(es: Execution, dst: bigint, bytes: Uint8Array): void {
  checkMemory(es, dst, BigInt(bytes.length));
  es.instance.memory(0)?.write(dst, bytes);
}

/** `copy_to_canister`: `blob[offset..offset+size]` to `memory[dst..dst+size]`. Traps when either range is out of bounds. */
export function copyToCanister(es: Execution, dst: bigint, offset: bigint, size: bigint, blob: Uint8Array): void {
  checkMemory(es, dst, size);
  if (offset + size > BigInt(blob.length))
    trap(`bytes ${offset} to ${offset + size} of a blob of ${blob.length} bytes`);
  es.instance.memory(0)?.write(dst, blob.subarray(Number(offset), Number(offset + size)));
}

/** The size of a blob as a result. */
export function sizeOf(blob: Uint8Array): bigint {
  return BigInt(blob.length);
}

/** Bytes of an amount of cycles in memory. */
const CYCLES_BYTES = 16n;

/** Traps unless there is room for an amount of cycles at `dst`. */
export function checkCyclesDestination(es: Execution, dst: bigint): void {
  checkMemory(es, dst, CYCLES_BYTES);
}

/** `copy_cycles_to_canister`: the amount as 16 little-endian bytes at `dst`. Traps beyond the memory. */
export function copyCyclesToCanister(es: Execution, dst: bigint, amount: bigint): void {
  const bytes = new Uint8Array(Number(CYCLES_BYTES));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt.asUintN(64, amount), true);
  view.setBigUint64(8, amount >> 64n, true);
  writeToCanister(es, dst, bytes);
}

/** An amount of cycles from its high and low 64 bits. */
export function amountOf(high: bigint, low: bigint): bigint {
  return (high << 64n) | low;
}

const TWO_TO_64 = 1n << 64n;

/** The amount as an i64; traps when it does not fit. */
export function as64Bits(amount: bigint): bigint {
  if (amount >= TWO_TO_64) trap(`${amount} does not fit into 64 bits`);
  return amount;
}

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
