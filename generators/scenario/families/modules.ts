// table: stories about the format of modules and what they must have — canister-interface.md#system-api-module
import { hex } from '../../../spec/vocabulary/brands.js';
import type { Oddity } from '../../../spec/vocabulary/program.js';
import type { ModuleSource } from '../../../spec/vocabulary/scenario.js';
import type { FuncType } from '../../../spec/wasm/types.js';
import type { ProgramBuilder } from '../../canister/builder.js';
import { GZIP_FLAGS, gzipped, RESERVED_GZIP_FLAGS } from '../../canister/gzip.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Stage, StagedCanister } from '../stage.js';
import { install } from '../steps.js';
import { mostPages } from './cycle-statements.js';
import { ODD_BODIES, ODD_SECTIONS } from './malformed-modules.js';
import { OF_MANY_FORMS, RAW_MODULES } from './raw-modules.js';
import { given, respond, type Stories, type Story, type Teller, TRAP } from './story.js';

/** The canister that modules are offered to: the scenario's first, with something to lose. */
function host({ stage, draw, swarm, width }: Teller): StagedCanister {
  return stage.first() ?? stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
}

/** @param methods that are asked for beside `hello` once the module is there, or refused */
function offer(stage: Stage, canister: StagedCanister, module: number, methods: readonly string[] = []): void {
  stage.ingress(canister.id, STANDARD_METHODS.replies);
  const mode = stage.draw.pick(['upgrade', 'reinstall'] as const);
  stage.step(install(canister, mode, { module }));
  stage.query(canister.id, 'hello');
  for (const method of methods) {
    stage.ingress(canister.id, method);
    stage.query(canister.id, method);
  }
  stage.ingress(canister.id, STANDARD_METHODS.replies);
}

interface OddModule {
  /** Absent: one page. */
  readonly memory?: ProgramBuilder['memory'] | 'none' | ((teller: Teller) => ProgramBuilder['memory']);
  readonly methods?: readonly string[];
}

/** A module with a method, and whatever else it is about. */
function odd(
  name: string,
  change: (program: ProgramBuilder, teller: Teller) => void,
  { memory = { min: 1n }, methods }: OddModule = {},
): [string, Story] {
  return [
    name,
    (teller) => {
      const canister = host(teller);
      const { module, index } = teller.stage.module({
        width: teller.width,
        memory: memory === 'none' ? undefined : typeof memory === 'function' ? memory(teller) : memory,
      });
      module.program.exported('canister_query hello', [respond()]);
      change(module.program, teller);
      offer(teller.stage, canister, index, methods);
    },
  ];
}

function oddity(name: string, ...oddities: readonly Oddity[]): [string, Story] {
  return odd(name, (program) => program.oddities.push(...oddities));
}

/** Bytes that are no module, or a module in an unusual wrapping; in so many forms. */
function bytes(name: string, make: (teller: Teller) => Uint8Array, forms = 1): [string, Story] {
  return [
    name,
    (teller) => {
      for (let i = 0; i < forms; i++) {
        const source: ModuleSource = { kind: 'wasm', bytes: make(teller), description: name };
        offer(teller.stage, host(teller), teller.stage.opaque(source));
      }
    },
  ];
}

/** So many forms are tried in one case: they cost an installation each. */
const MOST_FORMS = 100;

/** Modules that are often refused, offered one after the other; whatever is accepted answers. */
function oneByOne(name: string, forms: readonly ((wide: boolean) => Uint8Array)[]): [string, Story] {
  return [
    name,
    (teller) => {
      const { stage, draw, width } = teller;
      const canister = host(teller);
      for (const make of draw.shuffle(forms).slice(0, MOST_FORMS)) {
        given(stage, canister, make(width === 'i64'), name);
        stage.query(canister.id, 'hello');
      }
    },
  ];
}

const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
const type = (params: FuncType['params'], results: FuncType['results'] = []): FuncType => ({ params, results });
const ENTRY = type([]);

