// plumbing: reading and writing the bytes of a module

/** The bytes are not a module that a canister may be made of; `message` says why. */
export class InvalidModule extends Error {
  override readonly name = 'InvalidModule';
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A cursor over a module's bytes. Every reader throws InvalidModule beyond `end`. */
export class Reader {
  readonly bytes: Uint8Array;
  position: number;
  end: number;
  private text: Buffer | undefined = undefined;

  constructor(bytes: Uint8Array, position: number, end: number) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  byte(): number {
    if (this.position >= this.end) throw new InvalidModule(`unexpected end at byte ${this.position}`);
    return this.bytes[this.position++] as number;
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  u32(): number {
    // Nearly all are of one byte.
    const first = this.bytes[this.position] as number;
    if (first < 0x80 && this.position < this.end) {
      this.position++;
      return first;
    }
    let value = this.byte() & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) throw new InvalidModule(`integer too large at byte ${this.position - 1}`);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new InvalidModule(`integer representation too long at byte ${this.position}`);
  }

  /** An unsigned LEB128 number of at most 64 bits. */
  u64(): bigint {
    let value = 0n;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      if (shift === 63 && byte > 1) throw new InvalidModule(`integer too large at byte ${this.position - 1}`);
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) return value;
    }
    throw new InvalidModule(`integer representation too long at byte ${this.position}`);
  }

  /** A signed LEB128 number of `bits` bits (32, 33 or 64). */
  signed(bits: 32 | 33 | 64): bigint {
    let value = 0n;
    let shift = 0;
    for (;;) {
      const byte = this.byte();
      if (shift + 7 > bits) {
        const used = bits - shift;
        const sign = (byte >> (used - 1)) & 1;
        const rest = (byte & 0x7f) >> used;
        if (byte >= 0x80 || rest !== (sign === 1 ? 0x7f >> used : 0)) {
          throw new InvalidModule(`integer too large or its representation too long at byte ${this.position - 1}`);
        }
      }
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      shift += 7;
      if (byte < 0x80) return BigInt.asIntN(Math.min(shift, 64), value);
    }
  }

  /** Passes over a LEB128 number without judging it: V8 sees it again. */
  skipNumber(): void {
    let at = this.position;
    while ((this.bytes[at] as number) >= 0x80) at++;
    this.position = at + 1;
    if (at >= this.end) throw new InvalidModule(`unexpected end at byte ${this.end}`);
  }

  skip(count: number): void {
    this.position += count;
    if (this.position > this.end) throw new InvalidModule(`unexpected end at byte ${this.end}`);
  }

  /** A vector of bytes, as a view. */
  blob(): Uint8Array {
    const length = this.u32();
    const start = this.position;
    this.skip(length);
    return this.bytes.subarray(start, start + length);
  }

  /** @throws InvalidModule unless the name is valid UTF-8 */
  name(): string {
    const length = this.u32();
    const start = this.position;
    this.skip(length);
    this.text ??= Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    const text = this.text.toString(undefined, start, start + length);
    // The lenient decoder, which is the faster one, leaves this character in place of what is malformed.
    if (!text.includes('\ufffd')) return text;
    try {
      return utf8.decode(this.bytes.subarray(start, start + length));
    } catch {
      throw new InvalidModule(`malformed UTF-8 in a name at byte ${this.position}`);
    }
  }
}

const utf8Encoder = new TextEncoder();
/** The names that we give are few. */
const encoded = new Map<string, Uint8Array>();

/** Bytes that grow. */
export class Writer {
  bytes: Uint8Array;
  length = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  private grow(more: number): void {
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  byte(byte: number): void {
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length++] = byte;
  }

  /** Several bytes, given as numbers. */
  put(...bytes: number[]): void {
    const { length } = bytes;
    if (this.length + length > this.bytes.length) this.grow(length);
    for (let i = 0; i < length; i++) this.bytes[this.length++] = bytes[i] as number;
  }

  /** An opcode with one index. */
  op(opcode: number, index: number): void {
    if (index < 0x80 && this.length + 2 <= this.bytes.length) {
      this.bytes[this.length++] = opcode;
      this.bytes[this.length++] = index;
    } else {
      this.byte(opcode);
      this.u32(index);
    }
  }

  copy(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const count = end - start;
    if (count <= 0) return;
    if (this.length + count > this.bytes.length) this.grow(count);
    const to = this.bytes;
    if (count < 16) for (let i = start, at = this.length; i < end; i++, at++) to[at] = bytes[i] as number;
    else to.set(bytes.subarray(start, end), this.length);
    this.length += count;
  }

  u32(value: number): void {
    while (value >= 0x80) {
      this.byte((value % 0x80) | 0x80);
      value = Math.floor(value / 0x80);
    }
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length++] = value;
  }

  u64(value: bigint): void {
    while (value >= 0x80n) {
      this.byte(Number(value & 0x7fn) | 0x80);
      value >>= 7n;
    }
    this.byte(Number(value));
  }

  signed(value: bigint): void {
    for (;;) {
      const low = Number(value & 0x7fn);
      value >>= 7n;
      if ((value === 0n && low < 0x40) || (value === -1n && low >= 0x40)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  /** A LEB128 number of exactly five bytes: a place that `patch5` fills in later. */
  reserve5(): number {
    const at = this.length;
    this.length += 5;
    if (this.length > this.bytes.length) this.grow(0);
    return at;
  }

  /** @param value 0 to 2^33 */
  patch5(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = (value % 0x80) | 0x80;
    for (let i = at + 1; i < at + 4; i++) {
      value = Math.floor(value / 0x80);
      bytes[i] = (value % 0x80) | 0x80;
    }
    bytes[at + 4] = Math.floor(value / 0x80);
  }

  /** A name of ours. */
  name(text: string): void {
    let bytes = encoded.get(text);
    if (bytes === undefined) encoded.set(text, (bytes = utf8Encoder.encode(text)));
    this.u32(bytes.length);
    this.copy(bytes);
  }

  /** A section of a module, unless it is empty: its id and size, the number of its entries, and the entries as `fill` writes them. */
  section(id: number, count: number, fill: (out: this) => void): void {
    if (count === 0) return;
    this.byte(id);
    const at = this.reserve5();
    this.u32(count);
    fill(this);
    this.patch5(at, this.length - at - 5);
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
