// spec-shaped: the context of validation: what the indices of a module mean — WebAssembly "Validation: Conventions"

import type { FeatureSet } from '../../../spec/wasm/features.js';
import type { FuncType, GlobalType, MemoryType, ReferenceType, TableType } from '../../../spec/wasm/types.js';
import { InstructionReader } from '../binary/instructions.js';
import { WasmValidationError } from '../structure/errors.js';
import type { Module } from '../structure/module.js';
import { ValidationStack } from './stack.js';

/** Looks indices up; an index that is not there is a validation error at `offset`. */
export class ValidationContext {
  /** Offset of what is being validated, for messages. */
  offset = 0;
  /** What every expression of the module is read with, and the stack that it is validated on. */
  readonly reader: InstructionReader;
  readonly stack = new ValidationStack(this);

  constructor(
    readonly module: Module,
    readonly features: FeatureSet,
    /** Functions that `ref.func` may name in a body: those that occur in the module outside bodies. */
    readonly declaredFunctions: ReadonlySet<number>,
  ) {
    this.reader = new InstructionReader(module.bytes, { start: 0, end: 0 }, features);
  }

  fail(message: string): never {
    throw new WasmValidationError(this.offset, message);
  }

  type(index: number): FuncType {
    return this.module.types[index] ?? this.fail(`unknown type ${index}`);
  }

  functionType(index: number): FuncType {
    const typeIndex = this.module.functionTypeIndices[index];
    return typeIndex === undefined ? this.fail(`unknown function ${index}`) : this.type(typeIndex);
  }

  table(index: number): TableType {
    return this.module.tables[index] ?? this.fail(`unknown table ${index}`);
  }

  memory(index: number): MemoryType {
    return this.module.memories[index] ?? this.fail(`unknown memory ${index}`);
  }

  global(index: number): GlobalType {
    return this.module.globals[index] ?? this.fail(`unknown global ${index}`);
  }

  elementType(index: number): ReferenceType {
    const segment = this.module.elements[index] ?? this.fail(`unknown elem segment ${index}`);
    return segment.element;
  }

  dataSegment(index: number): void {
    if (index >= (this.module.dataCount ?? this.module.data.length)) this.fail(`unknown data segment ${index}`);
  }
}
