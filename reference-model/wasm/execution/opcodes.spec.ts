// plumbing: tests of the opcodes: WebAssembly's own are those of the instruction table, and each has one case in the run loop
import { readFileSync } from 'node:fs';
import { INSTRUCTIONS, type Instruction } from '../../../spec/wasm/instructions.js';
import { OP, OWN_OPCODES, WASM_OPCODES } from './opcodes.js';

/** The opcodes of the table that stand alone, without a number after a prefix. */
const TABLE = new Map(
  (INSTRUCTIONS as readonly Instruction[]).flatMap(({ mnemonic, opcode, sub }) =>
    sub === undefined ? [[mnemonic, opcode]] : [],
  ),
);

it('names the instructions of WebAssembly with the opcodes of the table', () => {
  expect(WASM_OPCODES).toEqual(Object.fromEntries(Object.keys(WASM_OPCODES).map((name) => [name, TABLE.get(name)])));
});

it('gives our own forms no name of an instruction', () => {
  expect(Object.keys(OWN_OPCODES).filter((name) => TABLE.has(name))).toEqual([]);
});

it('gives each opcode one name, and each name one case in the run loop, beside its literal', () => {
  const source = readFileSync(new URL('./run.ts', import.meta.url), 'utf8').replace(/\/\/.*/g, '');
  const cases = [...source.matchAll(/\bcase (0x[0-9a-f]{2}) satisfies Op\['([^']+)'\]:/g)];
  expect(source.match(/\bcase /g)).toHaveLength(cases.length);
  const byOpcode = (all: (readonly [string, number])[]) => all.sort(([, a], [, b]) => a - b);
  expect(byOpcode(cases.map(([, opcode, name]) => [name as string, Number(opcode)]))).toEqual(
    byOpcode(Object.entries(OP)),
  );
  expect(new Set(Object.values(OP)).size).toBe(Object.keys(OP).length);
});
