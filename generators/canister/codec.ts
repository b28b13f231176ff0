// plumbing: programs as JSON — bigints are decimal text, everything else as it stands; the reader refuses what it does not know
import { hex, type Hex } from '../../spec/vocabulary/brands.js';
import {
  OPERATORS,
  TRAP_MEANS,
  type Code,
  type CodeImmediate,
  type CodeInstruction,
  type Expression,
  type Oddity,
  type Program,
  type ProgramFunction,
  type Statement,
  type TrapMeans,
} from '../../spec/vocabulary/program.js';
import { INSTRUCTION_BY_MNEMONIC, type Immediate } from '../../spec/wasm/instructions.js';
import { VALUE_TYPE_CODES, type FuncType, type ValueType } from '../../spec/wasm/types.js';
import { ProgramError } from './errors.js';

/** A JSON value. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The program as a JSON value. */
export function programToJson(program: Program): Json {
  return toJson(program);
}

function toJson(value: unknown): Json {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, field]) => field !== undefined);
    return Object.fromEntries(entries.map(([key, field]) => [key, toJson(field)]));
  }
  return value as Json;
}

/**
 * The program that programToJson gave.
 * @throws ProgramError for a value of another shape, with the path to it
 */
export function programFromJson(json: unknown): Program {
  return readProgram(json, 'program');
}

type Read<T> = (value: unknown, where: string) => T;

const fail = (where: string, problem: string): never => {
  throw new ProgramError(where, problem);
};

const text: Read<string> = (value, where) => (typeof value === 'string' ? value : fail(where, 'must be text'));
const flag: Read<boolean> = (value, where) =>
  typeof value === 'boolean' ? value : fail(where, 'must be true or false');
const index: Read<number> = (value, where) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : fail(where, 'must be a whole number that is not negative');
const big: Read<bigint> = (value, where) =>
  typeof value === 'string' && /^-?[0-9]{1,40}$/.test(value)
    ? BigInt(value)
    : fail(where, 'must be a decimal number as text');
const blob: Read<Hex> = (value, where) => {
  try {
    return hex(text(value, where));
  } catch {
    return fail(where, 'must be lower-case hexadecimal text');
  }
};
const oneOf =
  <T extends string>(names: readonly T[]): Read<T> =>
  (value, where) => {
    const found = names.find((name) => name === value);
    return found ?? fail(where, `must be one of: ${names.join(', ')}`);
  };
const list =
  <T>(item: Read<T>): Read<readonly T[]> =>
  (value, where) =>
    Array.isArray(value) ? value.map((entry, i) => item(entry, `${where}[${i}]`)) : fail(where, 'must be a list');
const nullable =
  <T>(item: Read<T>): Read<T | null> =>
  (value, where) =>
    value === null ? null : item(value, where);

/** A field that may be left out. */
const optional = <T>(read: Read<T>) => ({ read, optional: true }) as const;

type Field<T> = Read<T> | { readonly read: Read<T>; readonly optional: true };
type Fields = Readonly<Record<string, Field<unknown>>>;
type Mandatory<F extends Fields> = {
  [K in keyof F as F[K] extends Read<unknown> ? K : never]: F[K] extends Field<infer T> ? T : never;
};
type Optional<F extends Fields> = {
  [K in keyof F as F[K] extends Read<unknown> ? never : K]?: F[K] extends Field<infer T> ? T : never;
};

/** An object with exactly these fields. */
const object =
  <F extends Fields>(fields: F): Read<Mandatory<F> & Optional<F>> =>
  (value, where) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(where, 'must be an object');
    const given = value as Readonly<Record<string, unknown>>;
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(given)) if (!Object.hasOwn(fields, key)) fail(`${where}.${key}`, 'is not known here');
    for (const [key, field] of Object.entries(fields)) {
      const read = typeof field === 'function' ? field : field.read;
      if (given[key] !== undefined) result[key] = read(given[key], `${where}.${key}`);
      else if (typeof field === 'function') fail(`${where}.${key}`, 'is missing');
    }
    return result as Mandatory<F> & Optional<F>;
  };

/** One of several shapes, told apart by `kind`. */
const union =
  <T extends { readonly kind: string }>(shapes: { readonly [K in T['kind']]: Read<unknown> }): Read<T> =>
  (value, where) => {
    const kind = (value as { kind?: unknown } | null | undefined)?.kind;
    if (typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) {
      return fail(`${where}.kind`, `must be one of: ${Object.keys(shapes).join(', ')}`);
    }
    return shapes[kind as T['kind']](value, where) as T;
  };

const kind = text;
const width = oneOf(['i32', 'i64'] as const);
const valueType = oneOf(Object.keys(VALUE_TYPE_CODES) as ValueType[]);
const funcType: Read<FuncType> = object({ params: list(valueType), results: list(valueType) });
const bytes: Read<1 | 2 | 4 | 8> = (value, where) =>
  value === 1 || value === 2 || value === 4 || value === 8 ? value : fail(where, 'must be 1, 2, 4 or 8');
const functionName = text;
const reference = nullable(functionName);

