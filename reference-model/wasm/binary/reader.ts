// spec-shaped: bytes, integers, floats and names — WebAssembly "Binary Format: Values"

import { WasmDecodeError } from '../structure/errors.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads values from a stretch of bytes. Every method throws WasmDecodeError at the offset where the bytes go wrong. */
export class ByteReader {
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
    const first = this.byte();
    if (first < 0x80) return first;
    let result = first & 0x7f;
    for (let shift = 7; ; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f)
        this.fail(byte >= 0x80 ? 'integer representation too long' : 'integer too large', this.offset - 1);
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result >>> 0;
    }
  }

  /** Signed LEB128, 32 bits. */
  s32(): number {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift === 28) {
        if (byte >= 0x80) this.fail('integer representation too long', this.offset - 1);
        if (byte > 0x07 && byte < 0x78) this.fail('integer too large', this.offset - 1);
      }
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift < 25 && byte & 0x40 ? result | (-1 << (shift + 7)) : result;
    }
  }

  /** Unsigned LEB128, 64 bits. */
  u64(): bigint {
    let result = BigInt(this.bytes[this.offset] ?? 0) & 0x7fn;
    if (this.byte() < 0x80) return result;
    for (let shift = 7; ; shift += 7) {
      const byte = this.byte();
      if (shift === 63 && byte > 1)
        this.fail(byte >= 0x80 ? 'integer representation too long' : 'integer too large', this.offset - 1);
      result |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) return result;
    }
  }

  /** Signed LEB128 of at most `bits` bits, 33 or 64. */
  signed(bits: 33 | 64): bigint {
    const lastShift = bits === 33 ? 28 : 63;
    const usedInLast = bits - lastShift;
    let result = 0n;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift === lastShift) {
        if (byte >= 0x80) this.fail('integer representation too long', this.offset - 1);
        // The unused bits of the last byte must repeat the sign bit.
        const signAndUnused = byte >> (usedInLast - 1);
        if (signAndUnused !== 0 && signAndUnused !== 0x7f >> (usedInLast - 1))
          this.fail('integer too large', this.offset - 1);
      }
      result |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) return BigInt.asIntN(Math.min(shift + 7, bits), result);
    }
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
