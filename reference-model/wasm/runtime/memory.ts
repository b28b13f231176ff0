// spec-shaped: memory instances — WebAssembly "Runtime Structure: Memory Instances"; persistent pages are plumbing

import type { Digest, DigestSum } from '../../../spec/vocabulary/digest.js';
import { addPage, DIGEST_PAGE_BYTES, digestOf, emptySum } from '../../../spec/vocabulary/digest.js';
import type { MemoryType } from '../../../spec/wasm/types.js';
import { MAX_MEMORY_PAGES, WASM_PAGE_BYTES } from '../../../spec/wasm/types.js';
import { OutOfBounds, WasmTrap } from './trap.js';

/** Bytes in a page as it is shared, copied and digested. A WebAssembly page is 16 of them. */
export const PAGE_BYTES = DIGEST_PAGE_BYTES;
const PAGES_PER_WASM_PAGE = WASM_PAGE_BYTES / PAGE_BYTES;

/** 4 KiB of memory. Shared between states; only the memory whose epoch equals `owner` may write to it. */
export class Page {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Its hash: two lanes, as signed words. */
  lane0 = 0;
  lane1 = 0;
  /** Whether it was written since its hash was taken. */
  dirty = false;

  /** @param buffer has zeroes from `start` on, which nobody else uses */
  constructor(
    buffer: ArrayBuffer,
    start: number,
    readonly owner: number,
  ) {
    this.bytes = new Uint8Array(buffer, start, PAGE_BYTES);
    this.view = new DataView(buffer, start, PAGE_BYTES);
  }

  /** The same contents for another owner. */
  copy(owner: number): Page {
    const copy = newPage(owner);
    copy.bytes.set(this.bytes);
    copy.lane0 = this.lane0;
    copy.lane1 = this.lane1;
    copy.dirty = this.dirty;
    return copy;
  }
}

/** Room for the next pages: an ArrayBuffer for each of them would cost more than writing to it. */
let room = new ArrayBuffer(0);
/** How much of it is taken, in bytes. */
let taken = 0;

/** A page of zeroes. */
function newPage(owner: number): Page {
  if (taken === room.byteLength) {
    room = new ArrayBuffer(WASM_PAGE_BYTES);
    taken = 0;
  }
  const page = new Page(room, taken, owner);
  taken += PAGE_BYTES;
  return page;
}

/** The page of zeroes that every page is until it is written. Nobody owns it. */
const ZERO_PAGE = newPage(0);

let lastEpoch = 0;

/** A memory's contents at one moment. */
export interface MemoryState {
  readonly pages: Page[];
  readonly lane0: number;
  readonly lane1: number;
}

/** A memory: pages that are shared with snapshots until they are written, and the digest of its contents. */
export class MemoryInstance {
  /** Public for the run loop alone, which reads and writes pages itself where an access stays within one. */
  pages: Page[];
  /** Size in bytes. */
  byteLength: number;
  /** Pages with this owner may be written. A snapshot starts a new epoch. */
  epoch = ++lastEpoch;
  private pagesShared = false;
  /** Pages that became ours since the digest was brought up to date. */
  private touched: number[] = [];
  private sum: DigestSum = emptySum();

  /** @param pageLimit our limit on its size, in pages; the caller has checked the minimum against it */
  constructor(
    readonly type: MemoryType,
    private readonly pageLimit: bigint,
  ) {
    this.pages = new Array<Page>(Number(type.limits.min) * PAGES_PER_WASM_PAGE).fill(ZERO_PAGE);
    this.byteLength = this.pages.length * PAGE_BYTES;
  }

  /** Size in WebAssembly pages. */
  get sizePages(): bigint {
    return BigInt(this.byteLength / WASM_PAGE_BYTES);
  }

  /** The type with the present size as minimum, which import matching compares. */
  get presentType(): MemoryType {
    return { limits: { ...this.type.limits, min: this.sizePages } };
  }

  /** memory.grow: the old size in pages, or -1n. */
  grow(delta: bigint): bigint {
    const old = this.sizePages;
    const size = old + delta;
    const { max, addressType } = this.type.limits;
    if (size > (max ?? MAX_MEMORY_PAGES[addressType]) || size > this.pageLimit) return -1n;
    this.unsharePages();
    for (let i = Number(delta) * PAGES_PER_WASM_PAGE; i > 0; i--) this.pages.push(ZERO_PAGE);
    this.byteLength = this.pages.length * PAGE_BYTES;
    return old;
  }

  private unsharePages(): void {
    if (this.pagesShared) this.pages = this.pages.slice();
    this.pagesShared = false;
  }