/** One export of types that entry points must not have, each in a module of its own. */
function typed(exportName: string, ...types: readonly FuncType[]): [string, Story] {
  return [
    `${exportName} of another type`,
    (teller) => {
      const { stage, draw, width } = teller;
      const canister = host(teller);
      for (const wrong of draw.shuffle(types)) {
        const { module, index } = stage.module({ width, memory: { min: 1n } });
        const { program } = module;
        program.exported('canister_query hello', [respond()]);
        program.alsoExport(exportName, program.typed('wrong', wrong));
        stage.step(install(canister, 'reinstall', { module: index }));
        stage.query(canister.id, 'hello');
      }
    },
  ];
}

const exportsTwice = (first: string, second: string): [string, Story] =>
  odd(`${first} and ${second} of one name`, (program, { draw }) => {
    const name = program.exported(`${first} twin`, [respond()]);
    if (draw.chance(50)) program.alsoExport(`${second} twin`, name);
    else program.exported(`${second} twin`, [respond()]);
  });

/** An entry point that is an imported function. */
const importedAs = (exportName: string, name: string): [string, Story] =>
  odd(`ic0.${name} as ${exportName}`, (program) => program.alsoExport(exportName, `ic0.${name}`), {
    methods: ['imported'],
  });

const section = (name: string, length: number) => ({ name, content: hex('00'.repeat(length)) });

