// spec-shaped: bytes, integers, floats and names — WebAssembly "Binary Format: Values"

import { WasmDecodeError } from '../structure/errors.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads values from a stretch of bytes. Every method throws WasmDecodeError at the offset where the bytes go wrong. */
export class ByteReader {
  /** The high word of the integer that `integer` read last. */
  protected high = 0;

  constructor(
    readonly bytes: Uint8Array,
    /** The next byte. */
    public offset: number,
    /** One past the last byte that may be read. */
    public end: number,
  ) {}

  get atEnd(): boolean {
    return this.offset >= this.end;
  }

  fail(message: string, offset = this.offset): never {
    throw new WasmDecodeError(offset, message);
  }

  byte(): number {
    if (this.offset >= this.end) this.fail('unexpected end');
    return this.bytes[this.offset++] as number;
  }

  /** The next byte without taking it; -1 at the end. */
  peek(): number {
    return this.offset < this.end ? (this.bytes[this.offset] as number) : -1;
  }

  /** Takes `length` bytes and gives where they start. */
  skip(length: number): number {
    if (length > this.end - this.offset) this.fail('unexpected end');
    const start = this.offset;
    this.offset += length;
    return start;
  }

  /** Unsigned LEB128, 32 bits. */
  u32(): number {
    const { offset } = this;
    const first = offset < this.end ? (this.bytes[offset] as number) : 0x80;
    if (first >= 0x80) return this.integer(32, false) >>> 0;
    this.offset = offset + 1;
    return first;
  }

  /** Unsigned LEB128, 64 bits. */
  u64(): bigint {
    const low = this.integer(64, false);
    return (BigInt(this.high >>> 0) << 32n) | BigInt(low >>> 0);
  }

  /** LEB128 of at most `bits` bits, sign-extended to 64 bits if it is signed: its low word. The other one is in `high`. */
  protected integer(bits: 32 | 33 | 64, signed: boolean): number {
    const { bytes, end } = this;
    const lastShift = bits === 64 ? 63 : 28;
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (this.offset >= end) this.fail('unexpected end');
      const byte = bytes[this.offset++] as number;
      if (shift === lastShift) this.checkLast(byte, bits - lastShift, signed);
      const payload = byte & 0x7f;
      if (shift < 28) low |= payload << shift;
      else if (shift > 28) high |= payload << (shift - 32);
      else {
        low |= payload << 28;
        high = payload >> 4;
      }
      if (byte >= 0x80) continue;
      if (signed && byte >= 0x40 && shift < 63) {
        if (shift < 28) low |= -1 << (shift + 7);
        high |= shift < 28 ? -1 : -1 << (shift - 25);
      }
      this.high = high;
      return low;
    }
  }

  /** The longest representation: it ends here, and the bits that its last byte does not use are zero, or repeat the sign. */
  private checkLast(byte: number, used: number, signed: boolean): void {
    if (byte >= 0x80) this.fail('integer representation too long', this.offset - 1);
    const unused = signed ? byte >> (used - 1) : byte >> used;
    if (unused !== 0 && !(signed && unused === 0x7f >> (used - 1))) this.fail('integer too large', this.offset - 1);
  }

  /** Four bytes, little endian, as a signed number. */
  word(): number {
    const at = this.skip(4);
    const b = this.bytes;
    return (
      (b[at] as number) | ((b[at + 1] as number) << 8) | ((b[at + 2] as number) << 16) | ((b[at + 3] as number) << 24)
    );
  }

  /** A UTF-8 name. */
  name(): string {
    const length = this.u32();
    const start = this.skip(length);
    try {
      return UTF8.decode(this.bytes.subarray(start, start + length));
    } catch {
      return this.fail('malformed UTF-8 encoding', start);
    }
  }

  /** A vector: its items are read one by one, so that a length which lies allocates nothing. */
  vector<T>(item: () => T): T[] {
    const length = this.u32();
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(item());
    return items;
  }
}
