// spec-shaped: which bytes are a canister module — canister-interface.md#canister-module-format, #system-api-module

import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Hex, PointerWidth } from '../../spec/vocabulary/brands.js';
import { Cache } from '../../spec/vocabulary/cache.js';
import { GZIP_PREFIX, SYSTEM_ENTRY_POINT_EXPORTS } from '../../spec/module-requirements.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { existsFor, signatureFor, systemApiFunction } from '../../spec/system-api.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { FuncType } from '../../spec/wasm/types.js';
import { ALL_FEATURES } from '../../spec/wasm/features.js';
import {
  decodeModule,
  SECOND_MEMORY,
  validateModule,
  WasmDecodeError,
  WasmValidationError,
  type Module,
} from '../wasm/index.js';
import { textBytes } from './text.js';

/** An entry point with a fixed name. */
type SpecialExport = (typeof SYSTEM_ENTRY_POINT_EXPORTS)[number];

/** Kinds of public methods; the export's name is the kind, one space, and the method's name. */
const METHOD_KINDS = ['canister_update', 'canister_query', 'canister_composite_query'] as const;
export type MethodKind = (typeof METHOD_KINDS)[number];

const ENHANCED_ORTHOGONAL_PERSISTENCE = 'icp:private enhanced-orthogonal-persistence';

/** A module that may be installed — abstract-behavior.md, `CanisterModule`. */
export interface CanisterModule {
  readonly wasm: Module;
  /** SHA-256 of the uploaded bytes. */
  readonly hash: Hex;
  readonly uploadedBytes: number;
  /** I. */
  readonly width: PointerWidth;
  readonly exports: ReadonlySet<SpecialExport>;
  /** The kind of each public method by name. */
  readonly methods: ReadonlyMap<string, MethodKind>;
  /** Whether it has the custom section that asks for the Wasm memory to be kept over upgrades. */
  readonly keepsMemory: boolean;
}

/** Why bytes are no canister module. */
export interface InvalidModule {
  readonly invalid: string;
  /** The clauses that it breaks. */
  readonly breaks: readonly ClauseId[];
}

class Invalid extends Error {
  constructor(
    readonly breaks: readonly ClauseId[],
    reason: string,
  ) {
    super(reason);
  }
}

/** @param breaks the clauses that the module breaks, one after the other */
function refuse(breaks: string, reason: string): never {
  throw new Invalid(breaks.split(' '), reason);
}

/** Modules by what of the profile decides about them, and hash. */
const parsed = new Cache<string, CanisterModule | InvalidModule>({ once: 32, again: 160, forgotten: 4096 });
/** What was made of bytes last, as long as somebody has them. */
const latest = new WeakMap<
  Uint8Array,
  { readonly required: string; readonly module: CanisterModule | InvalidModule }
>();
const requirements = new WeakMap<Profile, string>();

/** What of a profile decides whether bytes are a canister module: profiles that differ in fees alone share decoded modules. */
function requirementsOf(profile: Profile): string {
  let key = requirements.get(profile);
  if (key === undefined) {
    const { limits, refusesImportedState, enforcesOptionalModuleLimits, refusedInstructions } = profile;
    key = [
      limits.moduleBytes,
      limits.moduleFunctions,
      limits.moduleGlobals,
      limits.customSections,
      limits.exportedMethods,
      limits.exportedMethodNameBytes,
      limits.customSectionBytes,
      limits.tableEntries,
      limits.wasm32Pages,
      limits.wasm64Pages,
      refusesImportedState,
      enforcesOptionalModuleLimits,
      ...refusedInstructions,
    ].join();
    requirements.set(profile, key);
  }
  return key;
}

const hashes = new WeakMap<Uint8Array, Hex>();

function hashOf(bytes: Uint8Array): Hex {
  let hash = hashes.get(bytes);
  if (hash === undefined) hashes.set(bytes, (hash = createHash('sha256').update(bytes).digest('hex') as Hex));
  return hash;
}

/** The canister module that was uploaded, or why it is none. */
export function parseModule(profile: Profile, uploaded: Uint8Array): CanisterModule | InvalidModule {
  const required = requirementsOf(profile);
  const before = latest.get(uploaded);
  if (before?.required === required) return before.module;
  const module = parseNew(profile, required, uploaded);
  latest.set(uploaded, { required, module });
  return module;
}

function parseNew(profile: Profile, required: string, uploaded: Uint8Array): CanisterModule | InvalidModule {
  const hash = hashOf(uploaded);
  return parsed.getOrMake(`${required} ${hash}`, () => {
    try {
      return parse(profile, uploaded, hash);
    } catch (error) {
      if (error instanceof Invalid) return { invalid: error.message, breaks: error.breaks };
      if (error instanceof WasmDecodeError) return { invalid: error.message, breaks: brokenByForm(error, uploaded) };
      if (error instanceof WasmValidationError)
        return { invalid: error.message, breaks: ['module-requirements/valid-wasm', 'wasm/validation'] };
      throw error;
    }
  });
}

