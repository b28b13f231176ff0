// plumbing: what the parts of a program refer to, and renumbering where a part is dropped
import type { Code, CodeInstruction, Expression, Program, Statement } from '../../spec/vocabulary/program.js';
import { INSTRUCTION_BY_MNEMONIC, type Immediate } from '../../spec/wasm/instructions.js';

interface Uses {
  /** Names of functions. */
  readonly functions: ReadonlySet<string>;
  readonly globals: ReadonlySet<number>;
  readonly data: ReadonlySet<number>;
  readonly elements: ReadonlySet<number>;
}

/** What exports, table, segments and code refer to. (`index of` is no reference: it has a value without the function too.) */
export function usesOf(program: Program): Uses {
  const functions = new Set<string>(program.exports.map((e) => e.function));
  const globals = new Set<number>();
  const data = new Set<number>();
  const elements = new Set<number>();
  if (program.start !== undefined) functions.add(program.start);
  for (const entry of [...(program.table?.entries ?? []), ...program.elements.flat()]) {
    if (entry !== null) functions.add(entry);
  }
  const expression = (e: Expression): void => {
    if (e.kind === 'global') globals.add(e.index);
    if (e.kind === 'load') expression(e.address);
    if (e.kind === 'operation') {
      expression(e.left);
      expression(e.right);
    }
  };
  const code = (list: Code) => {
    for (const instruction of list) {
      eachIndex(instruction, (kind, value) => {
        if (kind === 'function') functions.add(String(value));
        else if (kind === 'global') globals.add(Number(value));
        else if (kind === 'data') data.add(Number(value));
        else elements.add(Number(value));
      });
    }
  };
  const statement = (s: Statement): void => {
    for (const value of Object.values(s)) if (isNode(value)) expression(value as Expression);
    switch (s.kind) {
      case 'system call':
        s.args.forEach(expression);
        break;
      case 'if':
        s.then.forEach(statement);
        s.else.forEach(statement);
        break;
      case 'repeat':
        s.body.forEach(statement);
        break;
      case 'code':
        code(s.code);
        break;
      case 'set global':
        globals.add(s.index);
        break;
      case 'memory.init':
      case 'data.drop':
        data.add(s.segment);
        break;
      case 'table.init':
      case 'elem.drop':
        elements.add(s.segment);
        break;
      case 'call':
        functions.add(s.function);
        break;
      case 'table.set':
      case 'table.grow':
      case 'table.fill':
        if (s.function !== null) functions.add(s.function);
        break;
      default:
        break;
    }
  };
  for (const f of program.functions) f.body.forEach(statement);
  return { functions, globals, data, elements };
}

function isNode(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

type IndexKind = 'function' | 'global' | 'data' | 'element';
const INDEX_KINDS: ReadonlySet<Immediate> = new Set<Immediate>(['function', 'global', 'data', 'element']);

/** Visits the immediates of raw code that refer to parts of the module. */
function eachIndex([mnemonic, ...immediates]: CodeInstruction, visit: (kind: IndexKind, value: unknown) => void): void {
  const row = INSTRUCTION_BY_MNEMONIC.get(mnemonic);
  row?.immediates.forEach((immediate, i) => {
    if (INDEX_KINDS.has(immediate)) visit(immediate as IndexKind, immediates[i]);
  });
}

type Part = 'global' | 'data' | 'element';

/** The program without a global that nothing refers to. */
export function withoutGlobal(program: Program, index: number): Program {
  return renumbered({ ...program, globals: dropped(program.globals, index) }, 'global', index);
}

/** The program without a data segment that nothing refers to. */
export function withoutData(program: Program, index: number): Program {
  return renumbered({ ...program, data: dropped(program.data, index) }, 'data', index);
}

/** The program without an element segment that nothing refers to. */
export function withoutElements(program: Program, index: number): Program {
  return renumbered({ ...program, elements: dropped(program.elements, index) }, 'element', index);
}

function dropped<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, i) => i !== index);
}

/** Lowers every index behind the dropped one. */
function renumbered(program: Program, part: Part, gone: number): Program {
  const shift = (index: number) => (index > gone ? index - 1 : index);
  const expression = (e: Expression): Expression => {
    if (e.kind === 'global' && part === 'global') return { ...e, index: shift(e.index) };
    if (e.kind === 'load') return { ...e, address: expression(e.address) };
    if (e.kind === 'operation') return { ...e, left: expression(e.left), right: expression(e.right) };
    return e;
  };
  const instruction = (i: CodeInstruction): CodeInstruction => {
    const row = INSTRUCTION_BY_MNEMONIC.get(i[0]);
    const [mnemonic, ...immediates] = i;
    return [
      mnemonic,
      ...immediates.map((value, k) =>
        row?.immediates[k] === part && typeof value === 'number' ? shift(value) : value,
      ),
    ];
  };
  const statement = (s: Statement): Statement => {
    const fields = Object.entries(s).map(([key, value]) => [
      key,
      isNode(value) ? expression(value as Expression) : value,
    ]);
    const copy = Object.fromEntries(fields) as Statement;
    switch (copy.kind) {
      case 'system call':
        return { ...copy, args: copy.args.map(expression) };
      case 'if':
        return { ...copy, then: copy.then.map(statement), else: copy.else.map(statement) };
      case 'repeat':
        return { ...copy, body: copy.body.map(statement) };
      case 'code':
        return { ...copy, code: copy.code.map(instruction) };
      case 'set global':
        return part === 'global' ? { ...copy, index: shift(copy.index) } : copy;
      case 'memory.init':
      case 'data.drop':
        return part === 'data' ? { ...copy, segment: shift(copy.segment) } : copy;
      case 'table.init':
      case 'elem.drop':
        return part === 'element' ? { ...copy, segment: shift(copy.segment) } : copy;
      default:
        return copy;
    }
  };
  return { ...program, functions: program.functions.map((f) => ({ ...f, body: f.body.map(statement) })) };
}
