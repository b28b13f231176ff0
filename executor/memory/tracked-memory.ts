// plumbing: commit and rollback of a large Wasm memory at the cost of the pages that were touched
import { DIGEST_PAGE_BYTES, type Digest } from '../../spec/vocabulary/digest.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import type { HostMemory } from '../host.js';
import type { MemoryPlan } from '../instrument/compile.js';
import { SHIFT_BYTES, SHIFT_PAGES } from '../instrument/tracking.js';
import { growMemory, newMemory, PageHashes, type MemoryDelta, type SeesPage, type WasmMemory } from './wasm-memory.js';

/** A store goes at most so far beyond the page of its first byte, so that only that page is looked up. */
const OVERHANG = 15;

/** A page that was touched, with its content before, and the first bytes of the next page. */
interface Touched {
  readonly page: number;
  readonly before: Uint8Array;
}

/**
 * The low addresses hold one byte for each 4 KiB page of the canister's memory, which begins at SHIFT_BYTES. Code looks at the
 * byte before it stores, and calls `touch` where it is 0: the page's content is copied, and the byte set.
 */
export class TrackedMemory implements WasmMemory {
  memory: HostMemory;
  private all: Uint8Array;
  private view: Uint8Array;
  private words: Int32Array;
  private readonly hashes = new PageHashes();
  private readonly plan: MemoryPlan;
  private readonly pagesTouched: Touched[] = [];
  /** Every page that was ever touched: all others are zero. */
  private readonly everTouched = new Set<number>();
  private committedBytes: number;

  /** @param initial pages of the canister */
  constructor(plan: MemoryPlan, initial: bigint) {
    this.plan = plan;
    this.memory = newMemory(initial + BigInt(SHIFT_PAGES), plan);
    this.all = new Uint8Array(this.memory.buffer);
    this.view = this.all.subarray(SHIFT_BYTES);
    this.words = new Int32Array(this.memory.buffer, SHIFT_BYTES);
    this.committedBytes = this.view.length;
  }

  private refresh(): void {
    const { buffer } = this.memory;
    this.all = new Uint8Array(buffer);
    this.view = this.all.subarray(SHIFT_BYTES);
    this.words = new Int32Array(buffer, SHIFT_BYTES);
  }

  bytes(): Uint8Array {
    if (this.all.length === 0) this.refresh();
    return this.view;
  }

  get pages(): bigint {
    return BigInt(this.bytes().length / WASM_PAGE_BYTES);
  }

  get committedPages(): bigint {
    return BigInt(this.committedBytes / WASM_PAGE_BYTES);
  }

  get grown(): boolean {
    return this.bytes().length !== this.committedBytes;
  }

  forEachWritten(visit: SeesPage): void {
    const view = this.bytes();
    const see = (page: number): void => {
      const start = page * DIGEST_PAGE_BYTES;
      if (start < view.length) visit(start, view.subarray(start, start + DIGEST_PAGE_BYTES));
    };
    for (const page of this.everTouched) {
      see(page);
      // A store at its end goes on in the next.
      if (!this.everTouched.has(page + 1)) see(page + 1);
    }
  }

  digest(): Digest {
    return this.hashes.digest();
  }

  /** Notes a page before it is changed. One beyond the memory is no concern: the store that asked traps. */
  touch(page: number): void {
    const view = this.bytes();
    const start = page * DIGEST_PAGE_BYTES;
    if (page < 0 || start >= view.length || this.all[page] !== 0) return;
    this.all[page] = 1;
    this.everTouched.add(page);
    this.pagesTouched.push({ page, before: view.slice(start, start + DIGEST_PAGE_BYTES + OVERHANG) });
  }

  writable(start: number, size: number): Uint8Array {
    const view = this.bytes();
    if (size > 0) {
      const last = Math.floor((start + size - 1) / DIGEST_PAGE_BYTES);
      for (let page = Math.floor(start / DIGEST_PAGE_BYTES); page <= last; page++) this.touch(page);
    }
    return view.subarray(start, start + size);
  }

  /** Calls back for each page that may differ from the committed content; once for each. */
  private changed(visit: (page: number) => void): void {
    const view = this.bytes();
    for (const { page, before } of this.pagesTouched) {
      visit(page);
      const next = (page + 1) * DIGEST_PAGE_BYTES;
      if (next >= view.length || this.all[page + 1] !== 0) continue;
      for (let i = DIGEST_PAGE_BYTES; i < before.length; i++) {
        if (before[i] === view[page * DIGEST_PAGE_BYTES + i]) continue;
        visit(page + 1);
        break;
      }
    }
  }

  private forget(): void {
    for (const { page } of this.pagesTouched) this.all[page] = 0;
    this.pagesTouched.length = 0;
  }

  commit(): void {
    this.changed((page) => {
      this.hashes.rehash(page, this.words, (page * DIGEST_PAGE_BYTES) / 4);
    });
    this.forget();
    this.committedBytes = this.view.length;
  }

  /** The last page touched is restored first, so that overhanging bytes end as they were before all. */
  undoWrites(): void {
    const view = this.bytes();
    for (let i = this.pagesTouched.length - 1; i >= 0; i--) {
      const { page, before } = this.pagesTouched[i] as Touched;
      view.set(before, page * DIGEST_PAGE_BYTES);
    }
    this.forget();
  }

  undoSize(): () => void {
    const committed: [start: number, page: Uint8Array][] = [];
    this.forEachWritten((start, page) => {
      if (start < this.committedBytes) committed.push([start, page]);
    });
    this.memory = newMemory(BigInt(this.committedBytes / WASM_PAGE_BYTES + SHIFT_PAGES), this.plan);
    this.refresh();
    for (const [start, page] of committed) this.view.set(page, start);
    return () => undefined;
  }

  takeDelta(): MemoryDelta {
    const content = new Map<number, Uint8Array>();
    this.changed((page) => {
      const start = page * DIGEST_PAGE_BYTES;
      content.set(start, this.view.slice(start, start + DIGEST_PAGE_BYTES));
    });
    return { pages: this.pages, content };
  }

  applyDelta({ pages, content }: MemoryDelta): void {
    if (pages > this.pages) growMemory(this.memory, pages - this.pages, this.plan.wide);
    if (this.all.length === 0) this.refresh();
    for (const [start, bytes] of content) this.writable(start, bytes.length).set(bytes);
  }
}
