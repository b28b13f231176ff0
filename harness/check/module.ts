// plumbing: reads a real canister's module — its methods, its entry points, and the Candid types that it carries
import { parseModule, type CanisterModule, type MethodKind } from '../../reference-model/ic/module.js';
import { check } from '../../spec/profiles/profiles.js';
import { ASKED, askedInterface } from './candid/asked.js';
import { parseArgumentTypes, parseDid } from './candid/parser.js';
import { CandidSyntaxError, type CandidService } from './candid/types.js';
import { CheckInputError } from './input-error.js';

export interface ExportedMethod {
  readonly kind: MethodKind;
  readonly name: string;
}

export interface CheckedModule {
  /** The file it came from. */
  readonly file: string;
  /** As uploaded: perhaps gzip. */
  readonly bytes: Uint8Array;
  /** In the order of the export section. */
  readonly methods: readonly ExportedMethod[];
  /** The exported functions that the system invokes by themselves: `canister_init`, `canister_heartbeat`, … */
  readonly entryPoints: CanisterModule['exports'];
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

/**
 * Reads a module and the types of its methods: those of the .did file, or else of the custom sections `candid:service` and `candid:args`,
 * or else what a query of the module replies.
 * @param file name of the file, for messages
 * @throws CheckInputError where the bytes are not a canister module, or the types are not Candid
 */
export function readModule(file: string, bytes: Uint8Array, did?: DidFile): CheckedModule {
  const module = parseModule(check, bytes);
  if ('invalid' in module) {
    throw new CheckInputError(file, `not a canister module: ${module.invalid}`, adviceFor(module.invalid, bytes));
  }
  const candid =
    did === undefined
      ? (carriedTypes(file, module) ?? repliedTypes(bytes, module))
      : parsed(did.file, () => parseDid(did.text));
  return {
    file,
    bytes,
    methods: [...module.methods].map(([name, kind]) => ({ kind, name })),
    entryPoints: module.exports,
    keepsMemory: module.keepsMemory,
    ...(candid === undefined ? {} : { candid }),
  };
}

/** How a file begins that Git LFS keeps elsewhere. */
const LFS_POINTER = new TextEncoder().encode('version https://git-lfs.github.com/');

/** What to do about a module that may not be installed. */
function adviceFor(invalid: string, bytes: Uint8Array): string {
  if (LFS_POINTER.every((byte, i) => bytes[i] === byte)) {
    return 'It is a pointer of Git LFS: get the file that it stands for, with git lfs pull';
  }
  if (invalid.startsWith('import wasi_')) {
    return 'A canister has no WASI: replace these imports after compiling, for example with wasi2ic';
  }
  if (invalid.startsWith('import ic0.')) {
    return 'What may be imported stands in canister-interface.md#system-api-imports; functions that were removed, or that some subnets add, are not among it: build the module with a newer compiler or without them';
  }
  return 'Give a .wasm or .wasm.gz file that a compiler made for the Internet Computer; what it must be like stands in canister-interface.md#system-api-module';
}

function carriedTypes(file: string, module: CanisterModule): CandidService | undefined {
  const service = section(module, 'candid:service');
  if (service === undefined) return undefined;
  const { definitions, init, methods } = parsed(`${file}, custom section candid:service`, () => parseDid(service));
  const args = section(module, 'candid:args');
  if (args === undefined || init.length > 0) return { definitions, init, methods };
  const declared = parsed(`${file}, custom section candid:args`, () => parseArgumentTypes(args));
  return { definitions: new Map([...definitions, ...declared.definitions]), init: declared.init, methods };
}

/** A reply that is not Candid says nothing; it is no fault of the user's. */
function repliedTypes(bytes: Uint8Array, module: CanisterModule): CandidService | undefined {
  if (module.methods.get(ASKED) !== 'canister_query') return undefined;
  const text = askedInterface(bytes);
  if (text === undefined) return undefined;
  try {
    return parseDid(text);
  } catch (error) {
    if (error instanceof CandidSyntaxError) return undefined;
    throw error;
  }
}

/** Text of the metadata section of that name, public or private. */
function section({ wasm }: CanisterModule, name: string): string | undefined {
  const found = wasm.customSections.find(
    (one) => one.name === `icp:public ${name}` || one.name === `icp:private ${name}`,
  );
  return found === undefined ? undefined : new TextDecoder().decode(found.bytes);
}

function parsed<T>(where: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof CandidSyntaxError)) throw error;
    throw new CheckInputError(where, error.message, 'Give a correct .did file with --did');
  }
}
