// plumbing: the bytes of each opcode, derived from the instruction table
import { Crash } from '../../spec/vocabulary/engine.js';
import { INSTRUCTIONS, type Instruction, type Mnemonic } from '../../spec/wasm/instructions.js';
import { Bytes } from './bytes.js';

interface Opcode {
  readonly bytes: Uint8Array;
  readonly row: Instruction<Mnemonic>;
}

function encoded(row: Instruction<Mnemonic>): Uint8Array {
  const bytes = new Bytes(4);
  bytes.byte(row.opcode);
  if (row.sub !== undefined) bytes.u32(row.sub);
  return bytes.toUint8Array();
}

const OPCODES: ReadonlyMap<Mnemonic, Opcode> = new Map(
  INSTRUCTIONS.map((row: Instruction<Mnemonic>) => [row.mnemonic, { row, bytes: encoded(row) }]),
);

/** The opcode of an instruction with its row of the table. */
export function opcodeOf(mnemonic: Mnemonic): Opcode {
  const opcode = OPCODES.get(mnemonic);
  if (opcode === undefined) throw new Crash(`no instruction ${mnemonic}`);
  return opcode;
}

/** The single byte of an instruction without prefix. */
export function byteOf(mnemonic: Mnemonic): number {
  return opcodeOf(mnemonic).row.opcode;
}
