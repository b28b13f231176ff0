// plumbing: builds the instrumented module from the decoded one
import { Reader, Writer } from './bytes.js';
import { BodyRewriter } from './body.js';
import type { BodyContext, CodeFacts } from './emitter.js';
import { EXTERNREF, F32, F64, FUNCREF, I32, I64, V128, type DecodedModule } from './decode.js';
import type { Constant } from './constants.js';
import { Helpers } from './helpers.js';
import { testType } from './host-limits.js';
import type { Indices, Layout } from './layout.js';

interface InstrumentedModule {
  /** Good until the next module is rewritten. */
  readonly bytes: Uint8Array;
  readonly facts: CodeFacts;
  /** Globals whose value is state, by index, with the names of the exports that read their bits. */
  readonly helpers: Helpers;
}

/** What rewriting needs to know beside the module itself. */
export interface RewriteOptions extends Omit<BodyContext, 'indices'> {
  readonly memoryLimits: { readonly initial: bigint; readonly maximum: bigint; readonly allowed: bigint } | undefined;
  /** Most entries of a table. */
  readonly tableEntries: number;
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

function types(out: Writer, list: readonly number[]): void {
  out.u32(list.length);
  if (list.length > 0) out.put(...list);
}

function typeSection(out: Writer, layout: Layout): void {
  out.section(1, layout.types.length, () => {
    for (const type of layout.types) {
      testType(type);
      out.byte(0x60);
      types(out, type.params);
      types(out, type.results);
    }
  });
}

function importSection(
  out: Writer,
  module: DecodedModule,
  importTypes: readonly number[],
  touch: number | undefined,
  memory: RewriteOptions['memoryLimits'],
): void {
  const ours = (touch === undefined ? 0 : 1) + (memory === undefined ? 0 : 1);
  out.section(2, module.imports.length + ours, () => {
    module.imports.forEach(({ names }, index) => {
      out.copy(module.bytes, names.start, names.end);
      out.op(0, importTypes[index] as number);
    });
    if (touch !== undefined) {
      out.name('executor');
      out.name('touch');
      out.op(0, touch);
    }
    if (memory === undefined) return;
    out.name('executor');
    out.name('memory');
    out.put(2, module.memory?.address === 'i64' ? 5 : 1);
    out.u64(memory.initial);
    out.u64(memory.maximum);
  });
}

function tableSection(out: Writer, module: DecodedModule, entries: number, references: number): void {
  out.section(4, module.tables.length + (references > 0 ? 1 : 0), () => {
    for (const { element, min, max } of module.tables) {
      const most = BigInt(entries);
      out.put(element, 1);
      out.u64(min);
      out.u64(max === undefined || max > most ? most : max);
    }
    if (references > 0) {
      out.put(FUNCREF, 0);
      out.u32(references);
    }
  });
}

function globalSection(out: Writer, module: DecodedModule, layout: Layout, functionOf: Indices['functionOf']): void {
  out.section(6, module.globals.length + layout.ownGlobals.length, () => {
    for (const { type, mutable, init } of module.globals) {
      out.put(type, mutable ? 1 : 0);
      constant(out, type, init, functionOf);
      out.byte(0x0b);
    }
    for (const { type, copyOf } of layout.ownGlobals) {
      out.put(type, 1);
      const original = copyOf === undefined ? undefined : module.globals[copyOf];
      constant(out, type, original?.init ?? NO_OFFSET, functionOf);
      out.byte(0x0b);
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
  const { references, emptyElements } = helpers;
  const declared = usesReferences ? [...module.declared] : [];
  const ours = emptyElements.length + [declared.length > 0, references.length > 0].filter(Boolean).length;
  const functions = (indices: readonly number[]) => {
    out.u32(indices.length);
    for (const index of indices) out.u32(functionOf(index));
  };
  out.section(9, module.elements.length + ours, () => {
    for (const { mode, table, offset, element, items } of module.elements) {
      if (mode === 'active') {
        out.byte(6);
        out.u32(table);
        constant(out, I32, tableOffset(offset), functionOf);
        out.byte(0x0b);
      } else out.byte(mode === 'passive' ? 5 : 7);
      out.byte(element);
      out.u32(items.length);
      for (const item of items) {
        constant(out, element, item < 0 ? { kind: 'null' } : { kind: 'function', index: item }, functionOf);
        out.byte(0x0b);
      }
    }
    // The empty segments come first: helpers know their indices.
    for (const type of emptyElements) out.put(5, type, 0);
    if (declared.length > 0) {
      out.put(3, 0);
      functions(declared);
    }
    if (references.length > 0) {
      out.byte(2);
      out.u32(module.tables.length);
      out.put(0x41, 0x00, 0x0b, 0x00);
      functions(references);
    }
  });
}

/** Active segments are applied by the executor, so that only passive ones are left, and only where code names segments. */
function dataSection(out: Writer, module: DecodedModule): void {
  if (module.dataCount === undefined) return;
  out.section(11, module.data.length + 1, () => {
    for (const { mode, bytes } of module.data) {
      out.byte(1);
      out.u32(mode === 'passive' ? bytes.length : 0);
      if (mode === 'passive') out.copy(bytes);
    }
    out.put(1, 0);
  });
}

/** Room to write in, used again for each module: the whole, its code, one body, and the locals of one. */
const scratch = { out: new Writer(8192), code: new Writer(8192), body: new Writer(4096), head: new Writer(64) };

/** The bodies of the canister's functions, each with its size. */
function bodies(out: Writer, module: DecodedModule, options: RewriteOptions, indices: Indices, facts: CodeFacts): void {
  const { body, head } = scratch;
  const reader = new Reader(module.bytes, 0, 0);
  const rewriter = new BodyRewriter({ ...options, indices }, reader, body, facts);
  module.bodies.forEach(({ start, end }, index) => {
    body.length = 0;
    head.length = 0;
    rewriter.rewrite(module.functions[module.imports.length + index] as number, start, end, head);
    out.u32(head.length + body.length);
    out.copy(head.bytes, 0, head.length);
    out.copy(body.bytes, 0, body.length);
  });
}

const EXPORT_KINDS = { func: 0, table: 1, memory: 2, global: 3 } as const;

/**
 * Builds the instrumented module.
 * @throws InvalidModule where V8 would not see in the new module that the old one is invalid
 * @throws HostLimit where V8 would take the old module, and not the new one, because it is larger
 */
export function rewrite(module: DecodedModule, options: RewriteOptions): InstrumentedModule {
  const facts: CodeFacts = { setsGlobal: new Set(), mutatesTables: false, usesReferences: false, growsMemory: false };
  const helpers = new Helpers(module, options);
  const { layout, indices } = helpers;
  const { code, out } = scratch;
  code.length = out.length = 0;
  bodies(code, module, options, indices, facts);
  helpers.finish(facts);
  for (const { body } of layout.ownFunctions) {
    const at = code.reserve5();
    body(code);
    code.patch5(at, code.length - at - 5);
  }

  // All types must be known before the first section is written.
  const importTypes = module.imports.map(({ type }) => layout.importType(type));
  const functionTypes = module.functions.slice(module.imports.length).map((type) => layout.instrumentedType(type));
  const touch = layout.extraImports > 0 ? layout.type([I32], []) : undefined;
  out.put(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  typeSection(out, layout);
  importSection(out, module, importTypes, touch, options.memoryLimits);
  const functions = functionTypes.length + layout.ownFunctions.length;
  out.section(3, functions, () => {
    for (const type of functionTypes) out.u32(type);
    for (const { type } of layout.ownFunctions) out.u32(type);
  });
  tableSection(out, module, options.tableEntries, helpers.references.length);
  globalSection(out, module, layout, indices.functionOf);
  out.section(7, helpers.exports.length, () => {
    for (const { name, kind, index } of helpers.exports) {
      out.name(name);
      out.op(EXPORT_KINDS[kind], index);
    }
  });
  elementSection(out, module, helpers, facts.usesReferences);
  if (module.dataCount !== undefined) out.section(12, module.data.length + 1, () => undefined);
  out.section(10, functions, () => {
    out.copy(code.bytes, 0, code.length);
  });
  dataSection(out, module);
  return { bytes: out.view(), facts, helpers };
}

/** Whether the type is a reference. */
export function isReference(type: number): boolean {
  return type === FUNCREF || type === EXTERNREF;
}
