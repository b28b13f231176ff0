// spec-shaped: constant expressions — WebAssembly "Validation: Constant Expressions"

import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import type { ValueType } from '../../../spec/wasm/types.js';
import type { ByteRange } from '../structure/module.js';
import type { ValidationContext } from './context.js';

const EXTENDED: ReadonlySet<Mnemonic> = new Set([
  'i32.add',
  'i32.sub',
  'i32.mul',
  'i64.add',
  'i64.sub',
  'i64.mul',
] as const);
const CONSTANTS: ReadonlySet<Mnemonic> = new Set([
  'i32.const',
  'i64.const',
  'f32.const',
  'f64.const',
  'v128.const',
] as const);

/**
 * Validates a constant expression of the given type.
 * @param visibleGlobals how many globals of the index space it may read: those that exist before it is evaluated
 * @throws WasmValidationError
 */
export function validateConstant(
  context: ValidationContext,
  range: ByteRange,
  type: ValueType,
  visibleGlobals: number,
): void {
  const { reader, stack } = context;
  reader.enter(range);
  stack.enter('function', [], [type]);
  while (stack.depth > 0) {
    const { mnemonic, typing } = reader.next();
    context.offset = reader.start;
    if (mnemonic === 'end') stack.leave();
    else if (mnemonic === 'ref.null') stack.push(reader.referenceType);
    else if (mnemonic === 'ref.func') {
      context.functionType(reader.index);
      stack.push('funcref');
    } else if (mnemonic === 'global.get') {
      const global = context.global(reader.index);
      if (reader.index >= visibleGlobals) context.fail(`unknown global ${reader.index}`);
      if (global.mutable) context.fail('constant expression required: the global is mutable');
      stack.push(global.valueType);
    } else if (
      typing.kind === 'fixed' &&
      (CONSTANTS.has(mnemonic) || (context.features.extendedConst && EXTENDED.has(mnemonic)))
    ) {
      stack.apply(typing.params as readonly ValueType[], typing.results as readonly ValueType[]);
    } else context.fail(`constant expression required: ${mnemonic} is not constant`);
  }
}

/** The functions that a constant expression names with `ref.func`. */
export function functionsNamedBy(context: ValidationContext, range: ByteRange): number[] {
  const { reader } = context;
  reader.enter(range);
  const named: number[] = [];
  while (!reader.atEnd) if (reader.next().mnemonic === 'ref.func') named.push(reader.index);
  return named;
}
