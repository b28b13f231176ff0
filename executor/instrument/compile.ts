// plumbing: from uploaded bytes to a compiled module, once for each content — canister-interface.md#canister-module-format
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { GZIP_PREFIX } from '../../spec/module-requirements.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { hex, type Hex } from '../../spec/vocabulary/brands.js';
import { Cache } from '../../spec/vocabulary/cache.js';
import { enableWideMemories, wasm, type HostModule } from '../host.js';
import type { CodeFacts } from './emitter.js';
import { InvalidModule } from './bytes.js';
import { decode, type DecodedModule } from './decode.js';
import type { StateGlobal } from './helpers.js';
import type { Instrumentation } from './passes.js';
import { canisterExports, widthOf, type CanisterExports } from './requirements.js';
import { rewrite } from './rewrite.js';
import { SHIFT_PAGES } from './tracking.js';

/** V8 does not go past 4 GiB on Node 20. */
const HOST_PAGES = 65_536n;
/** Memories of at most as many pages (4 MiB) are compared with a copy; stores to larger ones are tracked. */
export const COMPARED_PAGES = 64n;

// Before the first module is compiled.
enableWideMemories();

/** The memory of a module, in pages. */
export interface MemoryPlan {
  readonly wide: boolean;
  /** What the canister has at first, and how far it may grow: the module's maximum and the profile's limit. */
  readonly initial: bigint;
  readonly allowed: bigint;
  /** Whether stores note the pages that they change; the canister's memory then begins after SHIFT_PAGES. */
  readonly tracking: boolean;
  /** The maximum that V8 is told. */
  readonly maximum: bigint;
}

/** A canister module, ready to be instantiated. */
export interface CompiledModule {
  readonly wasm: HostModule;
  readonly decoded: DecodedModule;
  readonly canister: CanisterExports;
  readonly facts: CodeFacts;
  readonly memory: MemoryPlan | undefined;
  readonly stateGlobals: readonly StateGlobal[];
  readonly droppedData: readonly (number | undefined)[];
  readonly droppedElements: readonly (number | undefined)[];
  /** Functions that references may refer to, in the order of the table `references`. */
  readonly references: readonly number[];
  /** By how much the indices of functions that are not imported are larger than in the canister's module. */
  readonly functionShift: number;
  /** The import that a function of ours stands for, by its index in the instrumented module. */
  readonly shims: ReadonlyMap<number, number>;
  /** What the system invokes a function with. */
  readonly stackSlots: number;
  /** SHA-256 of the uploaded bytes. */
  readonly hash: Hex;
  /** Length of the uploaded bytes. */
  readonly uploadedBytes: number;
  /** The variant whose stores note the pages that they change: for large memories. */
  tracked(): CompiledModule;
}

export interface CompileOptions {
  readonly profile: Profile;
  readonly passes: Instrumentation;
}

/**
 * The WebAssembly binary in the uploaded bytes.
 * @throws InvalidModule when the gzip stream is broken or too large
 */
export function unpack(uploaded: Uint8Array, mostBytes: number): Uint8Array {
  let bytes = uploaded;
  if (GZIP_PREFIX.every((byte, i) => uploaded[i] === byte)) {
    try {
      bytes = gunzipSync(uploaded, { maxOutputLength: mostBytes + 1 });
    } catch (error) {
      throw new InvalidModule(`cannot be decompressed: ${(error as Error).message}`);
    }
  }
  if (bytes.length > mostBytes) throw new InvalidModule(`has more than ${mostBytes} bytes`);
  return bytes;
}

function memoryPlan(module: DecodedModule, { limits }: Profile, tracking: boolean): MemoryPlan | undefined {
  const { memory } = module;
  if (memory === undefined) return undefined;
  const wide = memory.address === 'i64';
  const limit = wide ? limits.wasm64Pages : limits.wasm32Pages;
  const allowed = memory.max === undefined || memory.max > limit ? limit : memory.max;
  // Small memories have one maximum, so that V8's memory can be used again for another module.
  const wanted = tracking ? allowed + BigInt(SHIFT_PAGES) : limit;
  // Tracked memories stay below 4 GiB, so that an address that is cut to 2^32 - 1 is beyond each of them.
  const most = tracking ? HOST_PAGES - 1n : HOST_PAGES;
  return { wide, initial: memory.min, allowed, tracking, maximum: wanted > most ? most : wanted };
}

