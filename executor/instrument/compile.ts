// plumbing: from uploaded bytes to a compiled module, once for each content — canister-interface.md#canister-module-format
import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { gunzipSync } from 'node:zlib';
import type { Profile } from '../../spec/profiles/profile.js';
import { PRODUCTION_WEIGHTS, weightOf } from '../../spec/profiles/weights.js';
import { hex, type Hex } from '../../spec/vocabulary/brands.js';
import { wasm, type HostModule } from '../host.js';
import type { CodeFacts } from './body.js';
import { InvalidModule } from './bytes.js';
import { decode, type DecodedModule } from './decode.js';
import type { StateGlobal } from './helpers.js';
import type { Operation } from './opcodes.js';
import type { Instrumentation } from './passes.js';
import { canisterExports, widthOf, type CanisterExports } from './requirements.js';
import { rewrite, type RewriteOptions } from './rewrite.js';

/** V8 does not go past 4 GiB on Node 20. */
const HOST_PAGES = 65_536n;
const GZIP = [0x1f, 0x8b, 0x08];

// Node 20 has 64-bit memories behind a flag that may be set at run time, before the first module is compiled.
setFlagsFromString('--experimental-wasm-memory64');

/** The memory of a module: pages, and how far the canister may grow it. */
export interface MemoryPlan {
  readonly initial: bigint;
  /** What V8 is told. */
  readonly maximum: bigint;
  /** What the canister is told: the module's maximum and the profile's limit. */
  readonly allowed: bigint;
  readonly wide: boolean;
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
  /** Function indices of ours from here on: the shims of the imports, in their order. */
  readonly firstShim: number;
  /** SHA-256 of the uploaded bytes. */
  readonly hash: Hex;
  /** Length of the uploaded bytes. */
  readonly uploadedBytes: number;
}

export interface CompileOptions {
  readonly profile: Profile;
  readonly passes: Instrumentation;
  readonly systemCallCharge: RewriteOptions['systemCallCharge'];
}

/**
 * The WebAssembly binary in the uploaded bytes.
 * @throws InvalidModule when the gzip stream is broken or too large
 */
export function unpack(uploaded: Uint8Array, mostBytes: number): Uint8Array {
  let bytes = uploaded;
  if (GZIP.every((byte, i) => uploaded[i] === byte)) {
    try {
      bytes = gunzipSync(uploaded, { maxOutputLength: mostBytes + 1 });
    } catch (error) {
      throw new InvalidModule(`cannot be decompressed: ${(error as Error).message}`);
    }
  }
  if (bytes.length > mostBytes) throw new InvalidModule(`has more than ${mostBytes} bytes`);
  return bytes;
}

function memoryPlan(module: DecodedModule, { limits }: Profile): MemoryPlan | undefined {
  const { memory } = module;
  if (memory === undefined) return undefined;
  const wide = memory.address === 'i64';
  const limit = wide ? limits.wasm64Pages : limits.wasm32Pages;
  const allowed = memory.max === undefined || memory.max > limit ? limit : memory.max;
  return { initial: memory.min, maximum: allowed > HOST_PAGES ? HOST_PAGES : allowed, allowed, wide };
}

function entryPoints(module: DecodedModule, canister: CanisterExports): Set<number> {
  const functions = new Set<number>(canister.system.values());
  for (const method of canister.methods.values()) functions.add(method.function);
  if (module.start !== undefined) functions.add(module.start);
  return functions;
}

/**
 * Compiles the uploaded bytes.
 * @throws InvalidModule
 */
export function compile(uploaded: Uint8Array, options: CompileOptions): CompiledModule {
  const { profile, passes } = options;
  const decoded = decode(unpack(uploaded, profile.limits.moduleBytes));
  const canister = canisterExports(decoded, profile);
  const memory = memoryPlan(decoded, profile);
  const address = widthOf(decoded);
  const weights = new Map<Operation, number>();
  const { bytes, facts, helpers } = rewrite(decoded, {
    module: decoded,
    passes,
    weightOf: (operation) => {
      let weight = weights.get(operation);
      if (weight === undefined) {
        weight = weightOf(PRODUCTION_WEIGHTS, operation.mnemonic, address);
        weights.set(operation, weight);
      }
      return weight;
    },
    refused: new Set(profile.refusedInstructions),
    wideMemory: memory?.wide ?? false,
    imported: canister.imported,
    systemCallCharge: options.systemCallCharge,
    memoryLimits: memory,
    tableEntries: profile.limits.tableEntries,
    stackSlots: profile.limits.stackSlots,
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
    decoded,
    canister,
    facts,
    memory,
    stateGlobals: helpers.stateGlobals,
    droppedData: helpers.droppedData,
    droppedElements: helpers.droppedElements,
    references: helpers.references,
    firstShim: decoded.functions.length,
    hash: hex(createHash('sha256').update(uploaded).digest('hex')),
    uploadedBytes: uploaded.length,
  };
}

/** Compiled modules (or why there is none) by content, the least recently used dropped first. */
export class ModuleCache {
  private readonly entries = new Map<string, CompiledModule | InvalidModule>();
  private readonly options: CompileOptions;
  private readonly capacity: number;

  constructor(options: CompileOptions, capacity = 256) {
    this.options = options;
    this.capacity = capacity;
  }

  /** @throws InvalidModule */
  get(uploaded: Uint8Array): CompiledModule {
    const key = createHash('sha256').update(uploaded).digest('base64');
    let entry = this.entries.get(key);
    if (entry !== undefined) this.entries.delete(key);
    else entry = this.compile(uploaded);
    this.entries.set(key, entry);
    if (this.entries.size > this.capacity) {
      for (const oldest of this.entries.keys()) {
        this.entries.delete(oldest);
        break;
      }
    }
    if (entry instanceof InvalidModule) throw entry;
    return entry;
  }

  private compile(uploaded: Uint8Array): CompiledModule | InvalidModule {
    try {
      return compile(uploaded, this.options);
    } catch (error) {
      if (error instanceof InvalidModule) return error;
      throw error;
    }
  }
}
