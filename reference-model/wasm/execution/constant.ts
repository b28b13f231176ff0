// spec-shaped: evaluating constant expressions — WebAssembly "Execution: Instantiation"

import { Crash } from '../../../spec/vocabulary/engine.js';
import { ALL_FEATURES } from '../../../spec/wasm/features.js';
import { InstructionReader } from '../binary/instructions.js';
import type { FunctionInstance, GlobalInstance } from '../runtime/instances.js';
import type { ByteRange } from '../structure/module.js';

/** What a constant expression can refer to. */
interface ConstantContext {
  readonly bytes: Uint8Array;
  readonly functions: readonly FunctionInstance[];
  readonly globals: readonly GlobalInstance[];
}

const word = (bits: bigint): number => Number(BigInt.asIntN(32, bits));

/** The value of a valid constant expression, as the bits of one slot; of a v128 as two slots, low half first. */
export function evaluateConstant(context: ConstantContext, range: ByteRange): readonly bigint[] {
  const reader = new InstructionReader(context.bytes, range, ALL_FEATURES);
  const stack: (readonly bigint[])[] = [];
  const slot = (at: number): bigint =>
    BigInt((reader.words[at] as number) >>> 0) | (BigInt((reader.words[at + 1] as number) >>> 0) << 32n);
  const single = (): bigint => (stack.pop() as readonly bigint[])[0] as bigint;
  const arithmetic = (compute: (x: bigint, y: bigint) => bigint, bits: 32 | 64) => {
    const y = single();
    const x = single();
    stack.push([BigInt.asUintN(bits, compute(x, y))]);
  };
  for (;;) {
    const { mnemonic } = reader.next();
    switch (mnemonic) {
      case 'end':
        return stack.pop() as readonly bigint[];
      case 'i32.const':
      case 'f32.const':
        stack.push([BigInt((reader.words[0] as number) >>> 0)]);
        break;
      case 'i64.const':
      case 'f64.const':
        stack.push([slot(0)]);
        break;
      case 'v128.const':
        stack.push([slot(0), slot(2)]);
        break;
      case 'ref.null':
        stack.push([0n]);
        break;
      case 'ref.func':
        stack.push([BigInt((context.functions[reader.index] as FunctionInstance).address + 1)]);
        break;
      case 'global.get':
        stack.push((context.globals[reader.index] as GlobalInstance).bits());
        break;
      case 'i32.add':
      case 'i64.add':
        arithmetic((x, y) => x + y, mnemonic === 'i32.add' ? 32 : 64);
        break;
      case 'i32.sub':
      case 'i64.sub':
        arithmetic((x, y) => x - y, mnemonic === 'i32.sub' ? 32 : 64);
        break;
      case 'i32.mul':
      case 'i64.mul':
        arithmetic((x, y) => x * y, mnemonic === 'i32.mul' ? 32 : 64);
        break;
      default:
        throw new Crash(`not a constant instruction: ${mnemonic}`);
    }
  }
}

/** Writes a value into the four words of a global. */
export function writeConstant(words: Int32Array, at: number, value: readonly bigint[]): void {
  for (const [half, bits] of value.entries()) {
    words[at + 2 * half] = word(bits);
    words[at + 2 * half + 1] = word(bits >> 32n);
  }
}