  /** The page as one that may be written: copied if another state shares it. Replaces `pages` when that is shared. */
  own(index: number): Page {
    const page = this.pages[index] as Page;
    if (page.owner === this.epoch) return page;
    this.unsharePages();
    const copy = page === ZERO_PAGE ? newPage(this.epoch) : page.copy(this.epoch);
    this.pages[index] = copy;
    this.touched.push(index);
    return copy;
  }

  /** @throws WasmTrap when [address, address + size) is not within the memory; exact for any non-negative doubles */
  private check(address: number, size: number): void {
    if (address + size > this.byteLength) throw new WasmTrap('memory-out-of-bounds');
  }

  private eachPiece(address: number, size: number, visit: (page: number, start: number, end: number) => void): void {
    let page = Math.floor(address / PAGE_BYTES);
    let start = address % PAGE_BYTES;
    for (let left = size; left > 0; page++, start = 0) {
      const end = Math.min(start + left, PAGE_BYTES);
      visit(page, start, end);
      left -= end - start;
    }
  }

  /** Copies a range out. The caller has checked it. */
  private copyOut(address: number, size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    let at = 0;
    this.eachPiece(address, size, (page, start, end) => {
      bytes.set((this.pages[page] as Page).bytes.subarray(start, end), at);
      at += end - start;
    });
    return bytes;
  }

  /** Writes a range. The caller has checked it. */
  private copyIn(address: number, bytes: Uint8Array): void {
    let at = 0;
    this.eachPiece(address, bytes.length, (index, start, end) => {
      const page = this.own(index);
      page.bytes.set(bytes.subarray(at, at + end - start), start);
      page.dirty = true;
      at += end - start;
    });
  }

  /** Loads bytes for an access that crosses pages. @throws WasmTrap */
  load(address: number, size: number): DataView {
    this.check(address, size);
    return new DataView(this.copyOut(address, size).buffer);
  }

  /** Stores bytes for an access that crosses pages. @throws WasmTrap */
  store(address: number, bytes: Uint8Array): void {
    this.check(address, bytes.length);
    this.copyIn(address, bytes);
  }

  /** memory.fill @throws WasmTrap */
  fill(address: number, value: number, size: number): void {
    this.check(address, size);
    this.eachPiece(address, size, (index, start, end) => {
      const page = this.own(index);
      page.bytes.fill(value, start, end);
      page.dirty = true;
    });
  }

  /** memory.copy, as if through a buffer in between. @throws WasmTrap */
  copy(to: number, from: number, size: number): void {
    this.check(from, size);
    this.check(to, size);
    if (size > 0) this.copyIn(to, this.copyOut(from, size));
  }

  /** A copy of `size` bytes. @throws OutOfBounds */
  read(offset: bigint, size: bigint): Uint8Array {
    if (offset < 0n || size < 0n || offset + size > BigInt(this.byteLength))
      throw new OutOfBounds('read outside the memory');
    return this.copyOut(Number(offset), Number(size));
  }

  /** @throws OutOfBounds, and then nothing is written */
  write(offset: bigint, bytes: Uint8Array): void {
    if (offset < 0n || offset + BigInt(bytes.length) > BigInt(this.byteLength))
      throw new OutOfBounds('write outside the memory');
    this.copyIn(Number(offset), bytes);
  }

  /** Brings the sum of page hashes up to date, at the cost of the pages that were written. */
  private settle(): void {
    for (const index of this.touched) {
      const page = this.pages[index] as Page;
      if (!page.dirty) continue;
      const hash = emptySum();
      addPage(hash, index, new Int32Array(page.bytes.buffer, page.bytes.byteOffset, PAGE_BYTES / 4), 0, 1);
      this.sum.lane0 = (this.sum.lane0 + hash.lane0 - page.lane0) >>> 0;
      this.sum.lane1 = (this.sum.lane1 + hash.lane1 - page.lane1) >>> 0;
      page.lane0 = hash.lane0 | 0;
      page.lane1 = hash.lane1 | 0;
      page.dirty = false;
    }
  }

  digest(): Digest {
    this.settle();
    return digestOf(this.sum);
  }

  /** The contents, shared: from now on the first write to a page copies it. Its digest is settled, so shared pages are clean. */
  snapshot(): MemoryState {
    this.settle();
    this.startEpoch();
    return { pages: this.pages, lane0: this.sum.lane0, lane1: this.sum.lane1 };
  }

  restore(state: MemoryState): void {
    // Nothing was written since: the first write would have replaced the shared array.
    if (state.pages === this.pages) return;
    this.pages = state.pages;
    this.byteLength = state.pages.length * PAGE_BYTES;
    this.sum = { lane0: state.lane0, lane1: state.lane1 };
    this.startEpoch();
  }

  private startEpoch(): void {
    this.epoch = ++lastEpoch;
    this.touched = [];
    this.pagesShared = true;
  }
}
