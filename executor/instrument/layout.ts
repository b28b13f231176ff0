// plumbing: where things are in an instrumented module — its types, functions and globals by index
import { InvalidModule } from './bytes.js';
import type { Kind } from './opcodes.js';
import { FUNCREF, I32, I64, V128, type DecodedModule, type FunctionType } from './decode.js';

/**
 * The index spaces of an instrumented module. What the canister declared keeps its index, so that function and global
 * indices mean the same before and after; everything of ours is appended.
 *
 * Types: the canister's (block types name them), then each again with the counter and the stack slots appended to its
 * parameters and the counter to its results (functions have those), then others.
 * Functions: imports, perhaps one of ours, the canister's, a shim for each import with the instrumented type, then helpers.
 * Globals: the canister's, then ours.
 */
export class Layout {
  readonly module: DecodedModule;
  readonly extraImports: number;
  readonly types: FunctionType[];
  private readonly typeByText = new Map<string, number>();
  private nextFunction: number;
  private nextGlobal: number;
  readonly ownFunctions: { readonly type: number; readonly body: () => Uint8Array }[] = [];
  readonly ownGlobals: { readonly type: number; readonly copyOf: number | undefined }[] = [];

  /** @param extraImports function imports of ours, after the canister's: they shift its functions */
  constructor(module: DecodedModule, extraImports: number) {
    this.module = module;
    this.extraImports = extraImports;
    this.types = [...module.types, ...module.types.map(instrumented)];
    this.types.forEach((type, index) => {
      const text = textOf(type);
      if (!this.typeByText.has(text)) this.typeByText.set(text, index);
    });
    this.nextFunction = module.functions.length + extraImports;
    this.nextGlobal = module.globals.length;
  }

  /** The type index of that signature; added if need be. */
  type(params: readonly number[], results: readonly number[]): number {
    const text = textOf({ params, results });
    let index = this.typeByText.get(text);
    if (index === undefined) {
      index = this.types.push({ params, results }) - 1;
      this.typeByText.set(text, index);
    }
    return index;
  }

  /** The instrumented counterpart of a type of the canister. */
  instrumentedType(index: number): number {
    return index + this.module.types.length;
  }

  /** Appends a function of ours; its body is made when the whole module is known. */
  function(type: number, body: () => Uint8Array): number {
    this.ownFunctions.push({ type, body });
    return this.nextFunction++;
  }

  /** A mutable global of ours, zero or the initial value of another global. */
  global(type: number, copyOf?: number): number {
    this.ownGlobals.push({ type, copyOf });
    return this.nextGlobal++;
  }
}

function instrumented({ params, results }: FunctionType): FunctionType {
  return { params: [...params, I64, I32], results: [...results, I64] };
}

/**
 * The type with which instrumented code imports a function of the given one. The last parameter is never read: V8 makes wrappers
 * for JavaScript beforehand for every type that JavaScript could have, and JavaScript cannot have this one.
 */
export function importType({ params, results }: FunctionType): FunctionType {
  return { params: [...params, V128], results };
}

function textOf({ params, results }: FunctionType): string {
  return `${params.join()}>${results.join()}`;
}

/** What the code of the canister refers to. */
export interface Indices {
  readonly layout: Layout;
  /** Global: what is left of the instruction limit, as last published. */
  readonly counter: number;
  /** Global: why code of ours executed `unreachable`; a TrapCode. */
  readonly trap: number;
  /** (counter) -> (): publishes the counter and traps for the instruction limit, or the stack budget. */
  readonly trapLimit: number;
  readonly trapStack: number;
  /** (size : i64, counter) -> counter: a dynamic charge. */
  readonly charge: number;
  /** (pages) -> pages: memory.grow. */
  readonly memoryGrow: () => number;
  /** The function that stands for one of the canister's: a shim for an import. */
  readonly functionOf: (index: number) => number;
  /** The function for memory.fill or memory.copy where stores are tracked. */
  readonly tracked: (kind: Kind) => number;
  /** Where stores are tracked: the import that notes a page before it is changed. */
  readonly touch: number;
  /** By data segment: the function for memory.init; undefined: the instruction itself will do. */
  readonly memoryInit: (segment: number) => number | undefined;
  /** By element segment and table: the function for table.init; undefined: the instruction itself will do. */
  readonly tableInit: (segment: number, table: number) => number | undefined;
  /** By segment: the global that says whether it was dropped; undefined: nothing to drop. */
  readonly droppedData: readonly (number | undefined)[];
  readonly droppedElements: readonly (number | undefined)[];
}

/** Values of the trap global. */
export const TrapCode = { none: 0, limit: 1, stack: 2, hostMemory: 3, tableAccess: 4 } as const;

/** @throws InvalidModule unless the table exists */
export function tableOf(module: DecodedModule, index: number): { readonly wide: boolean; readonly functions: boolean } {
  const table = module.tables[index];
  if (table === undefined) throw new InvalidModule(`unknown table ${index}`);
  return { wide: table.address === 'i64', functions: table.element === FUNCREF };
}
