// plumbing: the loads and stores that the run loop does not do itself, and effective addresses — WebAssembly "Execution: Memory Instructions"

import { Crash } from '../../../spec/vocabulary/engine.js';
import { PAGE_BYTES, type MemoryInstance, type Page } from '../runtime/memory.js';
import { WasmTrap } from '../runtime/trap.js';
import type { Op } from './opcodes.js';

/** The trap of an access outside the memory. */
export const outOfBounds = (): WasmTrap => new WasmTrap('memory-out-of-bounds');

/** Multiplying an address with it, and cutting off the fraction, gives the page: exact for every address that exists. */
export const PER_PAGE = 1 / PAGE_BYTES;

/**
 * The effective address in a memory with 64-bit addresses, as a double: exact below 2^53, and far outside of every memory
 * above that. Offsets from 2^32 on were added by `add wide offset`.
 */
export const wideAddress = (I: Int32Array, a: number, offset: number): number =>
  ((I[a + 1] as number) >>> 0) * 4294967296 + ((I[a] as number) >>> 0) + (offset >>> 0);

/** `add wide offset`: adds an offset from 2^32 on to a 64-bit address; a sum that does not fit becomes the largest address. */
export function addWideOffset(I: Int32Array, d: number, a: number, low: number, high: number): void {
  const sum = ((I[a] as number) >>> 0) + (low >>> 0);
  const sumHigh = ((I[a + 1] as number) >>> 0) + (high >>> 0) + (sum > 0xffffffff ? 1 : 0);
  I[d] = sumHigh > 0xffffffff ? -1 : sum;
  I[d + 1] = sumHigh > 0xffffffff ? -1 : sumHigh;
}

/** How many bytes loads and stores access, in the order of their opcodes. */
const ACCESS_BYTES = [4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4, 4, 8, 4, 8, 1, 2, 1, 2, 4];

const accessBytes = (op: number): number => ACCESS_BYTES[op - (0x28 satisfies Op['i32.load'])] as number;

/** A load other than the most frequent ones, and any load that crosses pages. `ea` is the effective address. */
export function load(memory: MemoryInstance, op: number, I: Int32Array, d: number, ea: number): void {
  const bytes = accessBytes(op);
  if (ea + bytes > memory.byteLength) throw outOfBounds();
  const within = ea & (PAGE_BYTES - 1);
  if (within + bytes > PAGE_BYTES) loadFrom(memory.load(ea, bytes), 0, op, I, d);
  else loadFrom((memory.pages[(ea * PER_PAGE) | 0] as Page).view, within, op, I, d);
}

function loadFrom(view: DataView, at: number, op: number, I: Int32Array, d: number): void {
  switch (op) {
    case 0x28 satisfies Op['i32.load']:
    case 0x2a satisfies Op['f32.load']:
      I[d] = view.getInt32(at, true);
      return;
    case 0x29 satisfies Op['i64.load']:
    case 0x2b satisfies Op['f64.load']:
      I[d] = view.getInt32(at, true);
      I[d + 1] = view.getInt32(at + 4, true);
      return;
    case 0x2c satisfies Op['i32.load8_s']:
    case 0x30 satisfies Op['i64.load8_s']:
      I[d] = view.getInt8(at);
      break;
    case 0x2d satisfies Op['i32.load8_u']:
    case 0x31 satisfies Op['i64.load8_u']:
      I[d] = view.getUint8(at);
      break;
    case 0x2e satisfies Op['i32.load16_s']:
    case 0x32 satisfies Op['i64.load16_s']:
      I[d] = view.getInt16(at, true);
      break;
    case 0x2f satisfies Op['i32.load16_u']:
    case 0x33 satisfies Op['i64.load16_u']:
      I[d] = view.getUint16(at, true);
      break;
    case 0x34 satisfies Op['i64.load32_s']:
      I[d] = view.getInt32(at, true);
      break;
    case 0x35 satisfies Op['i64.load32_u']:
      I[d] = view.getInt32(at, true);
      I[d + 1] = 0;
      return;
    default:
      throw new Crash(`not a load: ${op}`);
  }
  // The high word of the 64-bit results; in an i32 slot it means nothing.
  I[d + 1] = (I[d] as number) >> 31;
}

const scratch = new DataView(new ArrayBuffer(8));

/** A store other than the most frequent ones, and any store that crosses pages. `v` is the value's place. */
export function store(memory: MemoryInstance, op: number, I: Int32Array, v: number, ea: number): void {
  const bytes = accessBytes(op);
  if (ea + bytes > memory.byteLength) throw outOfBounds();
  const within = ea & (PAGE_BYTES - 1);
  if (within + bytes > PAGE_BYTES) {
    scratch.setInt32(0, I[v] as number, true);
    scratch.setInt32(4, I[v + 1] as number, true);
    memory.store(ea, new Uint8Array(scratch.buffer, 0, bytes));
    return;
  }
  const page = memory.own((ea * PER_PAGE) | 0);
  page.dirty = true;
  if (bytes === 1) page.view.setInt8(within, I[v] as number);
  else if (bytes === 2) page.view.setInt16(within, I[v] as number, true);
  else page.view.setInt32(within, I[v] as number, true);
  if (bytes === 8) page.view.setInt32(within + 4, I[v + 1] as number, true);
}
