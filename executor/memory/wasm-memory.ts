// plumbing: commit and rollback of a Wasm memory by pages, and its digest kept up to date
import {
  addPage,
  digestOf,
  emptySum,
  DIGEST_PAGE_BYTES,
  type Digest,
  type DigestSum,
} from '../../spec/vocabulary/digest.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import { HostLimit } from '../../spec/vocabulary/engine.js';
import { wasm, type HostMemory } from '../host.js';
import type { MemoryPlan } from '../instrument/compile.js';

/** Compared in one go; where they differ, page by page. */
const CHUNK = 16 * DIGEST_PAGE_BYTES;
const PAGE_WORDS = DIGEST_PAGE_BYTES / 4;

/** How V8 of this Node wants a 64-bit memory described. */
function describe(initial: bigint, plan: MemoryPlan): Record<string, unknown>[] {
  const numbers = { initial: Number(initial), maximum: Number(plan.maximum) };
  if (!plan.wide) return [numbers];
  return [
    { ...numbers, index: 'u64' },
    { initial, maximum: plan.maximum, address: 'i64' },
  ];
}

function isWide(memory: HostMemory): boolean {
  // The memory type of V8's JS API is not reflected on Node 20: a module that wants an i64 memory is asked instead.
  try {
    new wasm.Instance(wideProbe(), { a: { m: memory } });
    return true;
  } catch {
    return false;
  }
}

let probe: InstanceType<typeof wasm.Module> | undefined;
function wideProbe(): InstanceType<typeof wasm.Module> {
  // (module (import "a" "m" (memory i64 0)))
  probe ??= new wasm.Module(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 2, 8, 1, 1, 0x61, 1, 0x6d, 2, 4, 0]));
  return probe;
}

let wideStyle: number | undefined;

/** @throws HostLimit when V8 cannot give that much */
export function newMemory(initial: bigint, plan: MemoryPlan): HostMemory {
  const descriptors = describe(initial, plan);
  try {
    if (!plan.wide) return new wasm.Memory(descriptors[0] as Record<string, unknown>);
    if (wideStyle === undefined) {
      wideStyle = descriptors.findIndex((descriptor) => {
        try {
          return isWide(new wasm.Memory(descriptor));
        } catch {
          return false;
        }
      });
    }
    const descriptor = descriptors[wideStyle];
    if (descriptor === undefined) throw new HostLimit('this Node has no 64-bit memories');
    return new wasm.Memory(descriptor);
  } catch (error) {
    if (error instanceof RangeError) throw new HostLimit(`no memory of ${initial} pages: ${error.message}`);
    throw error;
  }
}

/** Pages of 4 KiB that differ from the committed ones, and the size in Wasm pages. */
export interface MemoryDelta {
  readonly pages: bigint;
  readonly content: ReadonlyMap<number, Uint8Array>;
}

/** The memory of one instance: what V8 works on, and the committed content to go back to. */
export class WasmMemory {
  memory: HostMemory;
  private view: Uint8Array;
  private buffer: Buffer;
  private words: Int32Array;
  /** Content as last committed. */
  private shadow: Uint8Array;
  private readonly hashes = new Map<number, DigestSum>();
  private readonly sum = emptySum();
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
    return digestOf(this.sum);
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
    const before = this.hashes.get(page);
    if (before !== undefined) {
      this.sum.lane0 = (this.sum.lane0 - before.lane0) >>> 0;
      this.sum.lane1 = (this.sum.lane1 - before.lane1) >>> 0;
    }
    const hash = emptySum();
    addPage(hash, page, this.words, page * PAGE_WORDS, 1);
    if (hash.lane0 === 0 && hash.lane1 === 0) this.hashes.delete(page);
    else this.hashes.set(page, hash);
    this.sum.lane0 = (this.sum.lane0 + hash.lane0) >>> 0;
    this.sum.lane1 = (this.sum.lane1 + hash.lane1) >>> 0;
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
      this.memory.grow((this.plan.wide && wideStyle === 1 ? more : Number(more)) as number);
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
