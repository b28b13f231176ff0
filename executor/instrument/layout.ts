// plumbing: where things are in an instrumented module — its types, functions and globals by index
import { InvalidModule } from './bytes.js';
import type { Body } from './code.js';
import type { Kind } from './opcodes.js';
import { I32, I64, V128, type DecodedModule, type FunctionType } from './decode.js';

/**
 * The index spaces of an instrumented module. What the canister declared keeps its index, but for the functions where there is
 * an import of ours; everything of ours is appended.
 *
 * Types: the canister's (block types name them), then what is needed.
 * Functions: the canister's imports, perhaps one of ours, the canister's, then ours.
 * Globals: the canister's, then ours.
 */
export class Layout {
  readonly module: DecodedModule;
  readonly extraImports: number;
  readonly types: FunctionType[];
  private readonly instrumentedTypes: number[] = [];
  private readonly importTypes: number[] = [];
  private readonly typeByText = new Map<string, number>();
  private nextFunction: number;
  private nextGlobal: number;
  readonly ownFunctions: { readonly type: number; readonly body: Body }[] = [];
  readonly ownGlobals: { readonly type: number; readonly copyOf: number | undefined }[] = [];

  /** @param extraImports function imports of ours, after the canister's: they shift its functions */
  constructor(module: DecodedModule, extraImports: number) {
    this.module = module;
    this.extraImports = extraImports;
    this.types = [...module.types];
    this.nextFunction = module.functions.length + extraImports;
    this.nextGlobal = module.globals.length;
  }

  /** The type index of that signature; added if need be. */
  type(params: readonly number[], results: readonly number[]): number {
    const text = `${params.join()}>${results.join()}`;
    let index = this.typeByText.get(text);
    if (index === undefined) this.typeByText.set(text, (index = this.add({ params, results })));
    return index;
  }

  private add(type: FunctionType): number {
    return this.types.push(type) - 1;
  }

  /** The type that a function of a type of the canister has once it is instrumented. */
  instrumentedType(index: number): number {
    return (this.instrumentedTypes[index] ??= this.add(instrumented(this.canisterType(index))));
  }

  /** The type with which a function of a type of the canister is imported. */
  importType(index: number): number {
    return (this.importTypes[index] ??= this.add(importType(this.canisterType(index))));
  }

  private canisterType(index: number): FunctionType {
    const type = this.module.types[index];
    if (type === undefined) throw new InvalidModule(`unknown type ${index}`);
    return type;
  }

  /** Appends a function of ours; its body is written when the whole module is known. */
  function(type: number, body: Body): number {
    this.ownFunctions.push({ type, body });
    return this.nextFunction++;
  }

  /** A mutable global of ours, zero or the initial value of another global. */
  global(type: number, copyOf?: number): number {
    this.ownGlobals.push({ type, copyOf });
    return this.nextGlobal++;
  }
}

/** Functions take the counter and the stack slots that are left, and return the counter. */
function instrumented({ params, results }: FunctionType): FunctionType {
  return { params: [...params, I64, I32], results: [...results, I64] };
}

/**
 * The type with which instrumented code imports a function of the given one: it takes and returns the counter. The last result is
 * never read: V8 makes wrappers for JavaScript beforehand for every type that JavaScript could have, and JavaScript cannot have
 * this one.
 */
export function importType({ params, results }: FunctionType): FunctionType {
  return { params: [...params, I64], results: [...results, I64, V128] };
}

/** What the code of the canister refers to. */
export interface Indices {
  readonly layout: Layout;
  /** Global: what is left of the instruction limit, as last published. */
  readonly counter: number;
  /** Global: why code of ours executed `unreachable`; a TrapCode. */
  readonly trap: number;
  /** (counter, TrapCode) -> (): publishes the counter and traps. */
  readonly trapWith: number;
  /** (size : i64, counter) -> counter: a dynamic charge. */
  readonly charge: () => number;
  /** (pages) -> pages: memory.grow. */
  readonly memoryGrow: () => number;
  /** The function of the instrumented type that stands for one of the canister's: a shim for an import. */
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

/** Sizes from here on are over every instruction limit. */
export const HUGE_SIZE = 1n << 40n;