const isGzip = (uploaded: Uint8Array): boolean => GZIP_PREFIX.every((byte, i) => uploaded[i] === byte);
/** What a WebAssembly binary begins with. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** What a module that cannot be decoded breaks: a feature may be off, and what is no binary at all is no module either. */
function brokenByForm({ feature, message }: WasmDecodeError, uploaded: Uint8Array): readonly ClauseId[] {
  if (message === SECOND_MEMORY) return ['module-requirements/at-most-one-memory', 'profile/features'];
  if (feature !== undefined) return ['profile/features'];
  const malformed = ['module-requirements/valid-wasm', 'wasm/decoding'];
  if (isGzip(uploaded)) return [...malformed, 'canister-module-format/gzip-content-is-wasm'];
  const isBinary = MAGIC.every((byte, i) => uploaded[i] === byte);
  return isBinary ? malformed : [...malformed, 'canister-module-format/neither-is-refused'];
}

function parse(profile: Profile, uploaded: Uint8Array, hash: Hex): CanisterModule {
  // gzip, or the Wasm binary itself
  const bytes = unpack(uploaded, profile.limits.moduleBytes);
  // a WebAssembly module
  const wasm = decodeModule(bytes, ALL_FEATURES);
  validateModule(wasm, ALL_FEATURES);
  // at most one memory, which gives I
  if (wasm.memories.length > 1) refuse('module-requirements/at-most-one-memory', 'more than one memory');
  const width = wasm.memories[0]?.limits.addressType ?? 'i32';
  checkImports(wasm, width, profile);
  const { exports, methods } = checkExports(wasm);
  checkCustomSections(wasm);
  checkProfileLimits(wasm, profile);
  if (profile.enforcesOptionalModuleLimits) checkOptionalLimits(wasm, methods, profile);
  checkInstructions(wasm, profile.refusedInstructions);
  const keepsMemory = wasm.customSections.some(({ name }) => name === ENHANCED_ORTHOGONAL_PERSISTENCE);
  return { wasm, hash, uploadedBytes: uploaded.length, width, exports, methods, keepsMemory };
}

