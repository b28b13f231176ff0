// plumbing: builds the instrumented module from the decoded one
import type { SystemApiFunction } from '../../spec/system-api.js';
import { Reader, Writer } from './bytes.js';
import { BodyRewriter } from './body.js';
import type { BodyContext, CodeFacts } from './emitter.js';
import { EXTERNREF, F32, F64, FUNCREF, I32, I64, V128, type DecodedModule } from './decode.js';
import type { Constant } from './constants.js';
import { Helpers } from './helpers.js';
import { importType, type Indices, type Layout } from './layout.js';

export interface InstrumentedModule {
  readonly bytes: Uint8Array;
  readonly facts: CodeFacts;
  /** Globals whose value is state, by index, with the names of the exports that read their bits. */
  readonly helpers: Helpers;
}

/** What rewriting needs to know beside the module itself. */
export interface RewriteOptions extends Omit<BodyContext, 'indices'> {
  /** By import: its row of the import table. */
  readonly imported: readonly SystemApiFunction[];
  /** Charge of a system call. */
  readonly systemCallCharge: (name: string) => { readonly base: bigint; readonly perByte: bigint };
  readonly memoryLimits: { readonly initial: bigint; readonly maximum: bigint; readonly allowed: bigint } | undefined;
  /** Most entries of a table. */
  readonly tableEntries: number;
  readonly stackSlots: number;
  /** Functions that the system invokes. */
  readonly entryPoints: ReadonlySet<number>;
}

function constant(out: Writer, type: number, value: Constant, functionOf: Indices['functionOf']): void {
  switch (value.kind) {
    case 'function':
      out.byte(0xd2);
      out.u32(functionOf(value.index));
      return;
    case 'null':
      out.put(0xd0, type);
      return;
    case 'bits':
      numeric(out, type, value.low, value.high);
  }
}

function littleEndian(out: Writer, bits: bigint, bytes: number): void {
  for (let i = 0; i < bytes; i++) out.byte(Number((bits >> BigInt(8 * i)) & 0xffn));
}

function numeric(out: Writer, type: number, low: bigint, high: bigint): void {
  switch (type) {
    case I32:
      out.byte(0x41);
      out.signed(BigInt.asIntN(32, low));
      return;
    case I64:
      out.byte(0x42);
      out.signed(BigInt.asIntN(64, low));
      return;
    case F32:
      out.byte(0x43);
      littleEndian(out, low, 4);
      return;
    case F64:
      out.byte(0x44);
      littleEndian(out, low, 8);
      return;
    case V128:
      out.put(0xfd, 0x0c);
      littleEndian(out, low, 8);
      littleEndian(out, high, 8);
      return;
    default:
      throw new Error(`no constant of type ${type}`);
  }
}

const NO_OFFSET: Constant = { kind: 'bits', low: 0n, high: 0n };

function section(out: Writer, id: number, count: number, fill: (content: Writer) => void): void {
  if (count === 0) return;
  const content = new Writer();
  content.u32(count);
  fill(content);
  out.byte(id);
  out.sized(content);
}

function typeSection(out: Writer, layout: Layout): void {
  section(out, 1, layout.types.length, (content) => {
    for (const { params, results } of layout.types) {
      content.byte(0x60);
      content.u32(params.length);
      content.put(...params);
      content.u32(results.length);
      content.put(...results);
    }
  });
}

function importSection(
  out: Writer,
  module: DecodedModule,
  layout: Layout,
  memory: RewriteOptions['memoryLimits'],
): void {
  const types = module.imports.map(({ type }) => {
    const { params, results } = layout.types[type] ?? { params: [], results: [] };
    const imported = importType({ params: [...params, I32], results });
    return layout.type(imported.params, imported.results);
  });
  const touch = layout.type([I32], []);
  section(out, 2, module.imports.length + layout.extraImports + (memory === undefined ? 0 : 1), (content) => {
    module.imports.forEach(({ name }, index) => {
      content.name('ic0');
      content.name(name);
      content.byte(0);
      content.u32(types[index] as number);
    });
    if (layout.extraImports > 0) {
      content.name('executor');
      content.name('touch');
      content.byte(0);
      content.u32(touch);
    }
    if (memory === undefined) return;
    content.name('executor');
    content.name('memory');
    content.put(2, module.memory?.address === 'i64' ? 5 : 1);
    content.u64(memory.initial);
    content.u64(memory.maximum);
  });
}

function tableSection(out: Writer, module: DecodedModule, entries: number, references: number): void {
  section(out, 4, module.tables.length + (references > 0 ? 1 : 0), (content) => {
    for (const { element, min, max } of module.tables) {
      const most = BigInt(entries);
      content.put(element, 1);
      content.u64(min);
      content.u64(max === undefined || max > most ? most : max);
    }
    if (references > 0) {
      content.put(FUNCREF, 0);
      content.u32(references);
    }
  });
}

function globalSection(out: Writer, module: DecodedModule, layout: Layout, functionOf: Indices['functionOf']): void {
  section(out, 6, module.globals.length + layout.ownGlobals.length, (content) => {
    for (const { type, mutable, init } of module.globals) {
      content.put(type, mutable ? 1 : 0);
      constant(content, type, init, functionOf);
      content.byte(0x0b);
    }
    for (const { type, copyOf } of layout.ownGlobals) {
      content.put(type, 1);
      const original = copyOf === undefined ? undefined : module.globals[copyOf];
      constant(content, type, original?.init ?? NO_OFFSET, functionOf);
      content.byte(0x0b);
    }
  });
}

