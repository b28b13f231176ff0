// plumbing: commit and rollback of a small Wasm memory by comparing it with a copy
import { DIGEST_PAGE_BYTES, type Digest } from '../../spec/vocabulary/digest.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import type { HostMemory } from '../host.js';
import type { MemoryPlan } from '../instrument/compile.js';
import {
  differ,
  forEachWrittenPage,
  giveBackMemory,
  growMemory,
  isZero,
  PageHashes,
  takeMemory,
  ZEROES,
  type MemoryDelta,
  type SeesPage,
  type WasmMemory,
} from './wasm-memory.js';

/** Bytes that are compared in one go, and kept a copy of together; where they differ, by halves down to pages. */
const CHUNK = WASM_PAGE_BYTES;
const PAGE_WORDS = DIGEST_PAGE_BYTES / 4;

/** Copies of zeroes that can be used again: V8 collects all garbage whenever 64 MiB of such blocks were made. */
const idleCopies: Uint8Array[] = [];
/** Copies that are kept: 4 MiB. */
const MOST_IDLE_COPIES = 64;

/** What is known of one chunk of the committed content. */
interface Chunk {
  /** Undefined: all zero. */
  copy: Uint8Array | undefined;
  /** The page of the chunk that differed last, as an offset in bytes: most messages of a canister write the same one. */
  last: number;
}

type Visit = (page: number, chunk: Chunk, offset: number) => void;

/** A small memory: beside it a copy of the committed content, as far as it is not zero, with which it is compared. */
export class ComparedMemory implements WasmMemory {
  memory: HostMemory;
  private view: Uint8Array;
  /** Content as last committed. */
  private readonly chunks: Chunk[] = [];
  private readonly hashes = new PageHashes();
  /** Offsets of pages whose hash is of older content: nobody may ever ask. */
  private readonly unhashed = new Set<number>();
  private readonly plan: MemoryPlan;

  constructor(plan: MemoryPlan, initial: bigint) {
    this.plan = plan;
    this.memory = takeMemory(initial, plan);
    this.view = new Uint8Array(this.memory.buffer);
    this.extend(this.view.length);
  }

  private extend(bytes: number): void {
    while (this.committedBytes < bytes) this.chunks.push({ copy: undefined, last: 0 });
  }

  private get committedBytes(): number {
    return this.chunks.length * CHUNK;
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
    this.view = new Uint8Array(this.memory.buffer);
  }

  /** Size now, in Wasm pages. */
  get pages(): bigint {
    return BigInt(this.bytes().length / WASM_PAGE_BYTES);
  }

  /** Size as last committed, in Wasm pages. */
  get committedPages(): bigint {
    return BigInt(this.committedBytes / WASM_PAGE_BYTES);
  }

  /** Whether the memory grew since the last commit. */
  get grown(): boolean {
    return this.bytes().length !== this.committedBytes;
  }

  forEachWritten(visit: SeesPage): void {
    forEachWrittenPage(this.bytes(), visit);
  }

  digest(): Digest {
    for (const page of this.unhashed) {
      const { chunk, offset } = this.place(page);
      const { buffer, byteOffset, length } = chunk.copy ?? ZEROES;
      const words = new Int32Array(buffer, byteOffset, length / 4);
      this.hashes.rehash(page / DIGEST_PAGE_BYTES, words, (offset / DIGEST_PAGE_BYTES) * PAGE_WORDS);
    }
    this.unhashed.clear();
    return this.hashes.digest();
  }

  private place(page: number): { chunk: Chunk; offset: number } {
    const offset = page % CHUNK;
    return { chunk: this.chunks[(page - offset) / CHUNK] as Chunk, offset };
  }

  /** Calls back for each 4 KiB page below the committed size whose content is not the committed one, with its chunk. */
  private touched(visit: Visit): void {
    this.bytes();
    let start = 0;
    for (const chunk of this.chunks) {
      this.examine(chunk, start, visit);
      start += CHUNK;
    }
  }