function entryPoints(module: DecodedModule, canister: CanisterExports): Set<number> {
  const functions = new Set<number>(canister.system.values());
  for (const method of canister.methods.values()) functions.add(method.function);
  if (module.start !== undefined) functions.add(module.start);
  return functions;
}

const hashOf = (uploaded: Uint8Array): Hex => hex(createHash('sha256').update(uploaded).digest('hex'));

/**
 * Compiles the uploaded bytes.
 * @param hash their SHA-256
 * @throws InvalidModule, HostLimit
 */
export function compile(uploaded: Uint8Array, options: CompileOptions, hash = hashOf(uploaded)): CompiledModule {
  const { profile } = options;
  const decoded = decode(unpack(uploaded, profile.limits.moduleBytes));
  const canister = canisterExports(decoded, profile);
  const variant = (tracking: boolean): CompiledModule => {
    let other: CompiledModule | undefined;
    const made = instrument(decoded, canister, options, tracking);
    return {
      wasm: made.wasm,
      facts: made.facts,
      memory: made.memory,
      stateGlobals: made.stateGlobals,
      droppedData: made.droppedData,
      droppedElements: made.droppedElements,
      references: made.references,
      functionShift: made.functionShift,
      shims: made.shims,
      stackSlots: made.stackSlots,
      decoded,
      canister,
      hash,
      uploadedBytes: uploaded.length,
      tracked() {
        return (other ??= tracking ? this : variant(true));
      },
    };
  };
  return variant(decoded.memory !== undefined && decoded.memory.min > COMPARED_PAGES);
}

function instrument(
  decoded: DecodedModule,
  canister: CanisterExports,
  { profile, passes }: CompileOptions,
  tracking: boolean,
): Omit<CompiledModule, 'decoded' | 'canister' | 'hash' | 'uploadedBytes' | 'tracked'> {
  const memory = memoryPlan(decoded, profile, tracking);
  const { bytes, facts, helpers } = rewrite(decoded, {
    module: decoded,
    passes,
    address: widthOf(decoded),
    refused: new Set(profile.refusedInstructions),
    tracking,
    memoryLimits: memory && { ...memory, initial: memory.initial + BigInt(tracking ? SHIFT_PAGES : 0) },
    tableEntries: profile.limits.tableEntries,
    entryPoints: entryPoints(decoded, canister),
  });
  let module: HostModule;
  try {
    module = new wasm.Module(bytes);
  } catch (error) {
    throw new InvalidModule((error as Error).message);
  }
  return {
    wasm: module,
    facts,
    memory,
    stateGlobals: helpers.stateGlobals,
    droppedData: helpers.droppedData,
    droppedElements: helpers.droppedElements,
    references: helpers.references,
    functionShift: tracking ? 1 : 0,
    shims: helpers.shims,
    stackSlots: profile.limits.stackSlots,
  };
}

type Entry = CompiledModule | InvalidModule;

/** Compiled modules (or why there is none) by content. */
export class ModuleCache {
  private readonly entries = new Cache<Hex, Entry>({ once: 32, again: 160, forgotten: 4096 });
  /** By the bytes themselves, which nobody writes to: modules are installed more than once. */
  private readonly known = new WeakMap<Uint8Array, Entry>();
  private readonly options: CompileOptions;

  constructor(options: CompileOptions) {
    this.options = options;
  }

  /**
   * @param uploaded never written to afterwards
   * @throws InvalidModule
   */
  get(uploaded: Uint8Array): CompiledModule {
    let entry = this.known.get(uploaded);
    if (entry === undefined) this.known.set(uploaded, (entry = this.byContent(uploaded)));
    if (entry instanceof InvalidModule) throw entry;
    return entry;
  }

  private byContent(uploaded: Uint8Array): Entry {
    const hash = hashOf(uploaded);
    return this.entries.getOrMake(hash, () => this.compile(uploaded, hash));
  }

  private compile(uploaded: Uint8Array, hash: Hex): Entry {
    try {
      return compile(uploaded, this.options, hash);
    } catch (error) {
      if (error instanceof InvalidModule) return error;
      throw error;
    }
  }
}
