// plumbing: programs as text, for people
import type { Code, Expression, Oddity, Program, ProgramFunction, Statement } from '../../spec/vocabulary/program.js';
import { systemApiFunction } from '../../spec/system-api.js';
import type { FuncType } from '../../spec/wasm/types.js';

/** The program as indented lines. Not meant to be read back. */
export function printProgram(program: Program): string {
  const lines: string[] = [];
  const { memory, table, log } = program;
  lines.push(`canister module, I = ${memory === undefined ? 'i32' : program.width}`);
  if (memory !== undefined)
    lines.push(
      `  memory ${memory.max === undefined ? memory.min : `${memory.min} to ${memory.max}`} ${(memory.max ?? memory.min) === 1n ? 'page' : 'pages'}`,
    );
  else lines.push('  no memory');
  program.globals.forEach(({ type, init }, i) => lines.push(`  global g${i} : ${type} = ${init}`));
  if (table !== undefined) {
    const entries = table.entries.map((entry) => entry ?? 'null').join(', ');
    lines.push(`  table of ${table.size}${table.max === undefined ? '' : ` to ${table.max}`}: ${entries}`);
  }
  program.data.forEach(({ at, bytes }, i) =>
    lines.push(`  data ${i} ${at === undefined ? 'passive' : `at ${number(at)}`}: ${shortHex(bytes)}`),
  );
  program.elements.forEach((entries, i) =>
    lines.push(`  elements ${i}: ${entries.map((entry) => entry ?? 'null').join(', ')}`),
  );
  for (const { name, content } of program.customSections)
    lines.push(`  custom section ${quote(name)}: ${shortHex(content)}`);
  if (log !== undefined) lines.push(`  log at ${number(BigInt(log.at))}, ${log.bytes} bytes`);
  for (const oddity of program.oddities) lines.push(`  odd: ${printOddity(oddity)}`);
  for (const f of program.functions) lines.push('', ...printFunction(program, f));
  const known = new Set(program.functions.map(({ name }) => name));
  for (const { name, function: f } of program.exports) {
    if (!known.has(f)) lines.push(`  export ${quote(name)} of the missing function ${f}`);
  }
  return lines.join('\n') + '\n';
}

function printFunction(program: Program, f: ProgramFunction): string[] {
  const exports = program.exports.filter((e) => e.function === f.name).map((e) => `export ${quote(e.name)} `);
  const start = program.start === f.name ? '(start) ' : '';
  const type = f.type === 'entry' ? '()' : f.type === 'callback' ? '(env)' : printType(f.type);
  const locals = f.locals.length === 0 ? '' : ` locals ${f.locals.join(' ')}`;
  return [`  ${start}${exports.join('')}function ${f.name} ${type}${locals}`, ...printStatements(f.body, '    ')];
}

function printStatements(statements: readonly Statement[], indent: string): string[] {
  return statements.flatMap((statement) => printStatement(statement, indent));
}

function printStatement(s: Statement, indent: string): string[] {
  const one = (text: string) => [indent + text];
  const inner = (list: readonly Statement[]) => printStatements(list, indent + '  ');
  switch (s.kind) {
    case 'system call':
      return one(
        `${target(s.into)}ic0.${s.name}(${s.args.map(printExpression).join(', ')})${logged(s.log === true && hasResult(s.name))}`,
      );
    case 'set':
      return one(`x${s.variable} = ${printExpression(s.value)}`);
    case 'log':
      return one(`log ${printExpression(s.value)}`);
    case 'log memory':
      return one(`log memory[${printExpression(s.address)}, ${printExpression(s.size)} bytes]`);
    case 'store':
      return one(`memory[${printExpression(s.address)}, ${s.bytes} bytes] = ${printExpression(s.value)}`);
    case 'set global':
      return one(`g${s.index} = ${printExpression(s.value)}`);
    case 'memory.grow':
      return one(`${target(s.into)}memory.grow(${printExpression(s.pages)})${logged(s.log)}`);
    case 'memory.fill':
      return one(`memory.fill(${[s.address, s.byte, s.size].map(printExpression).join(', ')})`);
    case 'memory.copy':
    case 'table.copy':
      return one(`${s.kind}(${[s.to, s.from, s.size].map(printExpression).join(', ')})`);
    case 'memory.init':
    case 'table.init':
      return one(`${s.kind} ${s.segment}(${[s.to, s.from, s.size].map(printExpression).join(', ')})`);
    case 'data.drop':
    case 'elem.drop':
      return one(`${s.kind} ${s.segment}`);
    case 'table.set':
      return one(`table[${printExpression(s.index)}] = ${s.function ?? 'null'}`);
    case 'table.grow':
      return one(`table.grow(${s.function ?? 'null'}, ${printExpression(s.by)})${logged(s.log)}`);
    case 'table.fill':
      return one(`table.fill(${printExpression(s.to)}, ${s.function ?? 'null'}, ${printExpression(s.size)})`);
    case 'if':
      return [
        `${indent}if ${printExpression(s.condition)}`,
        ...inner(s.then),
        ...(s.else.length > 0 ? [`${indent}else`, ...inner(s.else)] : []),
      ];
    case 'repeat':
      return [`${indent}repeat ${printExpression(s.times)} times`, ...inner(s.body)];
    case 'call':
      return one(`call ${s.function}`);
    case 'call indirect':
      return one(`call table[${printExpression(s.index)}]`);
    case 'return':
      return one('return');
    case 'trap':
      return one(`trap: ${s.means}`);
    case 'code':
      return [`${indent}code, leaves (${s.results.join(' ')})`, ...printCode(s.code, indent + '  ')];
  }
}