const expression: Read<Expression> = (value, where) => readExpression(value, where);
const readExpression = union<Expression>({
  constant: object({ kind, value: big }),
  variable: object({ kind, index }),
  env: object({ kind }),
  'memory bytes': object({ kind }),
  global: object({ kind, index }),
  load: object({ kind, address: expression, bytes }),
  operation: object({ kind, operator: oneOf(OPERATORS), left: expression, right: expression }),
  'index of': object({ kind, function: functionName }),
});

const statements: Read<readonly Statement[]> = (value, where) => list(readStatement)(value, where);
const tableCopy = object({ kind, to: expression, from: expression, size: expression });
const fromSegment = object({ kind, segment: index, to: expression, from: expression, size: expression });
const readStatement: Read<Statement> = union<Statement>({
  'system call': object({ kind, name: text, args: list(expression), into: optional(index), log: optional(flag) }),
  set: object({ kind, variable: index, value: expression }),
  log: object({ kind, value: expression }),
  'log memory': object({ kind, address: expression, size: expression }),
  store: object({ kind, address: expression, value: expression, bytes }),
  'set global': object({ kind, index, value: expression }),
  'memory.grow': object({ kind, pages: expression, into: optional(index), log: optional(flag) }),
  'memory.fill': object({ kind, address: expression, byte: expression, size: expression }),
  'memory.copy': tableCopy,
  'memory.init': fromSegment,
  'data.drop': object({ kind, segment: index }),
  'elem.drop': object({ kind, segment: index }),
  'table.set': object({ kind, index: expression, function: reference }),
  'table.grow': object({ kind, by: expression, function: reference, log: optional(flag) }),
  'table.init': fromSegment,
  'table.copy': tableCopy,
  'table.fill': object({ kind, to: expression, function: reference, size: expression }),
  if: object({ kind, condition: expression, then: statements, else: statements }),
  repeat: object({ kind, times: expression, body: statements }),
  call: object({ kind, function: functionName }),
  'call indirect': object({ kind, index: expression }),
  return: object({ kind }),
  trap: object({ kind, means: oneOf(Object.keys(TRAP_MEANS) as TrapMeans[]) }),
  code: object({ kind, code: (value, where) => readCode(value, where), results: list(valueType) }),
});

const readCode: Read<Code> = (value, where) => list(readInstruction)(value, where);

/** A mnemonic with immediates as the instruction table has them. */
const readInstruction: Read<CodeInstruction> = (value, where) => {
  const [mnemonic, ...given] = Array.isArray(value) ? (value as unknown[]) : fail(where, 'must be a list');
  const row = INSTRUCTION_BY_MNEMONIC.get(text(mnemonic, `${where}[0]`));
  if (row === undefined) return fail(`${where}[0]`, `there is no instruction ${String(mnemonic)}`);
  const readers = row.immediates.flatMap(immediateReaders);
  if (given.length !== readers.length)
    fail(where, `${row.mnemonic} takes ${readers.length} immediates, not ${given.length}`);
  return [row.mnemonic, ...readers.map((read, i) => read(given[i], `${where}[${i + 1}]`))];
};

function immediateReaders(immediate: Immediate): readonly Read<CodeImmediate>[] {
  switch (immediate) {
    case 'block type':
    case 'type':
      return [funcType];
    case 'labels':
    case 'lanes':
      return [list(index)];
    case 'function':
      return [text];
    case 'memarg':
      return [index, big];
    case 'i32':
    case 'i64':
    case 'f32':
    case 'f64':
    case 'v128':
      return [big];
    case 'value types':
      return [list(valueType)];
    case 'label':
    case 'table':
    case 'local':
    case 'global':
    case 'memory':
    case 'element':
    case 'data':
    case 'lane':
    case 'heap type':
      return [index];
  }
}

const functionType: Read<ProgramFunction['type']> = (value, where) =>
  value === 'entry' || value === 'callback' ? value : funcType(value, where);

const imported = object({ kind, module: text, name: text });
const exported = object({ kind, name: text });
const counted = object({ kind, count: index });
const oddity = union<Oddity>({
  'import function': object({ kind, module: text, name: text, type: funcType }),
  'import memory': imported,
  'import table': imported,
  'import global': imported,
  'second memory': object({ kind }),
  'export memory': exported,
  'export table': exported,
  'export global': exported,
  'more functions': counted,
  'more globals': counted,
  'more methods': counted,
  'section of zeroes': object({ kind, name: text, length: index }),
  'trailing bytes': object({ kind, bytes: blob }),
  truncated: object({ kind, by: index }),
});

const readProgram: Read<Program> = object({
  format: oneOf(['program@1'] as const),
  width,
  memory: optional(object({ min: big, max: optional(big) })),
  globals: list(object({ type: valueType, init: big })),
  table: optional(object({ size: index, max: optional(index), entries: list(reference) })),
  functions: list(object({ name: text, type: functionType, locals: list(valueType), body: statements })),
  start: optional(text),
  exports: list(object({ name: text, function: text })),
  data: list(object({ at: optional(big), bytes: blob })),
  elements: list(list(reference)),
  customSections: list(object({ name: text, content: blob })),
  log: optional(object({ at: index, bytes: index })),
  oddities: list(oddity),
});
