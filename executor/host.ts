// plumbing: the parts of V8's WebAssembly object that the executor uses, typed (the DOM library is not part of the build)
import { setFlagsFromString } from 'node:v8';

export interface HostModule {
  readonly [Symbol.toStringTag]?: 'WebAssembly.Module';
}

export interface HostMemory {
  /** Another object after each growth. */
  readonly buffer: ArrayBuffer;
  /** Pages of 64 KiB; newer Nodes want a bigint for 64-bit memories. */
  grow(pages: number): unknown;
}

/** A function reference. Its name is its index in the module, in decimal. */
export type HostFunction = ((...args: never[]) => unknown) & { readonly name: string };

export interface HostTable {
  readonly length: number;
  grow(entries: number, value: null): number;
  get(index: number): HostFunction | null;
  set(index: number, value: HostFunction | null): void;
}

export interface HostGlobal {
  value: unknown;
}

export interface HostInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Anything that an execution in V8 may throw on its own. */
interface HostErrors {
  readonly RuntimeError: new (message: string) => Error;
}

interface HostWebAssembly extends HostErrors {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => HostModule;
  readonly Instance: new (
    module: HostModule,
    imports: Record<string, Readonly<Record<string, unknown>>>,
  ) => HostInstance;
  readonly Memory: new (descriptor: Record<string, unknown>) => HostMemory;
}

/** V8's WebAssembly. */
export const wasm = (globalThis as unknown as { readonly WebAssembly: HostWebAssembly }).WebAssembly;

/** A module of one 64-bit memory of one page. */
const WIDE_MEMORY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 4, 1);

/** Switches 64-bit memories on: Node 20 has them behind a flag, newer ones have them and do not know the flag. */
export function enableWideMemories(): void {
  if (!wasm.validate(WIDE_MEMORY)) setFlagsFromString('--experimental-wasm-memory64');
}
