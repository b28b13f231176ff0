// plumbing: from code to the binary format, driven by the instruction table

import type { Bytes } from '../../generators/canister/bytes.js';
import type { Code, CodeImmediate, CodeInstruction } from '../../spec/vocabulary/program.js';
import { INSTRUCTION_BY_MNEMONIC, type Immediate } from '../../spec/wasm/instructions.js';
import { VALUE_TYPE_CODES, type FuncType, type ValueType } from '../../spec/wasm/types.js';

/** The function types of a module under construction. */
export class TypeSection {
  private readonly types: FuncType[] = [];
  private readonly indices = new Map<string, number>();

  /** The index of a type, which is added if it is new. */
  indexOf(type: FuncType): number {
    const key = `${type.params.join()}>${type.results.join()}`;
    let index = this.indices.get(key);
    if (index === undefined) {
      index = this.types.push(type) - 1;
      this.indices.set(key, index);
    }
    return index;
  }

  writeTo(out: Bytes): void {
    out.u32(this.types.length);
    for (const { params, results } of this.types) {
      out.byte(0x60);
      writeTypes(out, params);
      writeTypes(out, results);
    }
  }
}

/** Writes a vector of value types. */
export function writeTypes(out: Bytes, types: readonly ValueType[]): void {
  out.u32(types.length);
  for (const type of types) out.byte(VALUE_TYPE_CODES[type]);
}

/** Writes code, without an `end` behind it. */
export function writeCode(out: Bytes, code: Code, types: TypeSection): void {
  for (const instruction of code) writeInstruction(out, instruction, types);
}

function writeInstruction(out: Bytes, [mnemonic, ...immediates]: CodeInstruction, types: TypeSection): void {
  const row = INSTRUCTION_BY_MNEMONIC.get(mnemonic);
  if (row === undefined) throw new RangeError(`no instruction ${mnemonic}`);
  out.byte(row.opcode);
  if (row.sub !== undefined) out.u32(row.sub);
  const rest = [...immediates];
  const next = (): CodeImmediate => {
    const one = rest.shift();
    if (one === undefined) throw new RangeError(`${mnemonic} needs an immediate more`);
    return one;
  };
  // call_indirect and the like are written in the order of the binary format, which is the order of the row.
  for (const kind of row.immediates) writeImmediate(out, kind, next, types);
}

function writeImmediate(out: Bytes, kind: Immediate, next: () => CodeImmediate, types: TypeSection): void {
  switch (kind) {
    case 'label':
    case 'function':
    case 'local':
    case 'global':
    case 'memory':
    case 'table':
    case 'element':
    case 'data':
      return out.u32(Number(next()));
    case 'type':
      return out.u32(types.indexOf(next() as FuncType));
    case 'block type':
      return out.s32(types.indexOf(next() as FuncType));
    case 'labels': {
      const labels = next() as readonly number[];
      out.u32(labels.length - 1);
      for (const label of labels) out.u32(label);
      return;
    }
    case 'memarg':
      out.u32(Number(next()));
      return out.u64(BigInt(next() as bigint));
    case 'i32':
      return out.s32(Number(BigInt.asIntN(32, BigInt(next() as bigint))));
    case 'i64':
      return out.s64(BigInt(next() as bigint));
    case 'f32':
      return out.little(BigInt(next() as bigint), 4);
    case 'f64':
      return out.little(BigInt(next() as bigint), 8);
    case 'v128':
      return out.little(BigInt(next() as bigint), 16);
    case 'lane':
    case 'heap type':
      return out.byte(Number(next()));
    case 'lanes':
      for (const lane of next() as readonly number[]) out.byte(lane);
      return;
    case 'value types':
      return writeTypes(out, next() as readonly ValueType[]);
  }
}
