// plumbing: functions of ours for memories whose stores are tracked — the layout is that of memory/tracked-memory.ts
import type { Writer } from './bytes.js';
import { body, call, get, i32, i64, set, type Body } from './code.js';
import { I64 } from './decode.js';
import { SHIFT_BYTES, SHIFT_PAGES, TRACKED_PAGE_BITS } from './tracking.js';

/** Pushes a shifted address; one that would wrap is beyond every memory. */
export function shifted(out: Writer, local: number, wide: boolean): void {
  const number = (value: bigint) => (wide ? i64(out, value) : i32(out, Number(value)));
  number(-1n);
  get(out, local);
  number(BigInt(SHIFT_BYTES));
  out.byte(wide ? 0x7c : 0x6a);
  get(out, local);
  number(BigInt(-SHIFT_BYTES - 1));
  out.put(wide ? 0x56 : 0x4b, 0x1b);
}

/** (address : i64, size : i64) -> (): notes every page of a range that lies within the memory; others trap anyway. */
export function touchRange(wide: boolean, touch: number): Body {
  return body([I64, I64], (out) => {
    // local 2: bytes of the canister's memory, then the page; local 3: the last page
    get(out, 1);
    out.put(0x50, 0x04, 0x40, 0x0f, 0x0b);
    out.put(0x3f, 0x00);
    if (!wide) out.byte(0xad);
    i64(out, BigInt(SHIFT_PAGES));
    out.byte(0x7d);
    i64(out, 16n);
    out.byte(0x86);
    set(out, 2);
    get(out, 1);
    get(out, 2);
    out.put(0x56, 0x04, 0x40, 0x0f, 0x0b);
    get(out, 0);
    get(out, 2);
    get(out, 1);
    out.put(0x7d, 0x56, 0x04, 0x40, 0x0f, 0x0b);
    get(out, 0);
    get(out, 1);
    out.byte(0x7c);
    i64(out, 1n);
    out.byte(0x7d);
    i64(out, BigInt(TRACKED_PAGE_BITS));
    out.byte(0x88);
    set(out, 3);
    get(out, 0);
    i64(out, BigInt(TRACKED_PAGE_BITS));
    out.byte(0x88);
    set(out, 2);
    out.put(0x03, 0x40);
    get(out, 2);
    if (!wide) out.byte(0xa7);
    out.put(0x2d, 0x00, 0x00, 0x45, 0x04, 0x40);
    get(out, 2);
    out.byte(0xa7);
    call(out, touch);
    out.byte(0x0b);
    get(out, 2);
    i64(out, 1n);
    out.byte(0x7c);
    out.op(0x22, 2);
    get(out, 3);
    out.put(0x58, 0x0d, 0x00, 0x0b);
  });
}
