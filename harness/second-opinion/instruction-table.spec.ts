// plumbing: tests that hold the instruction table against wabt and V8
import wabtInit from 'wabt';
import { REFUSED_OPCODES } from '../../spec/wasm/features.js';
import { opcodeKey, OPCODE_PREFIXES } from '../../spec/wasm/instructions.js';
import { v8 } from './engines.js';
import { oneInstruction, ROWS } from './one-instruction.js';
import { drawFrom } from './random.js';
import { assemble } from './subject.js';

const wabt = await wabtInit();
const FEATURES = { simd: true, bulk_memory: true, reference_types: true, memory64: true, multi_value: true };

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];

/** What V8 says of a function that is these bytes after `unreachable`. */
function v8Error(...code: readonly number[]): string {
  const body = [0, 0x00, ...code, 0x0b];
  try {
    new v8.Module(Uint8Array.from([...HEAD, 10, body.length + 2, 1, body.length, ...body]));
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Opcodes that neither the table nor the list of refused features knows. */
function unknownOpcodes(): number[][] {
  const known = new Set(ROWS.map(({ opcode, sub }) => opcodeKey(opcode, sub)));
  const refused = (opcode: number, sub?: number) =>
    REFUSED_OPCODES.some(
      (one) =>
        one.opcode === opcode &&
        (one.from === undefined || (sub !== undefined && sub >= one.from && sub <= (one.to ?? 0))),
    );
  const single = Array.from({ length: 256 }, (_, opcode) => opcode).filter(
    (opcode) => !known.has(opcode) && !OPCODE_PREFIXES.includes(opcode) && !refused(opcode),
  );
  const behindPrefix = OPCODE_PREFIXES.flatMap((prefix) =>
    Array.from({ length: 256 }, (_, sub) => sub)
      .filter((sub) => !known.has(opcodeKey(prefix, sub)) && !refused(prefix, sub))
      .map((sub) => (sub < 128 ? [prefix, sub] : [prefix, sub | 0x80, 1])),
  );
  return [...single.map((opcode) => [opcode]), ...behindPrefix];
}

describe('the instruction table', () => {
  it.each(ROWS)('names $mnemonic as wabt does, and V8 accepts it', (row) => {
    const bytes = assemble(oneInstruction(row, drawFrom(row.mnemonic)), false);
    expect(v8.validate(bytes)).toBe(true);
    const module = wabt.readWasm(bytes, { ...FEATURES, readDebugNames: false });
    try {
      const text = module.toText({ foldExprs: false, inlineExport: false });
      const words = text.split(/[\s()]+/);
      expect(words).toContain(row.mnemonic.split(' ')[0]);
    } finally {
      module.destroy();
    }
  });

  it('leaves out no instruction that V8 has, but those of features that are off', () => {
    const unknown = unknownOpcodes();
    expect(unknown.length).toBeGreaterThan(100);
    const accepted = unknown.filter((code) => !/invalid|illegal|unknown|enable/i.test(v8Error(...code, 0, 0, 0, 0)));
    expect(accepted).toEqual([]);
  });
});
