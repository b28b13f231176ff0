// plumbing: tests of the form of code: the example in code.ts, and what is fused
import { readFileSync } from 'node:fs';
import wabtInit from 'wabt';
import { PRODUCTION_WEIGHTS } from '../../../spec/profiles/weights.js';
import { INSTRUCTIONS } from '../../../spec/wasm/instructions.js';
import { decodeModule, validateModule } from '../index.js';
import { CONSTANT_FORMS, FUSED_BRANCHES } from './code.js';
import { OP } from './opcodes.js';
import { ModuleCode } from './translate.js';

const wabt = await wabtInit();

const NAMES = new Map<number, string>(Object.entries(OP).map(([name, opcode]) => [opcode, name]));

/** The example's function, and its code: where each instruction starts, its name, and the words after the opcode. */
function example() {
  const source = readFileSync(new URL('./code.ts', import.meta.url), 'utf8');
  const [, text = '', listing = ''] = /An example.*\n\/\/\n([^]*?)\n\/\/\n([^]*?)\n\/\/\n/.exec(source) ?? [];
  const lines = [...listing.matchAll(/^\/\/ +(\d+) {2}(.*?)((?: \d+)*) +;/gm)];
  const instructions = lines.map(([, at, name = '', words = '']) => ({
    at: Number(at),
    name,
    words: words.trim().split(' ').map(Number),
  }));
  return { text: text.replaceAll('//', ''), lines: listing.split('\n').length, instructions };
}

describe('the example in code.ts', () => {
  it('is what its function is translated to', () => {
    const { text, lines, instructions } = example();
    expect(instructions).toHaveLength(lines);
    const module = decodeModule(new Uint8Array(wabt.parseWat('m.wat', `(module ${text})`).toBinary({}).buffer));
    validateModule(module);
    const { code } = new ModuleCode(module, PRODUCTION_WEIGHTS).function(0);
    const shown: number[] = [];
    for (const { at, name, words } of instructions) {
      expect([at, name]).toEqual([shown.length, NAMES.get(code[at] as number)]);
      shown.push(code[at] as number, ...words);
    }
    // What is left are the spare words after the end.
    expect([...code]).toEqual([...shown, 0, 0, 0]);
  });
});

describe('what is fused', () => {
  const fixed = INSTRUCTIONS.filter(({ typing }) => typing.kind === 'fixed' && typing.params.join() === 'i32,i32');
  const names = new Map<number, string>(fixed.map(({ mnemonic, opcode }) => [opcode, mnemonic]));

  it('are i32 instructions of two operands that do not trap', () => {
    expect([...CONSTANT_FORMS.keys()].every((opcode) => names.has(opcode))).toBe(true);
    for (const [opcode, form] of CONSTANT_FORMS) expect(NAMES.get(form)).toBe(`${names.get(opcode) ?? ''} constant`);
  });

  it('are comparisons with branches, of which one jumps when the comparison holds and the other when it does not', () => {
    const values = [0, 1, 2, -1, -2];
    const holds = (name: string, x: number, y: number): boolean => {
      const [, order = '', unsigned] = /^i32\.([a-z]+)(_u)?/.exec(name) ?? [];
      const [a, b] = unsigned ? [x >>> 0, y >>> 0] : [x, y];
      return { eq: a === b, ne: a !== b, lt: a < b, gt: a > b, le: a <= b, ge: a >= b }[order] as boolean;
    };
    expect(FUSED_BRANCHES.size).toBe(20);
    for (const [opcode, { ifTrue, ifFalse }] of FUSED_BRANCHES) {
      const name = NAMES.get(opcode) as string;
      expect(NAMES.get(ifTrue)).toBe(`br_if ${name}`);
      const opposite = (NAMES.get(ifFalse) as string).replace('br_if ', '');
      expect(opposite.endsWith('constant')).toBe(name.endsWith('constant'));
      for (const x of values) for (const y of values) expect(holds(opposite, x, y)).toBe(!holds(name, x, y));
    }
  });
});
