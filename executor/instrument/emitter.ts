// plumbing: writing the new body of one function: what was read and not replaced is copied, blocks are charged
import { InvalidModule, type Reader, type Writer } from './bytes.js';
import { I64, type DecodedModule } from './decode.js';
import { LateNans } from './late-nan.js';
import type { Indices } from './layout.js';
import { Kind, OPERATIONS, Skip, type Operation } from './opcodes.js';
import { Operands } from './operands.js';
import type { Instrumentation } from './passes.js';
import type { AddressType } from '../../spec/wasm/types.js';

export interface BodyContext {
  readonly module: DecodedModule;
  readonly indices: Indices;
  readonly passes: Instrumentation;
  /** Of the module's memory. */
  readonly address: AddressType;
  readonly refused: ReadonlySet<string>;
  /** Whether stores note the page before they change it; addresses are then shifted (memory/tracked-memory.ts). */
  readonly tracking: boolean;
}

/** What the module's code does, gathered from all bodies. */
export interface CodeFacts {
  readonly setsGlobal: Set<number>;
  mutatesTables: boolean;
  usesReferences: boolean;
  growsMemory: boolean;
}

/** One body under construction; the same object serves all bodies of a module. */
export class BodyEmitter {
  readonly context: BodyContext;
  readonly reader: Reader;
  readonly out: Writer;
  readonly facts: CodeFacts;
  readonly operands = new Operands();
  readonly lateNans = new LateNans();
  /** Types of parameters and declared locals. */
  localTypes: number[] = [];
  counterLocal = 0;
  slotsLocal = 0;
  temporaries: number[] = [];
  /** Up to where the old body is copied or replaced. */
  copied = 0;
  weight = 0;
  published = false;
  private chargeAt = -1;
  private charge: (weight: number) => number = () => 0;

  constructor(context: BodyContext, reader: Reader, out: Writer, facts: CodeFacts) {
    this.context = context;
    this.reader = reader;
    this.out = out;
    this.facts = facts;
  }

  get wideMemory(): boolean {
    return this.context.address === 'i64';
  }

  get(local: number): void {
    this.out.op(0x20, local);
  }

  set(local: number): void {
    this.out.op(0x21, local);
  }

  call(index: number): void {
    this.out.op(0x10, index);
  }

  /** Copies what was read and not replaced, up to a position. */
  flush(position: number): void {
    if (position === this.copied) return;
    this.out.copy(this.reader.bytes, this.copied, position);
    this.copied = position;
  }

  /** A local of ours; different ones of a type have different numbers. */
  temporary(type: number, which = 0): number {
    const key = which * 256 + type;
    let index = this.temporaries.indexOf(key);
    if (index < 0) index = this.temporaries.push(key) - 1;
    return this.localTypes.length + 2 + index;
  }

  blockType(results: readonly number[]): void {
    const [single] = results;
    if (results.length > 1) this.out.signed(BigInt(this.context.indices.layout.type([], results)));
    else this.out.byte(single ?? 0x40);
  }

  /** Writes an opcode with one index in place of the instruction that began at `before`. */
  replace(before: number, opcode: number, index: number): void {
    this.flush(before);
    this.out.op(opcode, index);
    this.copied = this.reader.position;
  }

  table(index: number): { readonly wide: boolean } {
    const table = this.context.module.tables[index];
    if (table === undefined) throw new InvalidModule(`unknown table ${index}`);
    return { wide: table.address === 'i64' };
  }

  /** i64 to i32, everything that does not fit to 2^32 - 1: no table is that large. */
  narrow(): void {
    const wide = this.temporary(I64);
    this.out.op(0x22, wide);
    this.out.put(0x42, 0xff, 0xff, 0xff, 0xff, 0x0f);
    this.get(wide);
    this.out.put(0x42, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x54, 0x1b, 0xa7);
  }

  /** Begins a block of the metering: its charge is emitted here and its weight patched in when it closes. */
  openBlock(charge: (weight: number) => number, test: boolean): void {
    const { out, counterLocal } = this;
    out.op(0x20, counterLocal);
    out.byte(0x42);
    this.chargeAt = out.reserve5();
    this.charge = charge;
    out.byte(0x7d);
    out.op(test ? 0x22 : 0x21, counterLocal);
    if (test) {
      out.put(0x42, 0x00, 0x53);
      out.op(0x0d, this.operands.depth);
    }
    this.weight = 0;
    this.published = false;
  }

  /** Ends the block with the operator that was just read. */
  nextBlock(operation: Operation): void {
    const { passes } = this.context;
    this.out.patch5(this.chargeAt, this.charge(this.weight));
    this.flush(this.reader.position);
    if (this.operands.depth === 0) return;
    if (operation.kind === Kind.Loop) this.openBlock(passes.loopCharge, passes.loopTest);
    else this.openBlock(passes.blockCharge, false);
  }

  /** Makes the counter visible before something that may trap. */
  publish(operation: Operation, before: number): void {
    if (this.published || !this.context.passes.publish(operation.mnemonic)) return;
    this.flush(before);
    this.get(this.counterLocal);
    this.out.op(0x24, this.context.indices.counter);
    this.published = true;
  }

  operation(): Operation {
    const { reader } = this;
    const at = reader.position;
    const opcode = reader.bytes[at] as number;
    // Beyond the body there may be more bytes.
    if (at >= reader.end) throw new InvalidModule(`unexpected end at byte ${at}`);
    reader.position = at + 1;
    let operation = OPERATIONS.single[opcode];
    if (opcode === 0xfd) operation = OPERATIONS.fd[reader.u32()];
    else if (opcode === 0xfc) operation = OPERATIONS.fc[reader.u32()];
    if (operation === undefined) throw new InvalidModule(`unknown instruction 0x${opcode.toString(16)} at byte ${at}`);
    return operation;
  }

  /** Passes over the immediates of a Plain operation. */
  immediates(skip: Skip): void {
    const { reader } = this;
    switch (skip) {
      case Skip.Nothing:
        return;
      case Skip.MemoryOperand:
      case Skip.MemoryOperandAndLane: {
        const alignment = reader.u32();
        if (alignment >= 32) throw new InvalidModule(`malformed memory operand at byte ${reader.position}`);
        reader.skipNumber();
        if (skip === Skip.MemoryOperandAndLane) reader.skip(1);
        return;
      }
      case Skip.Number:
        reader.skipNumber();
        return;
      default:
        reader.skip(skip);
    }
  }
}
