// plumbing: constant expressions, folded to one value — WebAssembly "Validation: Constant Expressions"
import { InvalidModule, type Reader } from './bytes.js';

/** The value of a constant expression: bits of a number (a v128 as two halves), or a reference. */
export type Constant =
  | { readonly kind: 'bits'; readonly low: bigint; readonly high: bigint }
  | { readonly kind: 'function'; readonly index: number }
  | { readonly kind: 'null' };

const I32 = 0x7f;
const I64 = 0x7e;
const F32 = 0x7d;
const F64 = 0x7c;
const V128 = 0x7b;
const FUNCREF = 0x70;

interface Typed {
  readonly type: number;
  readonly value: Constant;
}

/** A global that global.get may name where it stands before the expression and cannot change. */
export interface VisibleGlobal {
  readonly type: number;
  readonly mutable: boolean;
  readonly init: Constant;
}

const bits = (type: number, low: bigint, high = 0n): Typed => ({ type, value: { kind: 'bits', low, high } });

function fixed(reader: Reader, count: number): bigint {
  let value = 0n;
  for (let i = 0; i < count; i++) value |= BigInt(reader.byte()) << BigInt(8 * i);
  return value;
}

const ARITHMETIC: Readonly<
  Record<number, readonly [type: number, width: number, apply: (a: bigint, b: bigint) => bigint]>
> = {
  0x6a: [I32, 32, (a, b) => a + b],
  0x6b: [I32, 32, (a, b) => a - b],
  0x6c: [I32, 32, (a, b) => a * b],
  0x7c: [I64, 64, (a, b) => a + b],
  0x7d: [I64, 64, (a, b) => a - b],
  0x7e: [I64, 64, (a, b) => a * b],
};

function operand(stack: Typed[], type: number): bigint {
  const top = stack.pop();
  if (top?.type !== type || top.value.kind !== 'bits')
    throw new InvalidModule('type mismatch in a constant expression');
  return top.value.low;
}

function instruction(
  reader: Reader,
  opcode: number,
  stack: Typed[],
  functions: number,
  globals: readonly VisibleGlobal[],
): void {
  switch (opcode) {
    case 0x23: {
      const index = reader.u32();
      const global = globals[index];
      if (global === undefined) throw new InvalidModule(`unknown global ${index} in a constant expression`);
      if (global.mutable) throw new InvalidModule(`not a constant expression: global ${index} is mutable`);
      stack.push({ type: global.type, value: global.init });
      return;
    }
    case 0x41:
      stack.push(bits(I32, BigInt.asUintN(32, reader.signed(32))));
      return;
    case 0x42:
      stack.push(bits(I64, BigInt.asUintN(64, reader.signed(64))));
      return;
    case 0x43:
      stack.push(bits(F32, fixed(reader, 4)));
      return;
    case 0x44:
      stack.push(bits(F64, fixed(reader, 8)));
      return;
    case 0xfd:
      if (reader.u32() !== 0x0c) throw new InvalidModule('not a constant expression');
      stack.push(bits(V128, fixed(reader, 8), fixed(reader, 8)));
      return;
    case 0xd0: {
      const type = reader.byte();
      if (type !== 0x70 && type !== 0x6f) throw new InvalidModule('unknown heap type');
      stack.push({ type, value: { kind: 'null' } });
      return;
    }
    case 0xd2: {
      const index = reader.u32();
      if (index >= functions) throw new InvalidModule(`unknown function ${index}`);
      stack.push({ type: FUNCREF, value: { kind: 'function', index } });
      return;
    }
    default: {
      const arithmetic = ARITHMETIC[opcode];
      if (arithmetic === undefined)
        throw new InvalidModule(`not a constant expression: opcode 0x${opcode.toString(16)}`);
      const [type, width, apply] = arithmetic;
      const b = operand(stack, type);
      const a = operand(stack, type);
      stack.push(bits(type, BigInt.asUintN(width, apply(a, b))));
    }
  }
}

/**
 * Reads a constant expression up to its `end`.
 * @param type code of the value type that it must have
 * @param functions number of functions that ref.func may name
 * @param globals those that global.get may name, in the order of their indices
 * @throws InvalidModule
 */
export function constantExpression(
  reader: Reader,
  type: number,
  functions: number,
  globals: readonly VisibleGlobal[],
): Constant {
  const stack: Typed[] = [];
  for (let opcode = reader.byte(); opcode !== 0x0b; opcode = reader.byte())
    instruction(reader, opcode, stack, functions, globals);
  const [result] = stack;
  if (stack.length !== 1 || result?.type !== type) throw new InvalidModule('type mismatch in a constant expression');
  return result.value;
}
