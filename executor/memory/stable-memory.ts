// spec-shaped: stable memory, sparse, with an undo log of the pages touched — canister-interface.md#system-api-stable-memory
import { addPage, digestOf, emptySum, type Digest } from '../../spec/vocabulary/digest.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';

/** Bytes of a page of this memory: the unit of undoing, digesting and charging. */
export const STABLE_PAGE_BYTES = 4096;

/** Pages that differ from the committed ones, and the size. */
export interface StableDelta {
  readonly size: bigint;
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

const NO_PAGES: ReadonlyMap<number, Uint8Array | undefined> = new Map();

interface Undo {
  /** Wasm pages before. */
  readonly size: bigint;
  /** Content before, by page; undefined: all zero. */
  pages: Map<number, Uint8Array | undefined> | undefined;
}

/** Up to hundreds of GiB of which only written pages exist. */
export class StableMemory {
  /** Size in Wasm pages of 64 KiB. */
  size = 0n;
  private readonly pages = new Map<number, Uint8Array>();
  private readonly sum = emptySum();
  private undo: Undo | undefined;
  private text: Digest | undefined;

  get bytes(): bigint {
    return this.size * BigInt(WASM_PAGE_BYTES);
  }

  digest(): Digest {
    return (this.text ??= digestOf(this.sum));
  }

  /** Starts to note what changes. */
  begin(): void {
    this.undo = { size: this.size, pages: undefined };
  }

  /** Keeps the changes since `begin`. */
  commit(): void {
    for (const [index, before] of this.undo?.pages ?? NO_PAGES) {
      if (before !== undefined) this.weigh(index, before, -1);
      const after = this.pages.get(index);
      if (after !== undefined) this.weigh(index, after, 1);
    }
    this.undo = undefined;
  }

  /** Copies what changed since `begin`. */
  takeDelta(): StableDelta {
    const pages = new Map<number, Uint8Array>();
    for (const index of this.undo?.pages?.keys() ?? []) {
      const page = this.pages.get(index);
      if (page !== undefined) pages.set(index, page.slice());
    }
    return { size: this.size, pages };
  }

  /** Makes such changes again; they can be undone like any. */
  applyDelta({ size, pages }: StableDelta): void {
    this.size = size;
    for (const [index, page] of pages) this.writable(index).set(page);
  }

  /** Undoes the writes since `begin`. */
  undoWrites(): void {
    for (const [index, before] of this.undo?.pages ?? NO_PAGES) {
      if (before === undefined) this.pages.delete(index);
      else this.pages.set(index, before);
    }
    this.undo?.pages?.clear();
  }

  /** Undoes growth since `begin`. */
  undoSize(): void {
    if (this.undo !== undefined) this.size = this.undo.size;
  }

  private weigh(index: number, page: Uint8Array, sign: 1 | -1): void {
    this.text = undefined;
    addPage(this.sum, index, new Int32Array(page.buffer, page.byteOffset, STABLE_PAGE_BYTES / 4), 0, sign);
  }

  /** The page for writing; its content before is noted once. */
  private writable(index: number): Uint8Array {
    const page = this.pages.get(index);
    if (this.undo !== undefined) {
      const pages = (this.undo.pages ??= new Map());
      if (!pages.has(index)) pages.set(index, page?.slice());
    }
    if (page !== undefined) return page;
    const fresh = new Uint8Array(STABLE_PAGE_BYTES);
    this.pages.set(index, fresh);
    return fresh;
  }

  /** @param offset within the size */
  write(offset: number, data: Uint8Array): void {
    for (let done = 0; done < data.length;) {
      const at = offset + done;
      const within = at % STABLE_PAGE_BYTES;
      const count = Math.min(STABLE_PAGE_BYTES - within, data.length - done);
      this.writable((at - within) / STABLE_PAGE_BYTES).set(data.subarray(done, done + count), within);
      done += count;
    }
  }

  /** Fills `into` with the content from `offset` on. */
  read(offset: number, into: Uint8Array): void {
    for (let done = 0; done < into.length;) {
      const at = offset + done;
      const within = at % STABLE_PAGE_BYTES;
      const count = Math.min(STABLE_PAGE_BYTES - within, into.length - done);
      const page = this.pages.get((at - within) / STABLE_PAGE_BYTES);
      if (page === undefined) into.fill(0, done, done + count);
      else into.set(page.subarray(within, within + count), done);
      done += count;
    }
  }
}
