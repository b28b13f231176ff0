// spec-shaped: stable memory as an immutable, sparse sequence of pages — canister-interface.md#system-api-stable-memory

import {
  addPage,
  DIGEST_PAGE_BYTES,
  digestOf,
  emptySum,
  type Digest,
  type DigestSum,
} from '../../spec/vocabulary/digest.js';

/** Bytes in a WebAssembly page. */
export const WASM_PAGE_BYTES = 65_536;
/** Bytes in a page of stable memory as it is stored, charged for and digested. */
export const STABLE_PAGE_BYTES = DIGEST_PAGE_BYTES;

const PAGES_PER_CHUNK = 64;
const WORDS = STABLE_PAGE_BYTES / 4;

/** 64 pages; undefined: a page of zeroes. */
type Chunk = readonly (Int32Array | undefined)[];
type Chunks = ReadonlyMap<number, Chunk>;

/** Page by index; undefined: never written. */
function pageOf(chunks: Chunks, index: number): Int32Array | undefined {
  return chunks.get(Math.floor(index / PAGES_PER_CHUNK))?.[index % PAGES_PER_CHUNK];
}

/** Stable memory at a moment. Immutable. */
export class StableMemory {
  static readonly empty = new StableMemory(0n, new Map(), emptySum());
  #digest: Digest | undefined;

  /** @param pages size in WebAssembly pages */
  constructor(
    readonly pages: bigint,
    readonly chunks: Chunks,
    readonly sum: Readonly<DigestSum>,
  ) {}

  get bytes(): bigint {
    return this.pages * BigInt(WASM_PAGE_BYTES);
  }

  digest(): Digest {
    return (this.#digest ??= digestOf(this.sum));
  }
}

/** Stable memory while an execution is writing it; drop it, and nothing has happened. */
export class StableMemoryDraft {
  readonly #before: StableMemory;
  #pages: bigint;
  /** Pages that were written, by index. */
  readonly #own = new Map<number, Int32Array>();

  constructor(before: StableMemory) {
    this.#before = before;
    this.#pages = before.pages;
  }

  /** Size in WebAssembly pages. */
  get pages(): bigint {
    return this.#pages;
  }

  get bytes(): bigint {
    return this.#pages * BigInt(WASM_PAGE_BYTES);
  }

  /** Adds pages of zeroes, with no limit. */
  grow(newPages: bigint): void {
    this.#pages += newPages;
  }

  /** Whether this draft has written to the page of 4,096 bytes. */
  hasWritten(page: number): boolean {
    return this.#own.has(page);
  }

  /** A copy of bytes within the size. */
  read(offset: bigint, size: bigint): Uint8Array {
    const bytes = new Uint8Array(Number(size));
    this.#eachPage(offset, bytes.length, (index, within, at, length) => {
      const page = this.#own.get(index) ?? pageOf(this.#before.chunks, index);
      if (page !== undefined) bytes.set(new Uint8Array(page.buffer, within, length), at);
    });
    return bytes;
  }

  /** Replaces bytes within the size. */
  write(offset: bigint, bytes: Uint8Array): void {
    this.#eachPage(offset, bytes.length, (index, within, at, length) => {
      new Uint8Array(this.#ownPage(index).buffer).set(bytes.subarray(at, at + length), within);
    });
  }

  /** The memory as it stands, to be kept. */
  finish(): StableMemory {
    if (this.#own.size === 0 && this.#pages === this.#before.pages) return this.#before;
    const chunks = new Map(this.#before.chunks);
    const copied = new Map<number, (Int32Array | undefined)[]>();
    const sum = { ...this.#before.sum };
    for (const [index, page] of this.#own) {
      const number = Math.floor(index / PAGES_PER_CHUNK);
      let chunk = copied.get(number);
      if (chunk === undefined) {
        chunk = [...(chunks.get(number) ?? new Array<undefined>(PAGES_PER_CHUNK).fill(undefined))];
        copied.set(number, chunk);
        chunks.set(number, chunk);
      }
      const old = chunk[index % PAGES_PER_CHUNK];
      if (old !== undefined) addPage(sum, index, old, 0, -1);
      addPage(sum, index, page, 0, 1);
      chunk[index % PAGES_PER_CHUNK] = page;
    }
    return new StableMemory(this.#pages, chunks, sum);
  }

  #ownPage(index: number): Int32Array {
    let page = this.#own.get(index);
    if (page === undefined) {
      page = pageOf(this.#before.chunks, index)?.slice() ?? new Int32Array(WORDS);
      this.#own.set(index, page);
    }
    return page;
  }

  /** Visits the pages of a range: page index, offset within the page, offset within the range, length. */
  #eachPage(
    offset: bigint,
    size: number,
    visit: (index: number, within: number, at: number, length: number) => void,
  ): void {
    let position = Number(offset);
    for (let at = 0; at < size;) {
      const within = position % STABLE_PAGE_BYTES;
      const length = Math.min(STABLE_PAGE_BYTES - within, size - at);
      visit(Math.floor(position / STABLE_PAGE_BYTES), within, at, length);
      at += length;
      position += length;
    }
  }
}
