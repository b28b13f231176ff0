// spec-shaped: what a module must be to be a canister's code — canister-interface.md#system-api-module
import { SYSTEM_ENTRY_POINT_EXPORTS } from '../../spec/module-requirements.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { existsFor, signatureFor, systemApiFunction, type SystemApiFunction } from '../../spec/system-api.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import { VALUE_TYPE_CODES } from '../../spec/wasm/types.js';
import { InvalidModule } from './bytes.js';
import type { DecodedModule } from './decode.js';

type MethodKind = 'update' | 'query' | 'composite_query';

/** An entry point without a method name, by the name of its export. */
export type SystemEntryPoint = (typeof SYSTEM_ENTRY_POINT_EXPORTS)[number];

function isSystemEntryPoint(name: string): name is SystemEntryPoint {
  return (SYSTEM_ENTRY_POINT_EXPORTS as readonly string[]).includes(name);
}

/** What the system finds in a canister's module. */
export interface CanisterExports {
  readonly width: PointerWidth;
  /** The row of the import table for each import. */
  readonly imported: readonly SystemApiFunction[];
  /** Function index by method name, one name in one kind only. */
  readonly methods: ReadonlyMap<string, { readonly kind: MethodKind; readonly function: number }>;
  readonly system: ReadonlyMap<SystemEntryPoint, number>;
  /** Whether there is a private custom section `enhanced-orthogonal-persistence`. */
  readonly orthogonalPersistence: boolean;
}

const METHOD = /^canister_(update|query|composite_query) ([^]*)$/;

const utf8Bytes = (text: string) => Buffer.byteLength(text, 'utf8');

/** The pointer width: that of the declared memory, i32 without one. */
export function widthOf(module: DecodedModule): PointerWidth {
  return module.memory?.address ?? 'i32';
}

const textOf = (params: readonly number[], results: readonly number[]): string => `${params.join()}>${results.join()}`;

const signatures: Readonly<Record<PointerWidth, Map<SystemApiFunction, string>>> = { i32: new Map(), i64: new Map() };

/** A function's type as text; value types by their codes. */
function signatureText(row: SystemApiFunction, width: PointerWidth): string {
  let text = signatures[width].get(row);
  if (text === undefined) {
    const { params, results } = signatureFor(row, width);
    const codes = (types: typeof params) => types.map((type) => VALUE_TYPE_CODES[type]);
    signatures[width].set(row, (text = textOf(codes(params), codes(results))));
  }
  return text;
}

function imports(module: DecodedModule, width: PointerWidth): SystemApiFunction[] {
  const texts = new Map<number, string>();
  const typeText = (index: number): string => {
    let text = texts.get(index);
    const type = module.types[index];
    if (text === undefined) texts.set(index, (text = type === undefined ? '' : textOf(type.params, type.results)));
    return text;
  };
  return module.imports.map(({ module: from, name, type }) => {
    const row = from === 'ic0' ? systemApiFunction(name) : undefined;
    if (row === undefined) throw new InvalidModule(`imports ${from}.${name}, which the System API does not have`);
    if (!existsFor(row, width)) throw new InvalidModule(`imports ic0.${name}, which does not exist for I = ${width}`);
    if (typeText(type) !== signatureText(row, width))
      throw new InvalidModule(`imports ic0.${name} with another type than the System API's`);
    return row;
  });
}

function exported(module: DecodedModule): Pick<CanisterExports, 'methods' | 'system'> {
  const methods = new Map<string, { kind: MethodKind; function: number }>();
  const system = new Map<SystemEntryPoint, number>();
  for (const { name, kind, index } of module.exports) {
    if (kind !== 'func' || !name.startsWith('canister_')) continue;
    const type = module.types[module.functions[index] ?? -1];
    const plain = type?.params.length === 0 && type.results.length === 0;
    const entryPoint = isSystemEntryPoint(name) ? name : undefined;
    const method = METHOD.exec(name);
    if (entryPoint === undefined && method === null)
      throw new InvalidModule(`exports the reserved name ${JSON.stringify(name)}`);
    if (!plain) throw new InvalidModule(`${JSON.stringify(name)} has another type than () -> ()`);
    if (entryPoint !== undefined) system.set(entryPoint, index);
    if (method !== null) {
      const methodName = method[2] as string;
      if (methods.has(methodName))
        throw new InvalidModule(`exports more than one method ${JSON.stringify(methodName)}`);
      methods.set(methodName, { kind: method[1] as MethodKind, function: index });
    }
  }
  return { methods, system };
}

const SECTION = /^icp:(public|private) ([^]*)$/;

function customSections(module: DecodedModule, profile: Profile): boolean {
  const visibility = new Map<string, string>();
  let count = 0;
  let bytes = 0;
  for (const { name, contentBytes } of module.custom) {
    if (!name.startsWith('icp:')) continue;
    const section = SECTION.exec(name);
    if (section === null) throw new InvalidModule(`has the custom section ${JSON.stringify(name)}, which is reserved`);
    const [, kind, rest] = section as unknown as [string, string, string];
    const other = visibility.get(rest);
    if (other !== undefined && other !== kind)
      throw new InvalidModule(`has the custom section ${JSON.stringify(rest)} public and private`);
    visibility.set(rest, kind);
    count++;
    bytes += utf8Bytes(rest) + contentBytes;
  }
  if (profile.enforcesOptionalModuleLimits) {
    if (count > profile.limits.customSections) throw new InvalidModule('has too many exported custom sections');
    if (bytes > profile.limits.customSectionBytes)
      throw new InvalidModule('has exported custom sections that are too large');
  }
  return visibility.get('enhanced-orthogonal-persistence') === 'private';
}

function optionalLimits(module: DecodedModule, methods: CanisterExports['methods'], { limits }: Profile): void {
  const functions = module.functions.length - module.imports.length;
  if (functions > limits.moduleFunctions) throw new InvalidModule('declares too many functions');
  if (module.globals.length > limits.moduleGlobals) throw new InvalidModule('declares too many globals');
  if (methods.size > limits.exportedMethods) throw new InvalidModule('exports too many methods');
  const names = [...methods.keys()].reduce((sum, name) => sum + utf8Bytes(name), 0);
  if (names > limits.exportedMethodNameBytes)
    throw new InvalidModule('exports methods whose names are too long together');
}

function sizes(module: DecodedModule, { limits }: Profile): void {
  const { memory, tables } = module;
  if (memory !== undefined && memory.min > (memory.address === 'i64' ? limits.wasm64Pages : limits.wasm32Pages)) {
    throw new InvalidModule(`needs ${memory.min} pages of memory`);
  }
  for (const { min } of tables) {
    if (min > BigInt(limits.tableEntries)) throw new InvalidModule(`needs a table of ${min} entries`);
  }
}

/**
 * Judges the requirements.
 * @throws InvalidModule with the requirement that is not met
 */
export function canisterExports(module: DecodedModule, profile: Profile): CanisterExports {
  const width = widthOf(module);
  const imported = imports(module, width);
  const { methods, system } = exported(module);
  const orthogonalPersistence = customSections(module, profile);
  if (profile.enforcesOptionalModuleLimits) optionalLimits(module, methods, profile);
  sizes(module, profile);
  return { width, imported, methods, system, orthogonalPersistence };
}
