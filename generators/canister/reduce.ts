// plumbing: smaller programs — what the reducer tries in place of a program, most aggressive first
import type { Expression, Program, ProgramFunction, Statement } from '../../spec/vocabulary/program.js';
import { reduceCode } from '../wasm/reduce-code.js';
import type { TypingContext } from '../wasm/typing.js';
import { compileProgram } from './compile.js';
import { ProgramError } from './errors.js';
import { usesOf, withoutData, withoutElements, withoutGlobal } from './uses.js';

/**
 * Programs that are smaller than the given one, each valid where the given one is. Taking one and starting again ends: every
 * candidate has fewer parts, or smaller numbers.
 */
export function* reduceProgram(program: Program): Iterable<Program> {
  for (const candidate of candidates(program)) if (compiles(candidate)) yield candidate;
}

function compiles(program: Program): boolean {
  try {
    compileProgram(program);
    return true;
  } catch (error) {
    if (error instanceof ProgramError) return false;
    throw error;
  }
}

function* candidates(program: Program): Iterable<Program> {
  for (const exports of sublists(program.exports)) yield prune({ ...program, exports });
  if (program.start !== undefined) yield prune(omit(program, 'start'));
  for (const oddities of sublists(program.oddities)) yield { ...program, oddities };
  yield* smallerFunctions(program, emptied);
  yield* smallerFunctions(program, ({ body, ...f }) =>
    mapped(smallerBodies(body), (smaller) => ({ ...f, body: smaller })),
  );
  yield* smallerTable(program);
  yield* smallerSections(program);
  yield* smallerFunctions(program, smallerLocals);
  yield* smallerFunctions(program, ({ body, ...f }) =>
    mapped(simplerBodies(body, typingContext(program, f.locals)), (simpler) => ({ ...f, body: simpler })),
  );
  yield* smallerMemory(program);
}

function* mapped<T, U>(items: Iterable<T>, f: (item: T) => U): Iterable<U> {
  for (const item of items) yield f(item);
}

/** The list without a half, a quarter, … a single item. */
export function* sublists<T>(list: readonly T[]): Iterable<readonly T[]> {
  if (list.length === 0) return;
  yield [];
  for (let size = list.length >> 1; size > 0; size >>= 1) {
    for (let from = 0; from < list.length; from += size) {
      if (size < list.length) yield [...list.slice(0, from), ...list.slice(from + size)];
    }
  }
}

function* replaced<T>(list: readonly T[], smaller: (item: T) => Iterable<T>): Iterable<readonly T[]> {
  for (let i = 0; i < list.length; i++) {
    const item = list[i] as T;
    for (const other of smaller(item)) yield [...list.slice(0, i), other, ...list.slice(i + 1)];
  }
}

function* smallerFunctions(
  program: Program,
  smaller: (f: ProgramFunction) => Iterable<ProgramFunction>,
): Iterable<Program> {
  for (const functions of replaced(program.functions, smaller)) yield prune({ ...program, functions });
}

function* emptied(f: ProgramFunction): Iterable<ProgramFunction> {
  if (f.body.length > 1) yield { ...f, locals: [], body: [] };
}

/** Without statements, and with blocks replaced by what is in them. */
function* smallerBodies(body: readonly Statement[]): Iterable<readonly Statement[]> {
  yield* sublists(body);
  for (let i = 0; i < body.length; i++) {
    for (const inner of unwrapped(body[i] as Statement)) yield [...body.slice(0, i), ...inner, ...body.slice(i + 1)];
  }
  yield* replaced(body, smallerBlocks);
}

function* unwrapped(s: Statement): Iterable<readonly Statement[]> {
  if (s.kind === 'if') {
    yield s.then;
    yield s.else;
  }
  if (s.kind === 'repeat') yield s.body;
}

function* smallerBlocks(s: Statement): Iterable<Statement> {
  if (s.kind === 'if') {
    for (const then of smallerBodies(s.then)) yield { ...s, then };
    for (const other of smallerBodies(s.else)) yield { ...s, else: other };
  }
  if (s.kind === 'repeat') for (const body of smallerBodies(s.body)) yield { ...s, body };
}

function typingContext(program: Program, locals: ProgramFunction['locals']): TypingContext {
  return {
    width: program.memory === undefined ? 'i32' : program.width,
    locals,
    globals: program.globals.map(({ type }) => type),
    // Raw code calls functions of type `entry` only; others have a type of their own.
    functionType: (name) => {
      const type = program.functions.find((f) => f.name === name)?.type;
      return type === 'entry' ? { params: [], results: [] } : type === 'callback' ? undefined : type;
    },
  };
}

/** With simpler expressions, shorter code, and results that are not kept. */
function* simplerBodies(body: readonly Statement[], context: TypingContext): Iterable<readonly Statement[]> {
  yield* replaced(body, (s) => simplerStatements(s, context));
}

function* simplerStatements(s: Statement, context: TypingContext): Iterable<Statement> {
  switch (s.kind) {
    case 'system call': {
      if (s.log === true) yield { ...s, log: false };
      if (s.into !== undefined) yield omit(s, 'into');
      for (const args of replaced(s.args, simplerExpressions)) yield { ...s, args };
      return;
    }
    case 'if':
      for (const then of simplerBodies(s.then, context)) yield { ...s, then };
      for (const other of simplerBodies(s.else, context)) yield { ...s, else: other };
      for (const condition of simplerExpressions(s.condition)) yield { ...s, condition };
      return;
    case 'repeat':
      for (const body of simplerBodies(s.body, context)) yield { ...s, body };
      for (const times of simplerExpressions(s.times)) yield { ...s, times };
      return;
    case 'code':
      for (const shorter of reduceCode(s.code, s.results, context)) yield { ...s, ...shorter };
      return;
    default:
      yield* simplerFields(s);
  }
}

