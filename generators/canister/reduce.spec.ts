// plumbing: tests of program reduction
import type { Program } from '../../spec/vocabulary/program.js';
import { generateCase, isSmaller, printProgram, programSize, reduceProgram } from '../index.js';

/** Takes the first candidate that keeps the property, again and again. */
function reduced(program: Program, keeps: (p: Program) => boolean): Program {
  for (let current = program; ;) {
    let next: Program | undefined;
    for (const candidate of reduceProgram(current)) {
      if (keeps(candidate)) {
        next = candidate;
        break;
      }
    }
    if (next === undefined) return current;
    expect(isSmaller(programSize(next), programSize(current))).toBe(true);
    current = next;
  }
}

function programOf(seed: string, k: number): Program {
  const source = generateCase(seed, k).scenario.modules[0];
  if (source?.kind !== 'program') throw new Error(`case ${k} of ${seed} has no program`);
  return source.program;
}

describe('reduceProgram', () => {
  it('leaves nothing of a program of which nothing matters', () => {
    const least = reduced(programOf('reduce', 0), () => true);
    expect(programSize(least)).toEqual({ parts: 0, numbers: 0n });
  });

  it('leaves one function with one statement where one system call matters', () => {
    const calls = (p: Program) => printProgram(p).includes('ic0.debug_print(');
    let found = 0;
    for (let k = 0; k < 30 && found < 3; k++) {
      const program = programOf('reduce', k);
      if (!calls(program)) continue;
      found++;
      const least = reduced(program, calls);
      expect(least.functions).toHaveLength(1);
      expect(least.functions[0]?.body).toHaveLength(1);
      expect(least.functions[0]?.body[0]).toMatchObject({ kind: 'system call', args: [{ value: 0n }, { value: 0n }] });
    }
    expect(found).toBe(3);
  });

  it('shortens raw code to the instruction that matters', () => {
    const multiplies = (p: Program) => /\bi(32|64)\.mul\b/.test(printProgram(p));
    let found = 0;
    for (let k = 0; k < 300 && found < 2; k++) {
      const source = generateCase('code', k, { families: ['memory'] }).scenario.modules[0];
      if (source?.kind !== 'program' || !multiplies(source.program)) continue;
      found++;
      const least = reduced(source.program, multiplies);
      const statement = least.functions[0]?.body[0];
      if (statement?.kind !== 'code') throw new Error(`no code is left:\n${printProgram(least)}`);
      expect(statement.code.length).toBeLessThanOrEqual(6);
    }
    expect(found).toBe(2);
  });
});
