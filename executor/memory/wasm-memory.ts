// plumbing: the Wasm memory of one instance: what V8 works on, and how the committed content is kept
import {
  addPage,
  DIGEST_PAGE_BYTES,
  digestOf,
  emptySum,
  type Digest,
  type DigestSum,
} from '../../spec/vocabulary/digest.js';
import { HostLimit } from '../../spec/vocabulary/engine.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import { wasm, type HostMemory } from '../host.js';
import type { MemoryPlan } from '../instrument/compile.js';

/** How versions of V8 want 64-bit memories described: numbers of pages as bigints or not, and the property that says which memory. */
const WIDE_STYLES = [
  // Node 20
  { big: false, kind: { index: 'u64' } },
  // Node 22
  { big: false, kind: { index: 'i64' } },
  // Node 24
  { big: true, kind: { address: 'i64' } },
] as const;

type WideStyle = (typeof WIDE_STYLES)[number];

function wideMemory(initial: bigint, maximum: bigint, { big, kind }: WideStyle): HostMemory {
  const pages = big ? { initial, maximum } : { initial: Number(initial), maximum: Number(maximum) };
  return new wasm.Memory({ ...pages, ...kind });
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

let knownStyle: WideStyle | undefined;

/** How V8 of this Node wants 64-bit memories described. @throws HostLimit where it has none */
function wideStyle(): WideStyle {
  knownStyle ??= WIDE_STYLES.find((style) => {
    try {
      return isWide(wideMemory(0n, 1n, style));
    } catch {
      return false;
    }
  });
  if (knownStyle === undefined) throw new HostLimit('this Node has no 64-bit memories');
  return knownStyle;
}

/** @throws HostLimit when V8 cannot give that much */
export function newMemory(initial: bigint, { wide, maximum }: MemoryPlan): HostMemory {
  try {
    if (wide) return wideMemory(initial, maximum, wideStyle());
    return new wasm.Memory({ initial: Number(initial), maximum: Number(maximum) });
  } catch (error) {
    if (error instanceof RangeError) throw new HostLimit(`no memory of ${initial} pages: ${error.message}`);
    throw error;
  }
}

interface Idle {
  readonly kind: string;
  /** At least one, so that memories without pages do not gather. */
  readonly pages: bigint;
  readonly memory: HostMemory;
}

/**
 * Memories of zeroes that can be used again, the least recently used first: V8 spends longer on making and freeing one than a message on
 * using it.
 */
let idle: Idle[] = [];
let idlePages = 0n;
/** Wasm pages that are kept: 8 MiB. What was written once stays with the process. */
const MOST_IDLE_PAGES = 128n;

function kindOf(pages: bigint, { wide, maximum }: MemoryPlan): string {
  return `${wide ? 'i64' : 'i32'} ${pages} ${maximum}`;
}

/** A memory of zeroes, new or used before. @throws HostLimit when V8 cannot give that much */
export function takeMemory(initial: bigint, plan: MemoryPlan): HostMemory {
  const kind = kindOf(initial, plan);
  const found = idle.findLast((one) => one.kind === kind);
  if (found === undefined) return newMemory(initial, plan);
  idle = idle.filter((one) => one !== found);
  idlePages -= found.pages;
  return found.memory;
}

/** Takes a memory back that is all zero, and that no instance uses. */
export function giveBackMemory(memory: HostMemory, pages: bigint, plan: MemoryPlan): void {
  const counted = pages > 0n ? pages : 1n;
  idle.push({ kind: kindOf(pages, plan), pages: counted, memory });
  idlePages += counted;
  let kept = 0;
  while (idlePages > MOST_IDLE_PAGES) idlePages -= idle[kept++]?.pages ?? idlePages;
  if (kept > 0) idle = idle.slice(kept);
}

/** Pages of 4 KiB that differ from the committed ones, and the size in Wasm pages. */
export interface MemoryDelta {
  readonly pages: bigint;
  readonly content: ReadonlyMap<number, Uint8Array>;
}

/** The memory of one instance. Sizes and addresses are the canister's. */
export interface WasmMemory {
  /** What V8 works on; another object after `undoSize`. */
  readonly memory: HostMemory;
  /** The bytes as they are now, for reading. */
  bytes(): Uint8Array;
  /** A range, within the memory, that is going to be written. */
  writable(start: number, size: number): Uint8Array;
  /** Size now, in Wasm pages. */
  readonly pages: bigint;
  /** Size as last committed, in Wasm pages. */
  readonly committedPages: bigint;
  /** Whether the memory grew since the last commit. */
  readonly grown: boolean;
  /** Calls back for each page, as it is now, that may be other than zero. */
  forEachWritten(visit: SeesPage): void;
  /** Of the committed content. */
  digest(): Digest;
  /** Makes the present content the committed one. */
  commit(): void;
  /** Brings back the committed content of what was there at the last commit. */
  undoWrites(): void;
  /**
   * Brings back the committed size. V8 cannot shrink a memory, so there is a new one afterwards, and the instance must be
   * made anew.
   * @returns gives up the memory before, once no instance runs on it
   */
  undoSize(): () => void;
  /** Copies what differs from the committed content. */
  takeDelta(): MemoryDelta;
  /** Puts such differences on the committed content. */
  applyDelta(delta: MemoryDelta): void;
  /** For tracked memories: notes a page before it is changed. */
  touch?(page: number): void;
  /** For small memories: gives V8's memory up to be used again. */
  release?(): void;
}

/** A Wasm page that nobody wrote to. */
export const ZEROES = new Uint8Array(WASM_PAGE_BYTES);

/** Whether `size` bytes of two arrays differ. No views are made of the ranges: that would cost more than comparing them. */
export function differ(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, size: number): boolean {
  return Buffer.prototype.compare.call(a, b, bStart, bStart + size, aStart, aStart + size) !== 0;
}

/** Whether `size` bytes from `start`, at most a Wasm page of them, are all zero. */
export function isZero(bytes: Uint8Array, start: number, size: number): boolean {
  return !differ(bytes, start, ZEROES, 0, size);
}

/** Sees a page of 4 KiB that begins at `start`. */
export type SeesPage = (start: number, page: Uint8Array) => void;

/** Calls back for each page of 4 KiB that is not all zero: looking is cheaper than copying. */
export function forEachWrittenPage(content: Uint8Array, visit: SeesPage): void {
  for (let from = 0; from < content.length; from += WASM_PAGE_BYTES) {
    if (isZero(content, from, WASM_PAGE_BYTES)) continue;
    for (let start = from; start < from + WASM_PAGE_BYTES; start += DIGEST_PAGE_BYTES) {
      if (!isZero(content, start, DIGEST_PAGE_BYTES)) visit(start, content.subarray(start, start + DIGEST_PAGE_BYTES));
    }
  }
}

/** Grows a memory from outside. */
export function growMemory(memory: HostMemory, pages: bigint, wide: boolean): void {
  memory.grow((wide && wideStyle().big ? pages : Number(pages)) as number);
}

/** Hashes of 4 KiB pages, and their sum. */
export class PageHashes {
  private readonly hashes = new Map<number, DigestSum>();
  private readonly sum = emptySum();
  private text: Digest | undefined;

  digest(): Digest {
    return (this.text ??= digestOf(this.sum));
  }

  /** Replaces the hash of a page. @param start index of its first word */
  rehash(page: number, words: Int32Array, start: number): void {
    this.text = undefined;
    const before = this.hashes.get(page);
    const hash = before ?? emptySum();
    this.sum.lane0 = (this.sum.lane0 - hash.lane0) >>> 0;
    this.sum.lane1 = (this.sum.lane1 - hash.lane1) >>> 0;
    hash.lane0 = 0;
    hash.lane1 = 0;
    addPage(hash, page, words, start, 1);
    this.sum.lane0 = (this.sum.lane0 + hash.lane0) >>> 0;
    this.sum.lane1 = (this.sum.lane1 + hash.lane1) >>> 0;
    if (before === undefined && (hash.lane0 !== 0 || hash.lane1 !== 0)) this.hashes.set(page, hash);
  }
}
