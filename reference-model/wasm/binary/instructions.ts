// spec-shaped: instructions and expressions — WebAssembly "Binary Format: Instructions"

import type { FeatureSet } from '../../../spec/wasm/features.js';
import { REFUSED_OPCODES } from '../../../spec/wasm/features.js';
import type { Immediate, Instruction, Mnemonic } from '../../../spec/wasm/instructions.js';
import { INSTRUCTIONS, OPCODE_PREFIXES } from '../../../spec/wasm/instructions.js';
import type { ReferenceType, ValueType } from '../../../spec/wasm/types.js';
import { WasmDecodeError } from '../structure/errors.js';
import type { ByteRange } from '../structure/module.js';
import { ByteReader } from './reader.js';
import { readReferenceType, readValueType, requireFeature, valueTypeOf } from './types.js';

export type Row = Instruction<Mnemonic>;

/** Every row of the instruction table. */
export const ROWS: readonly Row[] = INSTRUCTIONS;

/** A block type: nothing, one result, or the type with this index. */
export type BlockType = undefined | ValueType | number;

/** Rows by first byte, and by sub-opcode for each prefix: arrays, because the lookup is in every decoder's inner loop. */
const ROW_BY_BYTE: (Row | undefined)[] = new Array<Row | undefined>(256).fill(undefined);
const ROWS_BY_PREFIX = new Map<number, (Row | undefined)[]>(OPCODE_PREFIXES.map((prefix) => [prefix, []]));
for (const row of ROWS) {
  if (row.sub === undefined) ROW_BY_BYTE[row.opcode] = row;
  else (ROWS_BY_PREFIX.get(row.opcode) as (Row | undefined)[])[row.sub] = row;
}

const INDICES: ReadonlySet<Immediate> = new Set([
  'local',
  'global',
  'function',
  'label',
  'type',
  'table',
  'element',
  'data',
] as const);

/** By first byte: whether an index is all that follows it. */
const INDEX_FOLLOWS = ROW_BY_BYTE.map(
  (row) => row?.immediates.length === 1 && INDICES.has(row.immediates[0] as Immediate),
);

/**
 * Reads one instruction after another. The fields hold the instruction that was read last and are overwritten by the
 * next one: decoding, validation and translation each run over the bytes without making an object for each instruction.
 */
export class InstructionReader extends ByteReader {
  /** Its row in the instruction table. */
  row: Row = INSTRUCTIONS[0];
  /** Offset of its first byte. */
  start = 0;
  /** The index immediate; the first of two; the label. */
  index = 0;
  /** The second of two index immediates (the binary order). */
  index2 = 0;
  /** Lane immediate. */
  lane = 0;
  /** The alignment exponent of a memarg. */
  align = 0;
  /** The offset of a memarg: its low word, and its high word. */
  memoryOffset = 0;
  memoryOffsetHigh = 0;
  blockType: BlockType = undefined;
  /** Labels of br_table; the default label is `index`. */
  labels: number[] = [];
  /** Types of the typed select. */
  valueTypes: ValueType[] = [];
  referenceType: ReferenceType = 'funcref';
  /** The bits of a constant (i32, f32: the first; i64, f64: low and high; v128, shuffle lanes: all four). */
  readonly words = new Int32Array(4);

  constructor(
    bytes: Uint8Array,
    range: ByteRange,
    private readonly features: FeatureSet,
  ) {
    super(bytes, range.start, range.end);
  }

  /** Goes to another stretch of the bytes. */
  enter(range: ByteRange): void {
    this.offset = range.start;
    this.end = range.end;
  }

  /** Reads the next instruction. @throws WasmDecodeError */
  next(): Row {
    const { bytes, end, offset } = this;
    this.start = offset;
    if (offset >= end) this.fail('unexpected end');
    const opcode = bytes[offset] as number;
    this.offset = offset + 1;
    const row = ROW_BY_BYTE[opcode] ?? this.unusual(opcode);
    this.row = row;
    if (row.feature !== 'mvp') requireFeature(this.features, row.feature, offset);
    // Every other instruction is followed by an index, and nearly every index takes one byte.
    const first = INDEX_FOLLOWS[opcode] && offset + 1 < end ? (bytes[offset + 1] as number) : 0x80;
    if (first < 0x80) {
      this.index = first;
      this.offset = offset + 2;
      return row;
    }
    const { immediates } = row;
    for (let i = 0; i < immediates.length; i++) this.immediate(immediates[i] as Immediate, i);
    return row;
  }

