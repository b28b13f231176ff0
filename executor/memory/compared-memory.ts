// plumbing: commit and rollback of a small Wasm memory by comparing it with a copy
import { DIGEST_PAGE_BYTES, type Digest } from '../../spec/vocabulary/digest.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import type { HostMemory } from '../host.js';
import type { MemoryPlan } from '../instrument/compile.js';
import { growMemory, newMemory, PageHashes, type MemoryDelta, type WasmMemory } from './wasm-memory.js';

/** Compared in one go; where they differ, by halves down to pages. */
const CHUNK = 16 * DIGEST_PAGE_BYTES;
const PAGE_WORDS = DIGEST_PAGE_BYTES / 4;

/** A small memory: beside it a copy of the committed content, with which it is compared. */
export class ComparedMemory implements WasmMemory {
  memory: HostMemory;
  private view: Uint8Array;
  private buffer: Buffer;
  private words: Int32Array;
  /** Content as last committed. */
  private shadow: Uint8Array;
  private readonly hashes = new PageHashes();
  private readonly plan: MemoryPlan;

  constructor(plan: MemoryPlan, initial: bigint) {
    this.plan = plan;
    this.memory = newMemory(initial, plan);
    this.view = new Uint8Array(this.memory.buffer);
    this.buffer = Buffer.from(this.memory.buffer);
    this.words = new Int32Array(this.memory.buffer);
    this.shadow = new Uint8Array(this.view.length);
  }

  /** The bytes as they are now. */
  bytes(): Uint8Array {
    if (this.view.length === 0) this.refresh();
    return this.view;
  }

  writable(start: number, size: number): Uint8Array {
    return this.bytes().subarray(start, start + size);
  }

  private refresh(): void {
    const { buffer } = this.memory;
    this.view = new Uint8Array(buffer);
    this.buffer = Buffer.from(buffer);
    this.words = new Int32Array(buffer);
  }

  /** Size now, in Wasm pages. */
  get pages(): bigint {
    return BigInt(this.bytes().length / WASM_PAGE_BYTES);
  }

  /** Size as last committed, in Wasm pages. */
  get committedPages(): bigint {
    return BigInt(this.shadow.length / WASM_PAGE_BYTES);
  }

  /** Whether the memory grew since the last commit. */
  get grown(): boolean {
    return this.bytes().length !== this.shadow.length;
  }

  digest(): Digest {
    return this.hashes.digest();
  }

  /** Calls back for each 4 KiB page below the committed size whose content is not the committed one, in ascending order. */
  private touched(visit: (page: number) => void): void {
    this.bytes();
    for (let start = 0; start < this.shadow.length; start += CHUNK) {
      const end = Math.min(start + CHUNK, this.shadow.length);
      if (this.differ(start, end)) this.search(start, end, visit);
    }
  }

  private differ(start: number, end: number): boolean {
    return this.buffer.compare(this.shadow, start, end, start, end) !== 0;
  }

  /** Finds the pages in a range that is known to differ; a range whose first half does not differ does in its second. */
  private search(start: number, end: number, visit: (page: number) => void): void {
    if (end - start === DIGEST_PAGE_BYTES) {
      visit(start);
      return;
    }
    const middle = start + (end - start) / 2;
    const first = this.differ(start, middle);
    if (first) this.search(start, middle, visit);
    if (!first || this.differ(middle, end)) this.search(middle, end, visit);
  }

  /** Makes the present content the committed one. */
  commit(): void {
    this.touched((page) => {
      this.shadow.set(this.view.subarray(page, page + DIGEST_PAGE_BYTES), page);
      this.rehash(page / DIGEST_PAGE_BYTES);
    });
    if (!this.grown) return;
    const before = this.shadow.length;
    const shadow = new Uint8Array(this.view.length);
    shadow.set(this.shadow);
    shadow.set(this.view.subarray(before), before);
    this.shadow = shadow;
    for (let page = before; page < shadow.length; page += DIGEST_PAGE_BYTES) this.rehash(page / DIGEST_PAGE_BYTES);
  }

  private rehash(page: number): void {
    this.hashes.rehash(page, this.words, page * PAGE_WORDS);
  }

  /** Copies what differs from the committed content. */
  takeDelta(): MemoryDelta {
    const content = new Map<number, Uint8Array>();
    const take = (page: number) => content.set(page, this.view.slice(page, page + DIGEST_PAGE_BYTES));
    this.touched(take);
    for (let page = this.shadow.length; page < this.bytes().length; page += DIGEST_PAGE_BYTES) {
      if (this.view.subarray(page, page + DIGEST_PAGE_BYTES).some((byte) => byte !== 0)) take(page);
    }
    return { pages: this.pages, content };
  }

  /** Puts such differences on the committed content. */
  applyDelta({ pages, content }: MemoryDelta): void {
    if (pages > this.pages) {
      const more = pages - this.pages;
      growMemory(this.memory, more, this.plan.wide);
      this.refresh();
    }
    for (const [page, bytes] of content) this.bytes().set(bytes, page);
  }

  /** Brings back the committed content of what was there at the last commit. */
  undoWrites(): void {
    this.touched((page) => {
      this.view.set(this.shadow.subarray(page, page + DIGEST_PAGE_BYTES), page);
    });
  }

  /**
   * Brings back the committed size. V8 cannot shrink a memory, so there is a new one afterwards, and the instance must be
   * made anew.
   */
  undoSize(): void {
    const content = this.bytes().slice(0, this.shadow.length);
    this.memory = newMemory(BigInt(this.shadow.length / WASM_PAGE_BYTES), this.plan);
    this.refresh();
    this.view.set(content);
  }
}
