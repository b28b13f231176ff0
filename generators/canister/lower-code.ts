// plumbing: from raw typed-stack code to bytes
import type { Code, CodeImmediate, CodeInstruction } from '../../spec/vocabulary/program.js';
import type { Immediate } from '../../spec/wasm/instructions.js';
import { VALUE_TYPE_CODES, type FuncType, type ValueType } from '../../spec/wasm/types.js';
import { ProgramError } from './errors.js';
import type { FunctionLowering } from './lower.js';
import { opcodeOf } from './opcodes.js';

const NO_BLOCK_TYPE = 0x40;

/** Appends the instructions as they stand; operands' types are the generator's promise. */
export function lowerCode(f: FunctionLowering, code: Code): void {
  for (const instruction of code) lowerInstruction(f, instruction);
}

function lowerInstruction(f: FunctionLowering, instruction: CodeInstruction): void {
  const { row, bytes } = opcodeOf(instruction[0]);
  f.out.bytes(bytes);
  if (row.immediates.length === 0) return;
  const reader = new Immediates(instruction, f.where);
  for (const immediate of row.immediates) lowerImmediate(f, immediate, reader);
}

/** Takes an instruction's immediates one after the other. */
class Immediates {
  private next = 1;

  constructor(
    private readonly instruction: CodeInstruction,
    private readonly where: string,
  ) {}

  fail(problem: string): never {
    throw new ProgramError(this.where, `${this.instruction[0]}: ${problem}`);
  }

  any(): CodeImmediate | undefined {
    return this.instruction[this.next++];
  }

  number(): number {
    const value = this.any();
    return typeof value === 'number' ? value : this.fail('a number is missing');
  }

  bits(): bigint {
    const value = this.any();
    return typeof value === 'bigint' ? value : this.fail('the bits of a constant are missing');
  }

  numbers(): readonly number[] {
    const value = this.any();
    return Array.isArray(value) ? (value as readonly number[]) : this.fail('a list is missing');
  }

  valueTypes(): readonly ValueType[] {
    const value = this.any();
    return Array.isArray(value) ? (value as readonly ValueType[]) : this.fail('a list of types is missing');
  }

  type(): FuncType {
    const value = this.any();
    return typeof value === 'object' && 'params' in value ? value : this.fail('a type is missing');
  }

  name(): string {
    const value = this.any();
    return typeof value === 'string' ? value : this.fail('a function name is missing');
  }

  /** An index into a list of the given length. */
  index(length: number, what: string): number {
    const index = this.number();
    return index < length ? index : this.fail(`there is no ${what} ${index}`);
  }

  get mnemonic(): string {
    return this.instruction[0];
  }
}

function lowerImmediate(f: FunctionLowering, immediate: Immediate, reader: Immediates): void {
  const { program } = f.module;
  switch (immediate) {
    case 'label':
      return f.out.u32(reader.number());
    case 'data':
      return f.out.u32(reader.index(program.data.length, 'data segment'));
    case 'element':
      return f.out.u32(reader.index(program.elements.length, 'element segment'));
    case 'global':
      return f.out.u32(reader.index(program.globals.length, 'global'));
    case 'local':
      return f.out.u32(f.type.params.length + reader.index(f.f.locals.length, 'local'));
    case 'memory':
      f.needMemory(reader.mnemonic);
      reader.number();
      return f.out.byte(0);
    case 'table':
      f.needTable(reader.mnemonic);
      reader.number();
      return f.out.byte(0);
    case 'memarg':
      f.needMemory(reader.mnemonic);
      return f.memarg(reader.number(), reader.bits());
    case 'labels': {
      const labels = reader.numbers();
      f.out.u32(labels.length - 1);
      for (const label of labels) f.out.u32(label);
      return;
    }
    case 'lanes':
      for (const lane of reader.numbers()) f.out.byte(lane);
      return;
    case 'lane':
      return f.out.byte(reader.number());
    case 'value types': {
      const types = reader.valueTypes();
      f.out.u32(types.length);
      for (const type of types) f.out.byte(VALUE_TYPE_CODES[type]);
      return;
    }
    case 'heap type':
      return f.out.byte(reader.number());
    case 'block type':
      return lowerBlockType(f, reader.type());
    case 'type':
      return f.out.u32(f.module.typeIndex(reader.type()));
    case 'function': {
      const index = f.module.functionIndex(reader.name(), f.where);
      if (reader.mnemonic === 'ref.func') f.module.referenced.add(index);
      return f.out.u32(index);
    }
    case 'i32':
      return f.out.s32(Number(BigInt.asIntN(32, reader.bits())));
    case 'i64':
      return f.out.s64(reader.bits());
    case 'f32':
      return f.out.little(reader.bits(), 4);
    case 'f64':
      return f.out.little(reader.bits(), 8);
    case 'v128':
      return f.out.little(reader.bits(), 16);
  }
}

function lowerBlockType(f: FunctionLowering, type: FuncType): void {
  if (type.params.length === 0 && type.results.length === 0) return f.out.byte(NO_BLOCK_TYPE);
  const [only] = type.results;
  if (type.params.length === 0 && type.results.length === 1 && only !== undefined) {
    return f.out.byte(VALUE_TYPE_CODES[only]);
  }
  f.out.s32(f.module.typeIndex(type));
}