  /** The row of an instruction with a prefix. */
  private unusual(opcode: number): Row {
    const rows = ROWS_BY_PREFIX.get(opcode);
    const sub = rows && this.u32();
    const row = rows && rows[sub as number];
    if (row) return row;
    const refused = REFUSED_OPCODES.find(
      (one) =>
        one.opcode === opcode &&
        (one.from === undefined || (sub !== undefined && sub >= one.from && sub <= (one.to as number))),
    );
    if (refused)
      throw new WasmDecodeError(
        this.start,
        `this instruction needs the feature ${refused.feature}, which is off`,
        refused.feature,
      );
    return this.fail('illegal opcode', this.start);
  }

  private immediate(kind: Immediate, position: number): void {
    switch (kind) {
      case 'i32':
        this.words[0] = this.integer(32, true);
        return;
      case 'i64':
        this.words[0] = this.integer(64, true);
        this.words[1] = this.high;
        return;
      case 'memarg':
        return this.memarg();
      case 'block type':
        this.blockType = this.readBlockType();
        return;
      case 'local':
      case 'global':
      case 'function':
      case 'label':
      case 'type':
      case 'table':
      case 'element':
      case 'data':
        return this.setIndex(this.u32(), position);
      case 'memory':
        return this.memoryIndex(position);
      case 'labels':
        this.labels = this.vector(() => this.u32());
        this.index = this.u32();
        return;
      case 'f32':
        this.words[0] = this.word();
        return;
      case 'f64':
        this.words[0] = this.word();
        this.words[1] = this.word();
        return;
      case 'v128':
      case 'lanes':
        for (let i = 0; i < 4; i++) this.words[i] = this.word();
        return;
      case 'lane':
        this.lane = this.byte();
        return;
      case 'value types':
        this.valueTypes = this.vector(() => readValueType(this, this.features));
        return;
      case 'heap type':
        this.referenceType = readReferenceType(this, this.features);
        return;
    }
  }

  private setIndex(index: number, position: number): void {
    if (position === 0) this.index = index;
    else this.index2 = index;
  }

  private memoryIndex(position: number): void {
    const offset = this.offset;
    const index = this.u32();
    if (index !== 0)
      throw new WasmDecodeError(
        offset,
        'a memory index other than 0 needs the feature multiple memories, which is off',
        'multiple memories',
      );
    this.setIndex(0, position);
  }

  private memarg(): void {
    const offset = this.offset;
    this.align = this.u32();
    if (this.align >= 128) this.fail('malformed memop flags', offset);
    if (this.align >= 64)
      throw new WasmDecodeError(
        offset,
        'a memory index needs the feature multiple memories, which is off',
        'multiple memories',
      );
    this.memoryOffset = this.integer(this.features.memory64 ? 64 : 32, false);
    this.memoryOffsetHigh = this.high;
  }

  private readBlockType(): BlockType {
    const offset = this.offset;
    const code = this.peek();
    if (code === 0x40) {
      this.offset++;
      return undefined;
    }
    // One byte with the sign bit set and no continuation is a negative number: a value type.
    if (code >= 0x40 && code < 0x80) {
      this.offset++;
      return valueTypeOf(code, this.features, offset);
    }
    requireFeature(this.features, 'multiValue', offset);
    const index = this.integer(33, true) >>> 0;
    if (this.high < 0) this.fail('malformed block type', offset);
    return index;
  }
}

/**
 * Reads over an expression: instructions, with blocks properly nested, up to and including the `end` that closes it.
 * @param reader stands at the first instruction, and then after the `end`
 * @param needsDataCount whether an instruction with a data index is malformed because there is no data count section
 * @param seen takes the instructions that occur
 */
export function readExpression(reader: InstructionReader, needsDataCount: boolean, seen: Set<Mnemonic>): ByteRange {
  const start = reader.offset;
  const open: Mnemonic[] = [];
  for (;;) {
    const { mnemonic, typing, immediates } = reader.next();
    seen.add(mnemonic);
    if (typing.kind === 'fixed') {
      if (needsDataCount && immediates[0] === 'data') reader.fail('data count section required', reader.start);
      continue;
    }
    switch (mnemonic) {
      case 'block':
      case 'loop':
      case 'if':
        open.push(mnemonic);
        break;
      case 'else':
        if (open.pop() !== 'if') reader.fail('else without if', reader.start);
        open.push('else');
        break;
      case 'end':
        if (open.pop() === undefined) return { start, end: reader.offset };
        break;
      default:
    }
  }
}