const hasResult = (name: string) => systemApiFunction(name)?.result !== null;
const target = (into: number | undefined) => (into === undefined ? '' : `x${into} = `);
const logged = (log: boolean | undefined) => (log === true ? '   (logged)' : '');

function printCode(code: Code, indent: string): string[] {
  let depth = 0;
  return code.map(([mnemonic, ...immediates]) => {
    if (mnemonic === 'end' || mnemonic === 'else') depth--;
    const line = `${indent}${'  '.repeat(Math.max(0, depth))}${mnemonic}${immediates.map((i) => ` ${printImmediate(i)}`).join('')}`;
    if (mnemonic === 'block' || mnemonic === 'loop' || mnemonic === 'if' || mnemonic === 'else') depth++;
    return line;
  });
}

function printImmediate(immediate: bigint | number | string | FuncType | readonly (number | string)[]): string {
  if (typeof immediate === 'bigint') return number(immediate);
  if (typeof immediate === 'number') return String(immediate);
  if (typeof immediate === 'string') return immediate;
  return 'params' in immediate ? printType(immediate) : `[${immediate.join(' ')}]`;
}

function printType({ params, results }: FuncType): string {
  return `(${params.join(' ')}) -> (${results.join(' ')})`;
}

/** An expression as text. */
function printExpression(e: Expression): string {
  switch (e.kind) {
    case 'constant':
      return number(e.value);
    case 'variable':
      return `x${e.index}`;
    case 'env':
      return 'env';
    case 'memory bytes':
      return 'memory size';
    case 'global':
      return `g${e.index}`;
    case 'load':
      return `memory[${printExpression(e.address)}, ${e.bytes} bytes]`;
    case 'operation':
      return `(${printExpression(e.left)} ${e.operator} ${printExpression(e.right)})`;
    case 'index of':
      return `index of ${e.function}`;
  }
}

/** Large numbers in hexadecimal, where their structure shows. */
function number(value: bigint): string {
  return value > 0xffffn || value < -0xffffn
    ? value < 0n
      ? `-0x${(-value).toString(16)}`
      : `0x${value.toString(16)}`
    : String(value);
}

function shortHex(text: string): string {
  return text.length <= 96 ? text : `${text.slice(0, 80)}… (${text.length / 2} bytes)`;
}

function quote(name: string): string {
  return JSON.stringify(name);
}

function printOddity(oddity: Oddity): string {
  switch (oddity.kind) {
    case 'import function':
      return `imports the function ${oddity.module}.${oddity.name} : ${printType(oddity.type)}`;
    case 'import memory':
    case 'import table':
    case 'import global':
      return `imports the ${oddity.kind.slice('import '.length)} ${oddity.module}.${oddity.name}`;
    case 'second memory':
      return 'has one more memory';
    case 'export memory':
    case 'export table':
    case 'export global':
      return `exports its ${oddity.kind.slice('export '.length)} as ${quote(oddity.name)}`;
    case 'more functions':
    case 'more globals':
    case 'more methods':
      return `has ${oddity.count} ${oddity.kind}`;
    case 'section of zeroes':
      return `has a custom section ${quote(oddity.name)} of ${oddity.length} zeroes`;
    case 'trailing bytes':
      return `is followed by the bytes ${shortHex(oddity.bytes)}`;
    case 'truncated':
      return `is cut short by ${oddity.by} bytes`;
  }
}