/** Simplifies the expressions among a statement's fields. */
function* simplerFields(s: Statement): Iterable<Statement> {
  for (const [field, value] of Object.entries(s)) {
    if (isExpression(value)) for (const simpler of simplerExpressions(value)) yield { ...s, [field]: simpler };
  }
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function* simplerExpressions(e: Expression): Iterable<Expression> {
  if (e.kind === 'constant') {
    for (const value of smallerNumbers(e.value)) yield { kind: 'constant', value };
    return;
  }
  yield { kind: 'constant', value: 0n };
  if (e.kind === 'load') for (const address of simplerExpressions(e.address)) yield { ...e, address };
  if (e.kind === 'operation') {
    yield e.left;
    yield e.right;
    for (const left of simplerExpressions(e.left)) yield { ...e, left };
    for (const right of simplerExpressions(e.right)) yield { ...e, right };
  }
}

/** Numbers on which much depends; a constant is moved to the next lower one. */
const BOUNDARIES = [1n, 29n, 32n, 65_536n, 1n << 31n, 1n << 32n, 1n << 63n, 1n << 64n];

function* smallerNumbers(n: bigint): Iterable<bigint> {
  if (n === 0n) return;
  yield 0n;
  if (n < 0n) return;
  const below = BOUNDARIES.findLast((boundary) => boundary < n);
  if (below !== undefined) yield below;
  if (n > 3n) yield n >> 1n;
  if (n > 1n && n < 64n) yield n - 1n;
}

function* smallerLocals(f: ProgramFunction): Iterable<ProgramFunction> {
  const used = usedLocals(f.body);
  if (f.locals.length > used) yield { ...f, locals: f.locals.slice(0, used) };
}

/** How many locals the raw code needs: one more than the highest that it names. */
function usedLocals(body: readonly Statement[]): number {
  let used = 0;
  for (const s of body) {
    if (s.kind === 'if') used = Math.max(used, usedLocals(s.then), usedLocals(s.else));
    if (s.kind === 'repeat') used = Math.max(used, usedLocals(s.body));
    if (s.kind !== 'code') continue;
    for (const [mnemonic, index] of s.code) {
      if (mnemonic.startsWith('local.') && typeof index === 'number') used = Math.max(used, index + 1);
    }
  }
  return used;
}

function* smallerTable(program: Program): Iterable<Program> {
  const { table } = program;
  if (table === undefined) return;
  yield prune(omit(program, 'table'));
  if (table.max !== undefined) yield { ...program, table: omit(table, 'max') };
  for (let i = table.entries.length - 1; i >= 0; i--) {
    if (table.entries[i] === null) continue;
    const entries = table.entries.map((entry, j) => (i === j ? null : entry));
    while (entries.at(-1) === null) entries.pop();
    yield prune({ ...program, table: { ...table, entries } });
  }
  if (table.size > table.entries.length) yield { ...program, table: { ...table, size: table.entries.length } };
}

function* smallerSections(program: Program): Iterable<Program> {
  const uses = usesOf(program);
  for (let i = program.elements.length - 1; i >= 0; i--) {
    if (!uses.elements.has(i)) yield prune(withoutElements(program, i));
  }
  for (let i = program.data.length - 1; i >= 0; i--) if (!uses.data.has(i)) yield withoutData(program, i);
  for (let i = program.globals.length - 1; i >= 0; i--) if (!uses.globals.has(i)) yield withoutGlobal(program, i);
  for (const customSections of sublists(program.customSections)) yield { ...program, customSections };
  for (const globals of replaced(program.globals, function* (global) {
    for (const init of smallerNumbers(global.init)) yield { ...global, init };
  })) {
    yield { ...program, globals };
  }
}

function* smallerMemory(program: Program): Iterable<Program> {
  if (program.log !== undefined) yield omit(program, 'log');
  const { memory } = program;
  if (memory === undefined) return;
  // Code was typed for the width of its addresses: a wasm64 program with code keeps its memory.
  if (program.width === 'i32' || !hasCode(program)) yield omit(program, 'memory');
  if (memory.max !== undefined) yield { ...program, memory: { min: memory.min } };
  if (memory.min > 1n) yield { ...program, memory: { ...memory, min: 1n } };
}

function hasCode(program: Program): boolean {
  const found = (list: readonly Statement[]): boolean =>
    list.some((s) => {
      if (s.kind === 'if') return found(s.then) || found(s.else);
      return s.kind === 'repeat' ? found(s.body) : s.kind === 'code';
    });
  return program.functions.some((f) => (f.type !== 'callback' && f.type !== 'entry' ? true : found(f.body)));
}

/** A copy without a field that may be absent. */
function omit<T extends object, K extends keyof T>(value: T, field: K): T {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== field)) as T;
}

/** The program without functions that nothing refers to. */
function prune(program: Program): Program {
  for (let current = program; ;) {
    const { functions } = usesOf(current);
    const kept = current.functions.filter(({ name }) => functions.has(name));
    if (kept.length === current.functions.length) return current;
    current = { ...current, functions: kept };
  }
}