/** The Wasm binary: what the gzip stream holds if the prefix says that it is one. */
function unpack(uploaded: Uint8Array, limit: number): Uint8Array {
  let bytes = uploaded;
  if (isGzip(uploaded)) {
    try {
      const unpacked = gunzipSync(uploaded, { maxOutputLength: limit });
      bytes = new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength);
    } catch (error) {
      refuse(
        'canister-module-format/gzip-by-prefix',
        `not a gzip stream of at most ${limit} bytes: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  if (bytes.length > limit) refuse('profile/limits', `the module is larger than ${limit} bytes`);
  return bytes;
}

function sameTypes(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether a function has these parameter and result types. */
export function hasType(type: FuncType, params: readonly string[], results: readonly string[]): boolean {
  return sameTypes(type.params, params) && sameTypes(type.results, results);
}

/** Only functions of the System API are imported, with their types for I. */
function checkImports(wasm: Module, width: PointerWidth, profile: Profile): void {
  for (const one of wasm.imports) {
    const refuseIt = (breaks: string, why: string) => refuse(breaks, `import ${one.module}.${one.name} ${why}`);
    if (one.kind !== 'func') {
      return refuseIt(
        'profile/imported-state-refused',
        profile.refusesImportedState ? `is a ${one.kind}` : 'is no function of the System API',
      );
    }
    const f = one.module === 'ic0' ? systemApiFunction(one.name) : undefined;
    if (f === undefined) {
      const breaks =
        one.module === 'ic0' ? 'module-requirements/imports-listed' : 'module-requirements/imports-from-ic0';
      return refuseIt(breaks, 'is no function of the System API');
    }
    if (!existsFor(f, width)) return refuseIt('availability/only-32', `does not exist for ${width}`);
    const { params, results } = signatureFor(f, width);
    if (hasType(one.type, params, results)) continue;
    const other = signatureFor(f, width === 'i32' ? 'i64' : 'i32');
    const isOfOtherWidth = hasType(one.type, other.params, other.results);
    const widthRule = wasm.memories.length > 0 ? 'import-width-from-memory' : 'import-width-default';
    const breaks = `module-requirements/import-signature${isOfOtherWidth ? ` module-requirements/${widthRule}` : ''}`;
    return refuseIt(breaks, 'has the wrong type');
  }
}

const isOneOf = <T extends string>(words: readonly T[], word: string): word is T =>
  (words as readonly string[]).includes(word);

/** The clause about the type of an entry point. */
const typeRule = (exported: string): string =>
  isOneOf(SYSTEM_ENTRY_POINT_EXPORTS, exported)
    ? `module-requirements/type-of-${exported.slice('canister_'.length).replaceAll('_', '-')}`
    : 'module-requirements/type-of-methods';

/** Entry points have type `() -> ()`, and no method has two kinds. */
function checkExports(wasm: Module): { exports: ReadonlySet<SpecialExport>; methods: ReadonlyMap<string, MethodKind> } {
  const exports = new Set<SpecialExport>();
  const methods = new Map<string, MethodKind>();
  for (const one of wasm.exports) {
    if (one.kind !== 'func' || !one.name.startsWith('canister_')) continue;
    const space = one.name.indexOf(' ');
    const kind = one.name.slice(0, Math.max(space, 0));
    if (isOneOf(SYSTEM_ENTRY_POINT_EXPORTS, one.name)) exports.add(one.name);
    else if (isOneOf(METHOD_KINDS, kind)) {
      const method = one.name.slice(space + 1);
      if (methods.has(method))
        refuse('module-requirements/method-names-unique', `method ${JSON.stringify(method)} is exported twice`);
      methods.set(method, kind);
    } else
      refuse('module-requirements/no-other-canister-exports', `export ${JSON.stringify(one.name)} is no entry point`);
    if (!hasType(one.type, [], []))
      refuse(typeRule(one.name), `export ${JSON.stringify(one.name)} does not have type () -> ()`);
  }
  return { exports, methods };
}

const PUBLIC = 'icp:public ';
const PRIVATE = 'icp:private ';

/** The custom sections of the Internet Computer: their name without the prefix, and their size with that name in bytes. */
function icpSections(wasm: Module): { name: string; prefix: string; bytes: number }[] {
  return wasm.customSections
    .filter(({ name }) => name.startsWith('icp:'))
    .map((section) => {
      const prefix = [PUBLIC, PRIVATE].find((one) => section.name.startsWith(one));
      if (prefix === undefined)
        refuse(
          'module-requirements/custom-section-names',
          `custom section ${JSON.stringify(section.name)} is neither public nor private`,
        );
      const name = section.name.slice(prefix.length);
      return { name, prefix, bytes: textBytes(name) + section.bytes.length };
    });
}

/** `icp:` sections are public or private, and not both under one name. */
function checkCustomSections(wasm: Module): void {
  const prefixes = new Map<string, string>();
  for (const { name, prefix } of icpSections(wasm)) {
    if ((prefixes.get(name) ?? prefix) !== prefix)
      refuse(
        'module-requirements/custom-section-public-and-private',
        `custom section ${JSON.stringify(name)} is public and private`,
      );
    prefixes.set(name, prefix);
  }
}

/** Limits of ours: a module that could never be instantiated. */
function checkProfileLimits(wasm: Module, { limits }: Profile): void {
  const most = { i32: limits.wasm32Pages, i64: limits.wasm64Pages };
  for (const memory of wasm.memories)
    if (memory.limits.min > most[memory.limits.addressType])
      refuse('profile/limits', 'the memory is larger than the profile allows');
  for (const table of wasm.tables)
    if (table.limits.min > BigInt(limits.tableEntries))
      refuse('profile/limits', 'a table is larger than the profile allows');
}

/** "The IC may reject WebAssembly modules that …" */
function checkOptionalLimits(wasm: Module, methods: ReadonlyMap<string, MethodKind>, { limits }: Profile): void {
  const sections = icpSections(wasm);
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  const counts: readonly (readonly [string, string, number, number])[] = [
    ['limit-functions', 'functions', wasm.bodies.length, limits.moduleFunctions],
    ['limit-globals', 'globals', wasm.globals.length, limits.moduleGlobals],
    ['limit-custom-sections', 'custom sections', sections.length, limits.customSections],
    ['limit-methods', 'exported methods', methods.size, limits.exportedMethods],
    [
      'limit-method-names',
      'bytes of method names',
      sum([...methods.keys()].map(textBytes)),
      limits.exportedMethodNameBytes,
    ],
    [
      'limit-custom-section-bytes',
      'bytes of custom sections',
      sum(sections.map(({ bytes }) => bytes)),
      limits.customSectionBytes,
    ],
  ];
  for (const [rule, what, count, limit] of counts)
    if (count > limit)
      refuse(`module-requirements/${rule} profile/optional-module-limits`, `more than ${limit} ${what}`);
}

/** Instructions that are valid, and that the profile refuses all the same. */
function checkInstructions(wasm: Module, refused: readonly string[]): void {
  const mnemonics: ReadonlySet<string> = wasm.mnemonics;
  for (const mnemonic of refused) if (mnemonics.has(mnemonic)) refuse('profile/features', `instruction ${mnemonic}`);
}
