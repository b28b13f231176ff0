// plumbing: writing the instructions of functions of ours
import { Writer } from './bytes.js';

/** Code of a function body, with the locals that it declares. */
export function body(locals: readonly number[], write: (out: Writer) => void): () => Uint8Array {
  return () => {
    const out = new Writer(64);
    out.u32(locals.length);
    for (const type of locals) out.put(1, type);
    write(out);
    out.byte(0x0b);
    return out.view();
  };
}

export const op = (out: Writer, opcode: number, index: number) => {
  out.byte(opcode);
  out.u32(index);
};
export const get = (out: Writer, local: number) => op(out, 0x20, local);
export const set = (out: Writer, local: number) => op(out, 0x21, local);
export const call = (out: Writer, index: number) => op(out, 0x10, index);
export const getGlobal = (out: Writer, index: number) => op(out, 0x23, index);
export const setGlobal = (out: Writer, index: number) => op(out, 0x24, index);
export const i32 = (out: Writer, value: number) => {
  out.byte(0x41);
  out.signed(BigInt(value));
};
export const i64 = (out: Writer, value: bigint) => {
  out.byte(0x42);
  out.signed(value);
};
/** The argument for the parameter that `importType` adds. */
export const unread = (out: Writer) => {
  out.put(0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
};
