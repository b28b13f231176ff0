// plumbing: a growing buffer of bytes with the encodings of the WebAssembly binary format

const MASK_64 = (1n << 64n) - 1n;

/** A growing buffer. Positions are byte offsets from its start. */
export class Bytes {
  private buffer: Uint8Array;
  private used = 0;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
  }

  get length(): number {
    return this.used;
  }

  /** Forgets the contents; keeps the room. */
  clear(): void {
    this.used = 0;
  }

  private reserve(count: number): void {
    const need = this.used + count;
    if (need <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(need, 2 * this.buffer.length));
    larger.set(this.buffer.subarray(0, this.used));
    this.buffer = larger;
  }

  byte(value: number): void {
    if (this.used >= this.buffer.length) this.reserve(1);
    this.buffer[this.used++] = value;
  }

  /** Unsigned LEB128 of a number below 2^32. */
  u32(value: number): void {
    if (this.used + 5 > this.buffer.length) this.reserve(5);
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.buffer[this.used++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.used++] = rest;
  }

  /** Unsigned LEB128 of a number below 2^64. */
  u64(value: bigint): void {
    if (value === 0n) return this.byte(0);
    let rest = value & MASK_64;
    while (rest >= 0x80n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  /** Signed LEB128 of a 32-bit number. */
  s32(value: number): void {
    if (this.used + 5 > this.buffer.length) this.reserve(5);
    let rest = value | 0;
    while (rest < -64 || rest >= 64) {
      this.buffer[this.used++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    this.buffer[this.used++] = rest & 0x7f;
  }

  /** Signed LEB128 of a 64-bit number, given signed or unsigned. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    if (rest >= -0x80000000n && rest < 0x80000000n) {
      this.s32(Number(rest));
      return;
    }
    while (rest < -64n || rest >= 64n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest & 0x7fn));
  }

  /** The low `count` bytes of a number, little endian. */
  little(value: bigint, count: number): void {
    for (let i = 0; i < count; i++) this.byte(Number((value >> BigInt(8 * i)) & 0xffn));
  }

  bytes(source: Uint8Array): void {
    if (this.used + source.length > this.buffer.length) this.reserve(source.length);
    this.buffer.set(source, this.used);
    this.used += source.length;
  }

  /** The contents of another buffer, behind their length. */
  sized(source: Bytes): void {
    this.u32(source.used);
    this.append(source);
  }

  append(source: Bytes): void {
    this.reserve(source.used);
    this.buffer.set(source.buffer.subarray(0, source.used), this.used);
    this.used += source.used;
  }

  /** A name: its UTF-8 bytes behind their number. */
  name(text: string): void {
    const encoded = utf8(text);
    this.u32(encoded.length);
    this.bytes(encoded);
  }

  /** A copy of the contents. */
  toUint8Array(): Uint8Array {
    return this.buffer.slice(0, this.used);
  }
}

const ENCODER = new TextEncoder();
/** Export and import names come again and again. */
const NAMES = new Map<string, Uint8Array>();
const NAMES_KEPT = 2000;

/** The UTF-8 bytes of a text. Not to be written to. */
export function utf8(text: string): Uint8Array {
  let encoded = NAMES.get(text);
  if (encoded === undefined) {
    encoded = ENCODER.encode(text);
    if (NAMES.size < NAMES_KEPT && text.length < 64) NAMES.set(text, encoded);
  }
  return encoded;
}

/** How many bytes a number below 2^32 takes as unsigned LEB128. */
export function lengthOfU32(n: number): number {
  return n < 0x80 ? 1 : n < 0x4000 ? 2 : n < 0x200000 ? 3 : n < 0x10000000 ? 4 : 5;
}
