// table: the form of code that the run loop executes — plumbing of WebAssembly "Execution: Instructions"
//
// Translation turns a validated body into a flat array of 32-bit words. Locals and operands have fixed places in the
// frame, because validation makes every stack height static: an instruction names the places of its operands and of its
// result, and local.get, local.set, drop, block and end mostly disappear. An instruction that computes keeps its
// WebAssembly opcode; operands are word offsets from the frame's base (two words a slot). What remains has these forms:
//
//   0x00                          unreachable
//   0x02 weight                   start of a metering block: charge it
//   0x03 weight                   the same at a loop header or function start: charge, then test the limit
//   0x04 a target weight          jump when a is zero; else charge the block that starts here
//   0x05 target                   jump
//   0x0d a target weight          jump when a is not zero; else charge the block that starts here
//   0x0e a count targets…         br_table: one target more than count, the last is the default
//   0x0f from words               return: results to the frame's base
//   0x10 function base            call: the callee's frame starts at its arguments
//   0x11 type table a base        call_indirect
//   0x1b d a b c                  select of one slot        0x1c the same of two slots
//   0x20 d a                      copy a slot               0x21 d a words   copy several
//   0x23 d global, 0x24 global a  globals of one slot       0x25, 0x26 the same of two slots
//   0x28…0x35 d a offset          loads                     0x36…0x3e a b offset   stores
//   0x3f d, 0x40 d a              memory.size, memory.grow
//   0x41 d bits, 0x42 d low high  constants of one and two words
//   0x43 d a low high              adds an offset that does not fit a word to a 64-bit address
//   0x45…0xc4 d a [b]             numeric instructions
//   0xc5…0xd7 d a constant        i32 instructions whose second operand is a constant (FUSED_I32)
//   0xd8…0xeb a b target weight   comparison and branch (BRANCH_I32), the first ten on places, the others on a constant
//   0xfc handler length operands… everything else: a handler of execution/machine.ts or vector-memory.ts
//   0xfd handler d a b c          vector instructions: a handler of execution/vectors.ts

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

/** i32 instructions that have a form with a constant: first opcode of the form, and how each one's opcode maps to it. */
export const FUSED_I32_FIRST = 0xc5;
/** The comparisons eq … ge_u, in the order of their opcodes 0x46 … 0x4f. */
export const COMPARE_I32_FIRST = 0x46;
export const COMPARE_I32_COUNT = 10;

/** The opcodes with a constant form, in the order of the forms. */
export const FUSED_I32: readonly number[] = [
  0x6a, // add
  0x6c, // mul
  0x71, // and
  0x72, // or
  0x73, // xor
  0x74, // shl
  0x75, // shr_s
  0x76, // shr_u
  0x6b, // sub
  0x46, // eq
  0x47, // ne
  0x48, // lt_s
  0x49, // lt_u
  0x4a, // gt_s
  0x4b, // gt_u
  0x4c, // le_s
  0x4d, // le_u
  0x4e, // ge_s
  0x4f, // ge_u
];

/** Opcode of a branch on the comparison 0x46 + k: `BRANCH_I32_FIRST + k`, and ten more with a constant. */
export const BRANCH_I32_FIRST = 0xd8;

/** The comparison that is true when this one is false: a branch on zero is the branch on the opposite. */
export const OPPOSITE_COMPARE: readonly number[] = [1, 0, 8, 9, 6, 7, 4, 5, 2, 3];
