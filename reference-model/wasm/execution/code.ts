// table: the form of the code that the run loop executes, and which instructions it fuses
//
// A register machine, and an optimising one. WebAssembly's rules are over a stack; validation makes every stack height
// static, so that translation (translate.ts) gives each local and each operand a fixed place in the frame of its
// activation. Instructions name places instead of pushing and popping, and local.get, local.set, drop, block and end
// mostly disappear. A translated body is a flat array of 32-bit words: an opcode (opcodes.ts), then its operands.
//
// A frame is a part of one array of words (runtime/slots.ts), and a place is a word's distance from the frame's base.
// Parameters come first, then the other locals, then the operands by height; each takes a slot of two words, a v128
// two slots. A callee's frame starts at its arguments, where its results will be. Where an i32 or f32 is, the upper
// word of the slot means nothing.
//
// The forms, with d the place of the result, a, b and c the places of operands, other words as they are:
//
//   unreachable
//   charge weight                         start of a metering block
//   charge and test weight                the same at a loop header or function start: then the limit is tested
//   jump target                           target: a distance in words from the start of the code
//   br_unless a target weight             jumps when a is zero; else charges the block that starts here
//   br_if a target weight                 jumps when a is not zero; else charges the block that starts here
//   br_if COMPARISON a b target weight    jumps when it holds; else charges the block that starts here
//   br_table a count targets…             one target more than count, the last is the default
//   call function base                    base: the place where the callee's frame starts
//   call_indirect type table a base
//   return a words                        moves the results, which start at a, to the frame's base
//   const d bits, const two words d low high
//   select d a b c, select v128 d a b c   a when c is not zero, else b
//   copy d a, copy words d a count        one slot, or that many words
//   global.get d global, global.set a global; … v128
//   T.load… d a offset, T.store… a b offset
//   add wide offset d a low high          adds an offset that does not fit a word to a 64-bit address
//   memory.size d, memory.grow d a
//   numeric instructions d a [b]
//   … constant                            b is not a place but the operand itself
//   handler number length operands…       a handler of machine.ts or vector-memory.ts; length of the whole instruction
//   vector handler number d a b c lane    a handler of vectors.ts
//
// An example, which code.spec.ts translates; $n is at 0, $sum at 2, and operands would be at 4, 6, …:
//
//   (func (param $n i32) (result i32) (local $sum i32)
//     (loop
//       (local.set $sum (i32.add (local.get $sum) (local.get $n)))
//       (local.tee $n (i32.sub (local.get $n) (i32.const 1)))
//       (br_if 0 (i32.ne (i32.const 10))))
//     (local.get $sum))
//
//    0  charge and test 1                 ; the function's entry
//    2  charge and test 12                ; loop: br_if 0 jumps to here
//    4  i32.add 2 2 0                     ; both local.get name places, and local.set makes $sum the result's place
//    8  i32.sub constant 0 0 1            ; with i32.const; local.tee as local.set
//   12  br_if i32.ne constant 0 10 2 0    ; i32.ne, i32.const and br_if in one; what follows up to the end weighs 0
//   17  charge 1                          ; end of the loop: another metering block starts
//   19  return 2 2                        ; the two words of $sum
//
// How to read a case of run.ts: `I[d] = (I[a] as number) + (I[b] as number); pc += 4` is i32.add: pops two, pushes their
// sum modulo 2^32 (what an Int32Array keeps), goes on after four words. I, F32 and F64, B are the stack as words, floats and
// 64-bit integers (F64 and B by slot, not word: `F64[a >> 1]`); code[pc + k] is a word of the instruction that is no place.

import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import { OP } from './opcodes.js';

/** A function body, translated. */
export interface CompiledFunction {
  readonly code: Int32Array;
  /** Words that the parameters take at the base of the frame. */
  readonly paramWords: number;
  /** Words that parameters and locals take. */
  readonly localWords: number;
  /** What an activation costs in slots: spec/vocabulary/stack-budget.md. */
  readonly stackCost: number;
}

/** i32 comparisons and the one that holds when they do not. */
const OPPOSITE = {
  'i32.eq': 'i32.ne',
  'i32.ne': 'i32.eq',
  'i32.lt_s': 'i32.ge_s',
  'i32.lt_u': 'i32.ge_u',
  'i32.gt_s': 'i32.le_s',
  'i32.gt_u': 'i32.le_u',
  'i32.le_s': 'i32.gt_s',
  'i32.le_u': 'i32.gt_u',
  'i32.ge_s': 'i32.lt_s',
  'i32.ge_u': 'i32.lt_u',
} as const;
const COMPARISONS = Object.keys(OPPOSITE) as (keyof typeof OPPOSITE)[];

const OTHERS_WITH_CONSTANT = [
  'i32.add',
  'i32.sub',
  'i32.mul',
  'i32.and',
  'i32.or',
  'i32.xor',
  'i32.shl',
  'i32.shr_s',
  'i32.shr_u',
] as const;

/** By the opcode of an instruction, that of its form with a constant as second operand. */
export const CONSTANT_FORMS: ReadonlyMap<number, number> = new Map(
  [...OTHERS_WITH_CONSTANT, ...COMPARISONS].map((one) => [OP[one], OP[`${one} constant`]]),
);

/** The opcodes of a comparison and a branch as one: it jumps when the comparison holds, or when it does not. */
export interface FusedBranch {
  readonly ifTrue: number;
  readonly ifFalse: number;
}

/** Fused branches by the opcode of the comparison, with a constant or without. */
export const FUSED_BRANCHES: ReadonlyMap<number, FusedBranch> = new Map(
  COMPARISONS.flatMap((one): [number, FusedBranch][] => {
    const not = OPPOSITE[one];
    return [
      [OP[one], { ifTrue: OP[`br_if ${one}`], ifFalse: OP[`br_if ${not}`] }],
      [OP[`${one} constant`], { ifTrue: OP[`br_if ${one} constant`], ifFalse: OP[`br_if ${not} constant`] }],
    ];
  }),
);

/** Conversions that leave the slot as it is: no code. */
export const SLOT_STAYS: ReadonlySet<Mnemonic> = new Set<Mnemonic>([
  'i32.wrap_i64',
  'i32.reinterpret_f32',
  'i64.reinterpret_f64',
  'f32.reinterpret_i32',
  'f64.reinterpret_i64',
]);