  /** Calls back for each page of a chunk, which begins at `start`, that is not as committed. */
  private examine(chunk: Chunk, start: number, visit: Visit): void {
    // Most chunks are as they were.
    if (!this.differ(chunk, start, 0, CHUNK)) return;
    const found = (offset: number) => {
      chunk.last = offset;
      visit(start + offset, chunk, offset);
    };
    const { last } = chunk;
    const after = last + DIGEST_PAGE_BYTES;
    const lastDiffers = this.differ(chunk, start, last, after);
    if (this.differ(chunk, start, 0, last)) this.search(chunk, start, 0, last, found);
    if (this.differ(chunk, start, after, CHUNK)) this.search(chunk, start, after, CHUNK, found);
    if (lastDiffers) found(last);
  }

  /** Whether a range of a chunk, which begins at `start`, is not as committed. */
  private differ({ copy = ZEROES }: Chunk, start: number, from: number, to: number): boolean {
    return from < to && differ(this.view, start + from, copy, from, to - from);
  }

  /** Finds the pages in a range that is known to differ; a range whose first half does not differ does in its second. */
  private search(chunk: Chunk, start: number, from: number, to: number, found: (offset: number) => void): void {
    const pages = (to - from) / DIGEST_PAGE_BYTES;
    if (pages === 1) {
      found(from);
      return;
    }
    const middle = from + (pages >> 1) * DIGEST_PAGE_BYTES;
    const first = this.differ(chunk, start, from, middle);
    if (first) this.search(chunk, start, from, middle, found);
    if (!first || this.differ(chunk, start, middle, to)) this.search(chunk, start, middle, to, found);
  }

  /** Makes the present content the committed one. */
  commit(): void {
    if (this.grown) this.extend(this.view.length);
    this.touched((page, chunk, offset) => {
      chunk.copy ??= idleCopies.pop() ?? new Uint8Array(CHUNK);
      chunk.copy.set(this.view.subarray(page, page + DIGEST_PAGE_BYTES), offset);
      this.unhashed.add(page);
    });
  }

  /** Copies what differs from the committed content. */
  takeDelta(): MemoryDelta {
    const content = new Map<number, Uint8Array>();
    const take = (page: number) => content.set(page, this.view.slice(page, page + DIGEST_PAGE_BYTES));
    this.touched(take);
    for (let start = this.committedBytes; start < this.view.length; start += CHUNK) {
      this.examine({ copy: undefined, last: 0 }, start, take);
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
    this.touched((page, { copy = ZEROES }, offset) => {
      this.view.set(copy.subarray(offset, offset + DIGEST_PAGE_BYTES), page);
    });
  }

  /**
   * Brings back the committed size. V8 cannot shrink a memory, so there is a new one afterwards, and the instance must be
   * made anew.
   * @returns gives up the memory before, once no instance runs on it
   */
  undoSize(): () => void {
    const { memory } = this;
    const all = this.bytes();
    const content = all.subarray(0, this.committedBytes);
    this.memory = takeMemory(this.committedPages, this.plan);
    this.refresh();
    this.chunks.forEach((chunk, index) => {
      const start = index * CHUNK;
      if (chunk.copy === undefined && isZero(content, start, CHUNK)) return;
      this.view.set(content.subarray(start, start + CHUNK), start);
    });
    return () => {
      this.giveBack(memory, all);
    };
  }

  /** Gives the memory up to be used again; there must be no instance that runs on it any more. */
  release(): void {
    this.giveBack(this.memory, this.bytes());
    for (const { copy } of this.chunks) {
      if (copy !== undefined && idleCopies.length < MOST_IDLE_COPIES) idleCopies.push(copy.fill(0));
    }
    this.chunks.length = 0;
  }

  /** Gives up a memory with these bytes. */
  private giveBack(memory: HostMemory, bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += CHUNK) {
      if (!isZero(bytes, start, CHUNK)) bytes.fill(0, start, start + CHUNK);
    }
    giveBackMemory(memory, BigInt(bytes.length / WASM_PAGE_BYTES), this.plan);
  }
}
