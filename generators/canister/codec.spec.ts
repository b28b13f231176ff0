// plumbing: tests of the JSON codec of programs
import { generateCase, printProgram, ProgramError, programFromJson, programToJson } from '../index.js';

const EMPTY = {
  format: 'program@1',
  width: 'i32',
  globals: [],
  functions: [],
  exports: [],
  data: [],
  elements: [],
  customSections: [],
  oddities: [],
};

const entry = (body: unknown[]) => ({ ...EMPTY, functions: [{ name: 'f', type: 'entry', locals: [], body }] });

describe('programs as JSON', () => {
  it('come back as they were', () => {
    for (let k = 0; k < 150; k++) {
      for (const source of generateCase('json', k).scenario.modules) {
        if (source.kind !== 'program') continue;
        const text = JSON.stringify(programToJson(source.program));
        expect(programFromJson(JSON.parse(text))).toEqual(source.program);
      }
    }
  });

  it('can be printed', () => {
    const source = generateCase('print', 0).scenario.modules[0];
    if (source?.kind !== 'program') throw new Error('the case has no program');
    const text = printProgram(source.program);
    expect(text).toContain('export "canister_query log" function query log ()');
    expect(text).toContain('ic0.msg_reply()');
  });

  it.each<[string, unknown, string]>([
    ['no object', 7, 'program: must be an object'],
    ['another format', { ...EMPTY, format: 'program@2' }, 'program.format: must be one of: program@1'],
    ['a missing field', { ...EMPTY, exports: undefined }, 'program.exports: is missing'],
    ['an unknown field', { ...EMPTY, extra: 1 }, 'program.extra: is not known here'],
    ['an unknown statement', entry([{ kind: 'jump' }]), 'program.functions[0].body[0].kind: must be one of'],
    ['a number for a bigint', { ...EMPTY, memory: { min: 1 } }, 'program.memory.min: must be a decimal number as text'],
    [
      'blobs that are not hexadecimal',
      { ...EMPTY, data: [{ bytes: 'xy' }] },
      'program.data[0].bytes: must be lower-case hexadecimal text',
    ],
    [
      'an unknown instruction',
      entry([{ kind: 'code', code: [['i32.jump']], results: [] }]),
      'there is no instruction i32.jump',
    ],
    [
      'missing immediates',
      entry([{ kind: 'code', code: [['i32.const']], results: [] }]),
      'i32.const takes 1 immediates, not 0',
    ],
    [
      'an unknown way to trap',
      entry([{ kind: 'trap', means: 'bang' }]),
      'program.functions[0].body[0].means: must be one of',
    ],
  ])('refuse %s', (_, json, message) => {
    expect(() => programFromJson(json)).toThrow(ProgramError);
    expect(() => programFromJson(json)).toThrow(message);
  });
});
