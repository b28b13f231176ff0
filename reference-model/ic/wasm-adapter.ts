// plumbing: what the state machine needs of the WebAssembly engine beyond its interface

import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { OutOfBounds, type ExecutionLimits, type Instance } from '../wasm/index.js';
import type { Assembly } from './assembly.js';
import { hasType } from './module.js';
import type { Closure } from './state.js';

/** The limits of a profile for the store. Instruction limits are set for each execution. */
export function executionLimits(
  { limits }: Profile,
  { memoryGrows }: Pick<Assembly, 'memoryGrows'> = {},
): ExecutionLimits {
  return {
    ...(memoryGrows && { memoryGrows }),
    instructionLimit: limits.updateInstructions,
    stackSlots: limits.stackSlots,
    memoryPages: (addressType) => (addressType === 'i64' ? limits.wasm64Pages : limits.wasm32Pages),
    tableEntries: limits.tableEntries,
  };
}

/**
 * The index of the function of type `(env : I) -> ()` that table 0 holds at a closure's index; undefined when there is none —
 * canister-interface.md#system-api-call, "the table is read at the corresponding index".
 */
export function callbackFunction(instance: Instance, width: PointerWidth, { fun }: Closure): number | undefined {
  const table = instance.table(0);
  if (table === undefined || table.type.element !== 'funcref') return undefined;
  try {
    const found = table.get(fun);
    if (found === null || !hasType(found.type, [width], [])) return undefined;
    const index = instance.functions.indexOf(found);
    return index < 0 ? undefined : index;
  } catch (error) {
    if (error instanceof OutOfBounds) return undefined;
    throw error;
  }
}

/** The entries of every table: indices in the module's function index space, -1 for null and for externref. */
export function tableIndices(instance: Instance): number[][] {
  return instance.module.tables.map(({ element }, i) => {
    const table = instance.table(i);
    if (table === undefined) return [];
    if (element !== 'funcref') return new Array<number>(Number(table.size)).fill(-1);
    return table.indices(instance.functions);
  });
}

/** A null reference among the globals. */
const NULL_REFERENCE = (1n << 64n) - 1n;

/** The mutable globals by index as unsigned bits, a v128 as two; references as function indices, 2^64 - 1 for null. */
export function mutableGlobals(instance: Instance): bigint[] {
  const all: bigint[] = [];
  for (const global of instance.globalInstances) {
    if (!global.type.mutable) continue;
    const bits = global.bits();
    if (global.type.valueType !== 'funcref' && global.type.valueType !== 'externref') all.push(...bits);
    else {
      // a reference is 0 for null, else the address of the function plus 1
      const address = Number(bits[0]) - 1;
      const index = address < 0 ? -1 : instance.functions.findIndex((one) => one.address === address);
      all.push(index < 0 ? NULL_REFERENCE : BigInt(index));
    }
  }
  return all;
}
