// table: instructions by what they take from the stack, derived from the instruction table
import { INSTRUCTIONS, type Immediate, type Instruction, type Mnemonic } from '../../spec/wasm/instructions.js';

/** Instructions that compute on the stack alone, by the types that they take. */
export const OPERATIONS: ReadonlyMap<string, readonly Instruction<Mnemonic>[]> = (() => {
  const map = new Map<string, Instruction<Mnemonic>[]>();
  const surrounding: readonly Immediate[] = [
    'memory',
    'memarg',
    'table',
    'data',
    'element',
    'i32',
    'i64',
    'f32',
    'f64',
    'v128',
  ];
  for (const row of INSTRUCTIONS as readonly Instruction<Mnemonic>[]) {
    if (row.typing.kind !== 'fixed' || row.immediates.some((immediate) => surrounding.includes(immediate))) continue;
    if (row.typing.params.length === 0) continue;
    const key = row.typing.params.join();
    map.set(key, [...(map.get(key) ?? []), row]);
  }
  return map;
})();

const ACCESSES = (INSTRUCTIONS as readonly Instruction<Mnemonic>[]).filter((row) => row.immediates[0] === 'memarg');
/** Loads from an address. */
export const LOADS = ACCESSES.filter((row) => row.typing.kind === 'fixed' && row.typing.params.length === 1);
/** Stores, and loads and stores of one lane: an address and a value. */
export const STORES = ACCESSES.filter((row) => row.typing.kind === 'fixed' && row.typing.params.length === 2);

/** Operations that trap on some operands. */
export const MAY_TRAP = /\.(div_s|div_u|rem_s|rem_u|trunc_f(32|64)_[su])$/;
