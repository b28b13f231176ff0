// plumbing: how large a program is, so that "smaller" has a meaning
import type { Expression, Program, Statement } from '../../spec/vocabulary/program.js';
import { BRANCHES } from '../wasm/reduce-code.js';

/** Parts are counted first; programs of as many parts are compared by their numbers. */
export interface ProgramSize {
  readonly parts: number;
  /** Sum of all constants. */
  readonly numbers: bigint;
}

/** Whether a is smaller than b. */
export function isSmaller(a: ProgramSize, b: ProgramSize): boolean {
  return a.parts < b.parts || (a.parts === b.parts && a.numbers < b.numbers);
}

/** How large a program is. */
export function programSize(program: Program): ProgramSize {
  let parts = 0;
  let numbers = 0n;
  const number = (n: bigint) => {
    numbers += n < 0n ? -n : n;
  };
  const expression = (e: Expression): void => {
    if (e.kind === 'constant') {
      parts += 1;
      return number(e.value);
    }
    parts += 2;
    if (e.kind === 'load') expression(e.address);
    if (e.kind === 'operation') {
      expression(e.left);
      expression(e.right);
    }
  };
  const statement = (s: Statement): void => {
    parts += 2;
    if ('into' in s) parts++;
    if ('log' in s && s.log) parts++;
    for (const value of Object.values(s)) if (isExpression(value)) expression(value);
    switch (s.kind) {
      case 'system call':
        return s.args.forEach(expression);
      case 'if':
        s.then.forEach(statement);
        return s.else.forEach(statement);
      case 'repeat':
        return s.body.forEach(statement);
      case 'code':
        parts += s.code.length + 2 * s.results.length;
        for (const [mnemonic] of s.code) if (BRANCHES.has(mnemonic)) parts++;
        for (const immediate of s.code.flat()) if (typeof immediate === 'bigint') number(immediate);
        return;
      default:
        return;
    }
  };
  for (const f of program.functions) {
    parts += 1 + f.locals.length;
    f.body.forEach(statement);
  }
  const { memory, table } = program;
  if (memory !== undefined) {
    parts += 3 + (memory.max === undefined ? 0 : 1);
    number(memory.min);
  }
  if (table !== undefined) {
    parts += 1 + (table.max === undefined ? 0 : 1);
    parts += table.size + table.entries.length + 2 * table.entries.filter((entry) => entry !== null).length;
  }
  for (const global of program.globals) {
    parts += 1;
    number(global.init);
  }
  parts += program.exports.length + program.data.length + program.customSections.length + program.oddities.length;
  parts += program.elements.length + (program.start === undefined ? 0 : 1) + (program.log === undefined ? 0 : 1);
  return { parts, numbers };
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
