// plumbing: reads a real canister's module — its methods, its entry points, and the Candid types that it carries
import { gunzipSync } from 'node:zlib';
import { decodeModule } from '../../reference-model/wasm/binary/module.js';
import { WasmDecodeError, WasmValidationError } from '../../reference-model/wasm/structure/errors.js';
import type { Module } from '../../reference-model/wasm/structure/module.js';
import { validateModule } from '../../reference-model/wasm/validation/module.js';
import { parseArgumentTypes, parseDid } from './candid/parser.js';
import { CandidSyntaxError, type CandidService } from './candid/types.js';
import { CheckInputError } from './input-error.js';

export interface ExportedMethod {
  readonly kind: 'update' | 'query' | 'composite_query';
  readonly name: string;
}

export interface CheckedModule {
  /** The file it came from. */
  readonly file: string;
  /** As uploaded: perhaps gzip. */
  readonly bytes: Uint8Array;
  /** In the order of the export section. */
  readonly methods: readonly ExportedMethod[];
  /** Names of the exported functions that the system invokes: `canister_init`, `canister_heartbeat`, … */
  readonly entryPoints: ReadonlySet<string>;
  /** Absent: neither a .did file nor metadata in the module says what types its methods have. */
  readonly candid?: CandidService;
  /** The module asks for upgrades with `wasm_memory_persistence = keep` (Motoko's enhanced orthogonal persistence). */
  readonly keepsMemory: boolean;
}

/** A .did file. */
export interface DidFile {
  readonly file: string;
  readonly text: string;
}

const METHOD = /^canister_(update|query|composite_query) (.*)$/s;

/**
 * Reads a module and the types of its methods: those of the .did file, or else of the custom sections `candid:service` and `candid:args`.
 * @param file name of the file, for messages
 * @throws CheckInputError where the bytes are not a canister module, or the types are not Candid
 */
export function readModule(file: string, bytes: Uint8Array, did?: DidFile): CheckedModule {
  const module = decoded(file, bytes);
  const functions = module.exports.filter(({ kind }) => kind === 'func').map(({ name }) => name);
  const candid = did === undefined ? carriedTypes(file, module) : parsed(did.file, () => parseDid(did.text));
  return {
    file,
    bytes,
    methods: functions.flatMap((name) => {
      const [, kind, method] = METHOD.exec(name) ?? [];
      return method === undefined ? [] : [{ kind: kind as ExportedMethod['kind'], name: method }];
    }),
    entryPoints: new Set(functions.filter((name) => name.startsWith('canister_') && !name.includes(' '))),
    keepsMemory: section(module, 'enhanced-orthogonal-persistence') !== undefined,
    ...(candid === undefined ? {} : { candid }),
  };
}

function decoded(file: string, uploaded: Uint8Array): Module {
  const bytes = isGzip(uploaded) ? unpacked(file, uploaded) : uploaded;
  try {
    const module = decodeModule(bytes);
    validateModule(module);
    return module;
  } catch (error) {
    if (error instanceof WasmDecodeError) {
      throw new CheckInputError(file, `not a WebAssembly module: ${error.message} (byte ${error.offset})`, 'Give a .wasm or .wasm.gz file that a compiler made'); // prettier-ignore
    }
    if (error instanceof WasmValidationError) {
      throw new CheckInputError(file, `not a valid WebAssembly module: ${error.message} (byte ${error.offset})`, 'Compile it again; no implementation may run it as it is'); // prettier-ignore
    }
    throw error;
  }
}

/** canister-interface.md#canister-module-format: these three bytes alone decide. */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
}

function unpacked(file: string, bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new CheckInputError(file, `starts like a gzip file and is none: ${(error as Error).message}`, 'Compress the module again, or give the .wasm file'); // prettier-ignore
  }
}

function carriedTypes(file: string, module: Module): CandidService | undefined {
  const service = section(module, 'candid:service');
  if (service === undefined) return undefined;
  const { definitions, init, methods } = parsed(`${file}, custom section candid:service`, () => parseDid(service));
  const args = section(module, 'candid:args');
  if (args === undefined || init.length > 0) return { definitions, init, methods };
  const declared = parsed(`${file}, custom section candid:args`, () => parseArgumentTypes(args));
  return { definitions: new Map([...definitions, ...declared.definitions]), init: declared.init, methods };
}

/** Text of the metadata section of that name, public or private. */
function section(module: Module, name: string): string | undefined {
  const found = module.customSections.find(
    (one) => one.name === `icp:public ${name}` || one.name === `icp:private ${name}`,
  );
  return found === undefined ? undefined : new TextDecoder().decode(found.bytes);
}

function parsed<T>(where: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof CandidSyntaxError)) throw error;
    throw new CheckInputError(where, error.message, 'Give a correct .did file with --did'); // prettier-ignore
  }
}