/** Active segments keep their place; in a narrowed 64-bit table an offset that does not fit is beyond every table. */
function tableOffset(value: Constant | undefined): Constant {
  if (value?.kind !== 'bits' || value.low <= 0xffffffffn) return value ?? NO_OFFSET;
  return { kind: 'bits', low: 0xffffffffn, high: 0n };
}

function elementSection(out: Writer, module: DecodedModule, helpers: Helpers, usesReferences: boolean): void {
  const { functionOf } = helpers.indices;
  const { references, needsEmptyElement } = helpers;
  const declared = usesReferences ? [...module.declared] : [];
  const ours = [needsEmptyElement, declared.length > 0, references.length > 0].filter(Boolean).length;
  const functions = (content: Writer, indices: readonly number[]) => {
    content.u32(indices.length);
    for (const index of indices) content.u32(functionOf(index));
  };
  section(out, 9, module.elements.length + ours, (content) => {
    for (const { mode, table, offset, element, items } of module.elements) {
      if (mode === 'active') {
        content.byte(6);
        content.u32(table);
        constant(content, I32, tableOffset(offset), functionOf);
        content.byte(0x0b);
      } else content.byte(mode === 'passive' ? 5 : 7);
      content.byte(element);
      content.u32(items.length);
      for (const item of items) {
        constant(content, element, item < 0 ? { kind: 'null' } : { kind: 'function', index: item }, functionOf);
        content.byte(0x0b);
      }
    }
    // The empty segment comes first: its index is the number of the canister's segments.
    if (needsEmptyElement) content.put(5, FUNCREF, 0);
    if (declared.length > 0) {
      content.put(3, 0);
      functions(content, declared);
    }
    if (references.length > 0) {
      content.byte(2);
      content.u32(module.tables.length);
      content.put(0x41, 0x00, 0x0b, 0x00);
      functions(content, references);
    }
  });
}

/** Active segments are applied by the executor, so that only passive ones are left, and only where code names segments. */
function dataSection(out: Writer, module: DecodedModule): void {
  if (module.dataCount === undefined) return;
  section(out, 11, module.data.length + 1, (content) => {
    for (const { mode, bytes } of module.data) {
      content.byte(1);
      content.u32(mode === 'passive' ? bytes.length : 0);
      if (mode === 'passive') content.copy(bytes);
    }
    content.put(1, 0);
  });
}

function codeSection(module: DecodedModule, options: RewriteOptions, indices: Indices, facts: CodeFacts): Writer {
  const code = new Writer(module.bytes.length * 3);
  const body = new Writer(4096);
  const head = new Writer(64);
  const size = new Writer(8);
  const reader = new Reader(module.bytes, 0, 0);
  const rewriter = new BodyRewriter({ ...options, indices }, reader, body, facts);
  module.bodies.forEach(({ start, end }, index) => {
    body.length = 0;
    head.length = 0;
    size.length = 0;
    rewriter.rewrite(module.functions[module.imports.length + index] as number, start, end, head);
    size.u32(head.length + body.length);
    code.copy(size.bytes, 0, size.length);
    code.copy(head.bytes, 0, head.length);
    code.copy(body.bytes, 0, body.length);
  });
  return code;
}

/**
 * Builds the instrumented module.
 * @throws InvalidModule where V8 would not see in the new module that the old one is invalid
 */
export function rewrite(module: DecodedModule, options: RewriteOptions): InstrumentedModule {
  const facts: CodeFacts = { setsGlobal: new Set(), mutatesTables: false, usesReferences: false, growsMemory: false };
  const helpers = new Helpers(module, options);
  const { layout, indices } = helpers;
  const code = codeSection(module, options, indices, facts);
  helpers.finish(facts);
  for (const { body } of layout.ownFunctions) {
    const bytes = body();
    code.u32(bytes.length);
    code.copy(bytes);
  }

  const out = new Writer(code.length + module.bytes.length);
  out.put(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  const imports = new Writer();
  importSection(imports, module, layout, options.memoryLimits);
  typeSection(out, layout);
  out.copy(imports.view());
  const functions = module.functions.slice(module.imports.length);
  section(out, 3, functions.length + layout.ownFunctions.length, (content) => {
    for (const type of functions) content.u32(layout.instrumentedType(type));
    for (const { type } of layout.ownFunctions) content.u32(type);
  });
  tableSection(out, module, options.tableEntries, helpers.references.length);
  globalSection(out, module, layout, indices.functionOf);
  section(out, 7, helpers.exports.length, (content) => {
    for (const { name, kind, index } of helpers.exports) {
      content.name(name);
      content.byte({ func: 0, table: 1, memory: 2, global: 3 }[kind]);
      content.u32(index);
    }
  });
  elementSection(out, module, helpers, facts.usesReferences);
  if (module.dataCount !== undefined) section(out, 12, module.data.length + 1, () => undefined);
  const count = new Writer(8);
  count.u32(functions.length + layout.ownFunctions.length);
  out.byte(10);
  out.u32(count.length + code.length);
  out.copy(count.view());
  out.copy(code.view());
  dataSection(out, module);
  return { bytes: out.view(), facts, helpers };
}

/** Whether the type is a reference. */
export function isReference(type: number): boolean {
  return type === FUNCREF || type === EXTERNREF;
}
