// plumbing: the parts of V8's WebAssembly object that the executor uses, typed (the DOM library is not part of the build)

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
  grow(entries: number): number;
  get(index: number): HostFunction | null;
  set(index: number, value: HostFunction | null): void;
}

export interface HostInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Anything that an execution in V8 may throw on its own. */
export interface HostErrors {
  readonly RuntimeError: new (message: string) => Error;
}

interface HostWebAssembly extends HostErrors {
  readonly Module: new (bytes: Uint8Array) => HostModule;
  readonly Instance: new (module: HostModule, imports: Record<string, Record<string, unknown>>) => HostInstance;
  readonly Memory: new (descriptor: Record<string, unknown>) => HostMemory;
}

/** V8's WebAssembly. */
export const wasm = (globalThis as unknown as { readonly WebAssembly: HostWebAssembly }).WebAssembly;
