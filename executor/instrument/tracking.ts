// plumbing: loads and stores where pages are noted before they are changed — the layout is that of memory/tracked-memory.ts
import { InvalidModule } from './bytes.js';
import { I32, I64 } from './decode.js';
import type { BodyEmitter } from './emitter.js';
import { Skip, type Operation } from './opcodes.js';

/** log2 of the bytes of a tracked page. */
export const TRACKED_PAGE_BITS = 12;
/** Wasm pages in front of the canister's memory: one byte for each tracked page of 4 GiB. */
export const SHIFT_PAGES = 16;
/** By how much the canister's addresses are shifted, in bytes. */
export const SHIFT_BYTES = SHIFT_PAGES * 65_536;

const MOST_OFFSET = { i32: (1n << 32n) - 1n, i64: (1n << 64n) - 1n };

/** Subtracts the pages that the canister must not see from the size on top of the operand stack. */
export function subtractShift(code: BodyEmitter): void {
  const { out } = code;
  code.flush(code.reader.position);
  out.put(code.wideMemory ? 0x42 : 0x41, SHIFT_PAGES, code.wideMemory ? 0x7d : 0x6b);
}

/** Pushes the tracked page of an address in a local, with an offset; sums wrap, but then the store itself traps. */
function pageOf(code: BodyEmitter, address: number, offset: bigint): void {
  const { out } = code;
  const wide = code.wideMemory;
  code.get(address);
  if (offset > 0n) {
    out.byte(wide ? 0x42 : 0x41);
    out.signed(wide ? BigInt.asIntN(64, offset) : BigInt.asIntN(32, offset));
    out.byte(wide ? 0x7c : 0x6a);
  }
  out.put(wide ? 0x42 : 0x41, TRACKED_PAGE_BITS, wide ? 0x88 : 0x76);
}

/** Rewrites a load or store that was just read up to its immediates. */
export function trackAccess(code: BodyEmitter, operation: Operation, before: number): void {
  const { reader, out, context } = code;
  const wide = code.wideMemory;
  const opcodeEnd = reader.position;
  const alignment = reader.u32();
  if (alignment >= 32) throw new InvalidModule(`malformed memory operand at byte ${reader.position}`);
  const offset = wide ? reader.u64() : BigInt(reader.u32());
  code.flush(before);

  if (operation.access === 'store') {
    const value = code.temporary(operation.top, 1);
    const address = code.temporary(wide ? I64 : I32, 2);
    code.set(value);
    code.set(address);
    pageOf(code, address, offset);
    out.put(0x2d, 0x00, 0x00, 0x45, 0x04, 0x40);
    pageOf(code, address, offset);
    if (wide) out.byte(0xa7);
    code.call(context.indices.touch);
    out.byte(0x0b);
    code.get(address);
    code.get(value);
  }

  const most = wide ? MOST_OFFSET.i64 : MOST_OFFSET.i32;
  const shifted = offset + BigInt(SHIFT_BYTES);
  out.copy(reader.bytes, before, opcodeEnd);
  out.u32(alignment);
  out.u64(shifted > most ? most : shifted);
  code.copied = reader.position;
  if (operation.skip === Skip.MemoryOperandAndLane) reader.byte();
}
