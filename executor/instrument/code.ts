// plumbing: writing the instructions of functions of ours
import type { Writer } from './bytes.js';

/** Writes a function body, without its size. */
export type Body = (out: Writer) => void;

/** A function body: the locals that it declares, and its code. */
export function body(locals: readonly number[], write: Body): Body {
  return (out) => {
    out.u32(locals.length);
    for (const type of locals) out.put(1, type);
    write(out);
    out.byte(0x0b);
  };
}

export const get = (out: Writer, local: number) => {
  out.op(0x20, local);
};
export const set = (out: Writer, local: number) => {
  out.op(0x21, local);
};
export const call = (out: Writer, index: number) => {
  out.op(0x10, index);
};
export const getGlobal = (out: Writer, index: number) => {
  out.op(0x23, index);
};
export const setGlobal = (out: Writer, index: number) => {
  out.op(0x24, index);
};
export const i32 = (out: Writer, value: number) => {
  out.byte(0x41);
  out.signed(BigInt(value));
};
export const i64 = (out: Writer, value: bigint) => {
  out.byte(0x42);
  out.signed(value);
};
/** The result that `importType` adds. */
export const unread = (out: Writer) => {
  out.put(0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
};