export const moduleStories: Stories = Object.fromEntries([
  bytes('no bytes', () => new Uint8Array(0)),
  bytes('random bytes', ({ draw }) => draw.bytes(draw.int(1, 40))),
  bytes('the empty module', () => EMPTY_MODULE),
  bytes('another version', () => Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x02, 0x00, 0x00, 0x00)),
  bytes('the magic alone', () => EMPTY_MODULE.slice(0, 4)),
  bytes('a text module', () => new TextEncoder().encode('(module)')),
  bytes('the empty module, gzipped', () => gzipped(EMPTY_MODULE)),
  bytes('gzip in gzip', () => gzipped(gzipped(EMPTY_MODULE))),
  bytes('gzip of no module', () => gzipped(new TextEncoder().encode('not a module'))),
  bytes(
    'gzip with more in its header',
    ({ draw }) => {
      // Any of the optional fields, and all of them.
      const flags = draw.sample(Object.values(GZIP_FLAGS), draw.pick([1, 1, 2, 4]));
      return gzipped(
        EMPTY_MODULE,
        flags.reduce((sum, flag) => sum + flag, 0),
      );
    },
    4,
  ),
  bytes('gzip with a reserved flag', ({ draw }) =>
    gzipped(EMPTY_MODULE, draw.pick(RESERVED_GZIP_FLAGS) + draw.pick([0, GZIP_FLAGS.name])),
  ),
  bytes('gzip in two members', ({ draw }) => {
    const at = draw.int(0, EMPTY_MODULE.length);
    return Uint8Array.of(...gzipped(EMPTY_MODULE.subarray(0, at)), ...gzipped(EMPTY_MODULE.subarray(at)));
  }),
  bytes('gzip that says otherwise of its content at the end', ({ draw }) => {
    const stream = gzipped(EMPTY_MODULE);
    const at = stream.length - draw.int(1, 8);
    return stream.map((byte, i) => (i === at ? byte ^ (1 << draw.below(8)) : byte));
  }),
  bytes('gzip cut short', () => gzipped(EMPTY_MODULE).slice(0, 12)),
  ...Object.entries(RAW_MODULES).map(([name, make]) =>
    bytes(name, ({ draw, width }) => make(draw, width), OF_MANY_FORMS.has(name) ? 10 : 3),
  ),
  oneByOne('sections of any form', ODD_SECTIONS),
  oneByOne('code that is not valid', ODD_BODIES),
  bytes('the gzip prefix alone', () => Uint8Array.of(0x1f, 0x8b, 0x08)),
  bytes('two bytes of the gzip prefix', () => Uint8Array.of(0x1f, 0x8b)),
  oddity('trailing bytes', { kind: 'trailing bytes', bytes: hex('00') }),
  oddity('cut short', { kind: 'truncated', by: 3 }),
  oddity('a second memory', { kind: 'second memory' }),
  oddity('an exported memory', { kind: 'export memory', name: 'memory' }),
  oddity('a memory exported under a reserved prefix', { kind: 'export memory', name: 'canister_memory' }),
  oddity('an exported global', { kind: 'export global', name: 'canister_global' }),
  odd(
    'an imported memory',
    (program) => program.oddities.push({ kind: 'import memory', module: 'env', name: 'memory' }),
    { memory: 'none' },
  ),
  oddity('an imported table', { kind: 'import table', module: 'env', name: 'table' }),
  oddity('an imported global', { kind: 'import global', module: 'env', name: 'global' }),
  oddity('an import from another module', {
    kind: 'import function',
    module: 'env',
    name: 'time',
    type: type([], ['i64']),
  }),
  oddity('an import from the module ic', {
    kind: 'import function',
    module: 'ic',
    name: 'time',
    type: type([], ['i64']),
  }),
  oddity('an import that is not listed', {
    kind: 'import function',
    module: 'ic0',
    name: 'msg_everything',
    type: ENTRY,
  }),
  oddity('an import that no longer exists', {
    kind: 'import function',
    module: 'ic0',
    name: 'call_simple',
    type: ENTRY,
  }),
  oddity('an import with a result too few', { kind: 'import function', module: 'ic0', name: 'time', type: ENTRY }),
  oddity('an import with a parameter too many', {
    kind: 'import function',
    module: 'ic0',
    name: 'msg_reply',
    type: type(['i32']),
  }),
  odd('an import of the other width', (program, { width }) => {
    const other = width === 'i32' ? 'i64' : 'i32';
    program.oddities.push({
      kind: 'import function',
      module: 'ic0',
      name: 'msg_arg_data_size',
      type: type([], [other]),
    });
  }),
  odd('an import that is never called', (program, { width }) => {
    program.oddities.push({
      kind: 'import function',
      module: 'ic0',
      name: 'msg_arg_data_size',
      type: type([], [width]),
    });
  }),
  odd('one function imported twice', (program, { width }) => {
    for (let i = 0; i < 2; i++)
      program.oddities.push({
        kind: 'import function',
        module: 'ic0',
        name: 'msg_caller_size',
        type: type([], [width]),
      });
  }),
  odd(
    'wasm64 imports without a memory',
    (program) =>
      program.oddities.push({
        kind: 'import function',
        module: 'ic0',
        name: 'msg_caller_size',
        type: type([], ['i64']),
      }),
    { memory: 'none' },
  ),
  odd(
    'a function of 32-bit modules without a memory',
    (program) => {
      program.oddities.push({
        kind: 'import function',
        module: 'ic0',
        name: 'canister_cycle_balance',
        type: type([], ['i64']),
      });
    },
    { memory: 'none' },
  ),
  odd('no memory', () => undefined, { memory: 'none' }),
  odd('a memory of no pages', () => undefined, { memory: { min: 0n } }),
  odd('a memory as large as allowed', () => undefined, { memory: (teller) => ({ min: mostPages(teller) }) }),
  odd('a memory larger than allowed', () => undefined, { memory: (teller) => ({ min: mostPages(teller) + 1n }) }),
  odd('a memory that may grow without end', () => undefined, { memory: { min: 1n, max: 65_536n } }),
  ...[
    'canister_init',
    'canister_inspect_message',
    'canister_pre_upgrade',
    'canister_post_upgrade',
    'canister_heartbeat',
    'canister_global_timer',
    'canister_on_low_wasm_memory',
    'canister_update f',
    'canister_query f',
    'canister_composite_query f',
  ].map((name) => typed(name, type(['i32']), type(['i64']), type([], ['i32']), type([], ['i64']))),
  typed('other', type(['f32'], ['f64'])),
  exportsTwice('canister_update', 'canister_query'),
  exportsTwice('canister_update', 'canister_composite_query'),
  exportsTwice('canister_query', 'canister_composite_query'),
  ...[
    'canister_',
    'canister_foo',
    'canister_update',
    'canister_query',
    'canister_updatef',
    'canister_start',
    'canister counter_instructions',
    'canister',
    'Canister_foo',
    'canister_inspect_message ',
  ].map((name) => odd(`an export called "${name}"`, (program) => program.exported(name, []))),
  ...['', ' ', '  ', 'ünï 𝒳', 'a b c', '\u0000', '\n', 'a\r\nb', '\u2028', '\ufeffa', 'u\u0308', '\ufffd'].map((name) =>
    odd(
      `a method called ${JSON.stringify(name)}`,
      (program) => program.exported(`canister_update ${name}`, [respond()]),
      {
        methods: [name],
      },
    ),
  ),
  importedAs('canister_update imported', 'msg_reply'),
  importedAs('canister_query imported', 'msg_reply'),
  importedAs('canister_composite_query imported', 'msg_reply'),
  importedAs('canister_inspect_message', 'accept_message'),
  importedAs('canister_heartbeat', 'accept_message'),
  importedAs('canister_init', 'msg_reply'),
  importedAs('canister_post_upgrade', 'msg_reply'),
  importedAs('canister_update imported', 'msg_caller_size'),
  odd(
    'one function for several entry points',
    (program) => {
      const name = program.entry('several', [respond()]);
      for (const entryPoint of ['canister_update one', 'canister_update two', 'canister_query three', 'other'])
        program.alsoExport(entryPoint, name);
    },
    { methods: ['one', 'two', 'three'] },
  ),
  odd('public and private sections', (program) =>
    program.customSections.push(section('icp:public a', 3), section('icp:private b', 0), section('icp:public ', 1)),
  ),
  odd('one name public and private', (program) =>
    program.customSections.push(section('icp:public a', 3), section('icp:private a', 3)),
  ),
  ...['a', 'c'].map((last) =>
    odd(`public a, private b and private ${last}`, (program) =>
      program.customSections.push(
        section('icp:public a', 3),
        section('icp:private b', 0),
        section(`icp:private ${last}`, 3),
      ),
    ),
  ),
  odd('the empty name public and private', (program) =>
    program.customSections.push(section('icp:public ', 0), section('icp:private ', 1)),
  ),
  odd('one name public twice', (program) =>
    program.customSections.push(section('icp:public a', 3), section('icp:public a', 4)),
  ),
  odd('sections of any name', (program) =>
    program.customSections.push(
      section('icp:public \n', 1),
      section('icp:private a\nb', 2),
      section('icp:public 𝒳\u2028', 0),
      section('icp:private ', 1),
    ),
  ),
  odd('one name public and private, with a line end', (program) =>
    program.customSections.push(section('icp:private a\nb', 0), section('icp:public a\nb', 0)),
  ),
  [
    'a public section of the name that a private one gives a meaning',
    (teller) => {
      const { stage, width } = teller;
      const canister = host(teller);
      const { module, index } = stage.module({ width, memory: { min: 1n }, persistent: false });
      module.program.exported('canister_query hello', [respond()]);
      module.program.customSections.push(section('icp:public enhanced-orthogonal-persistence', 1));
      stage.step(install(canister, 'reinstall', { module: index }));
      stage.step(install(canister, 'upgrade', { module: index }));
      stage.step(install(canister, 'upgrade', { module: index, wasmMemoryPersistence: 'keep' }));
      stage.query(canister.id, 'hello');
    },
  ],
  odd('another icp: section', (program) => program.customSections.push(section('icp:other a', 1))),
  ...['icp:public', 'icp:publica', 'icp:private\n', 'icp:', 'icp:Public a'].map((name) =>
    odd(`the section ${JSON.stringify(name)}`, (program) => program.customSections.push(section(name, 1))),
  ),
  odd('other custom sections', (program) =>
    program.customSections.push(section('name', 1), section('name2', 5), section('icpublic', 1), section('', 0)),
  ),
  ...[16, 17].map((count) =>
    odd(`${count} custom sections`, (program) => {
      for (let i = 0; i < count; i++) program.customSections.push(section(`icp:public ${i}`, 1));
    }),
  ),
  // Sections of other names are not counted.
  odd('16 custom sections, and as many others', (program) => {
    for (let i = 0; i < 16; i++) program.customSections.push(section(`icp:private ${i}`, 1), section(`other ${i}`, 1));
  }),
  // The name is counted, too, in bytes.
  ...['big', 'gr\u00f6\u00dfer'].flatMap((name) =>
    [0, 1].map((more) =>
      oddity(`custom sections of 1 MiB${more === 0 ? '' : ' and a byte'}, ${name}`, {
        kind: 'section of zeroes',
        name: `icp:public ${name}`,
        length: 1_048_576 - Buffer.byteLength(name) + more,
      }),
    ),
  ),
  ...[-1, 0].map((more) => oddity(`${1000 + more} more globals`, { kind: 'more globals', count: 1000 + more })),
  oddity('1001 globals', { kind: 'more globals', count: 1001 }),
  ...[999, 1000].map((count) => oddity(`${count} more methods`, { kind: 'more methods', count })),
  ...[20_000, 20_001].map((total) =>
    odd(`method names of ${total} bytes`, (program) => {
      program.exported(`canister_update ü${'n'.repeat(total - 'hello'.length - 2)}`, [respond()]);
    }),
  ),
  // With `hello` as many as there may be, and one more; those that are imported do not count.
  ...[49_999, 50_000].map((count) => oddity(`${count} more functions`, { kind: 'more functions', count })),
  odd('a start function that traps', (program) => program.startFunction([TRAP])),
  odd('an export called start', (program) => program.exported('start', [TRAP])),
  odd('data beyond the memory', (program) => program.activeData(65_535n, Uint8Array.of(1, 2))),
  odd('data at the end of memory', (program) => program.activeData(65_535n, Uint8Array.of(1))),
  odd('no data at the end of memory', (program) => program.activeData(65_536n, new Uint8Array())),
  odd('no data beyond the end of memory', (program) => program.activeData(65_537n, new Uint8Array())),
  odd('no data in a memory of no pages', (program) => program.activeData(0n, new Uint8Array()), {
    memory: { min: 0n },
  }),
  ...(['table.set', 'table.grow', 'table.fill', 'table.copy', 'table.init'] as const).map((instruction) =>
    odd(`the instruction ${instruction}`, (program) => {
      const zero = { kind: 'constant', value: 0n } as const;
      program.tableEntry(null);
      program.elements.push([null]);
      const by = {
        'table.set': { kind: 'table.set', index: zero, function: null },
        'table.grow': { kind: 'table.grow', by: zero, function: null },
        'table.fill': { kind: 'table.fill', to: zero, function: null, size: zero },
        'table.copy': { kind: 'table.copy', to: zero, from: zero, size: zero },
        'table.init': { kind: 'table.init', segment: 0, to: zero, from: zero, size: zero },
      } as const;
      program.exported('canister_update change', [by[instruction], respond()]);
    }),
  ),
]);

/** Stories whose modules are so large that they are told in one round of several only. */
export const LARGE_MODULES: ReadonlySet<string> = new Set(
  Object.keys(moduleStories).filter((name) => name.includes('MiB') || name.includes('more functions')),
);
