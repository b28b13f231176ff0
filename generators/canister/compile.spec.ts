// plumbing: tests of the compiler — what programs mean, run by V8
import { setFlagsFromString } from 'node:v8';
import type { Program, ProgramFunction, Statement, TrapMeans } from '../../spec/vocabulary/program.js';
import { TRAP_MEANS } from '../../spec/vocabulary/program.js';
import { compileProgram, compileWithMap, moduleToWat, ProgramError } from '../index.js';
import {
  constant,
  ENV,
  load,
  logMemory,
  MEMORY_BYTES,
  operation,
  store,
  systemCall,
  variable,
  ZERO,
} from './expressions.js';

setFlagsFromString('--experimental-wasm-memory64');

interface Host {
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): { readonly module: string; readonly name: string }[];
  };
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, never> };
}
const host = (globalThis as unknown as { readonly WebAssembly: Host }).WebAssembly;

function program(body: readonly Statement[], more: Partial<Program> = {}): Program {
  const run: ProgramFunction = { name: 'run', type: 'entry', locals: [], body };
  return {
    format: 'program@1',
    width: 'i32',
    memory: { min: 1n },
    globals: [],
    functions: [run],
    exports: [{ name: 'canister_update run', function: 'run' }],
    data: [],
    elements: [],
    customSections: [],
    log: { at: 1024, bytes: 64 },
    oddities: [{ kind: 'export memory', name: 'memory' }],
    ...more,
  };
}

function start(
  p: Program,
  imports: Record<string, unknown> = {},
): { run: () => void; memory: () => DataView; log: () => bigint[] } {
  const instance = new host.Instance(new host.Module(compileProgram(p)), { ic0: imports });
  const { memory } = instance.exports as unknown as { memory: { readonly buffer: ArrayBuffer } };
  const view = () => new DataView(memory.buffer);
  const log = () => {
    const used = Number(view().getBigUint64(1024, true));
    return Array.from({ length: used / 8 }, (_, i) => view().getBigUint64(1032 + 8 * i, true));
  };
  return { run: instance.exports['canister_update run'] as unknown as () => void, memory: view, log };
}

/** What V8 says for each kind of trap that code of its own brings about. */
const MESSAGES: Readonly<Record<string, RegExp>> = {
  unreachable: /unreachable/,
  'integer-divide-by-zero': /(divide|remainder) by zero/,
  'integer-overflow': /divide result unrepresentable/,
  'float-to-integer': /float unrepresentable in integer range/,
  'memory-out-of-bounds': /memory access out of bounds/,
  'table-out-of-bounds': /table index is out of bounds/,
  'indirect-call': /table index is out of bounds|null function or function signature mismatch/,
  'stack-budget': /Maximum call stack size exceeded/,
};

describe('compileProgram', () => {
  it('imports exactly what the code calls', () => {
    const module = new host.Module(
      compileProgram(program([systemCall('time'), systemCall('debug_print', ZERO, ZERO), systemCall('time')])),
    );
    expect(host.Module.imports(module).map(({ name }) => name)).toEqual(['time', 'debug_print']);
  });

  it.each((Object.keys(TRAP_MEANS) as TrapMeans[]).filter((means) => TRAP_MEANS[means].trap !== 'instruction-limit'))(
    '"%s" traps as its kind says',
    (means) => {
      const table = { size: 3, entries: ['callback', null] };
      const callback: ProgramFunction = { name: 'callback', type: 'callback', locals: [], body: [] };
      const base = program([{ kind: 'trap', means }]);
      for (const width of ['i32', 'i64'] as const) {
        const { run } = start({ ...base, width, table, functions: [...base.functions, callback] });
        expect(run).toThrow(MESSAGES[TRAP_MEANS[means].trap]);
      }
    },
  );

  it.each(['i32', 'i64'] as const)('computes, stores, loops, branches and logs (%s)', (width) => {
    const body: Statement[] = [
      { kind: 'set', variable: 0, value: constant(10) },
      {
        kind: 'repeat',
        times: constant(3),
        body: [{ kind: 'set', variable: 0, value: operation('mul', variable(0), constant(2)) }],
      },
      { kind: 'log', value: variable(0) },
      store(16, operation('sub', variable(0), constant(1)), 4),
      {
        kind: 'if',
        condition: operation('eq', load(16, 4), constant(79)),
        then: [{ kind: 'log', value: constant(1) }],
        else: [{ kind: 'trap', means: 'unreachable' }],
      },
      { kind: 'log', value: MEMORY_BYTES },
      { kind: 'set global', index: 0, value: constant(0x1_0000_0005n) },
      { kind: 'log', value: { kind: 'global', index: 0 } },
      {
        kind: 'code',
        code: [
          ['f64.const', 0x7ff8000000000000n],
          ['v128.const', (2n << 64n) | 1n],
        ],
        results: ['f64', 'v128'],
      },
    ];
    const { run, log } = start(program(body, { width, globals: [{ type: 'i32', init: 0n }] }));
    run();
    expect(log()).toEqual([80n, 1n, 65_536n, 5n, 0x7ff8000000000000n, 1n, 2n]);
  });

  it('drops from the log what does not fit, and copies memory into it', () => {
    const seven = Array.from({ length: 7 }, (_, i): Statement => ({ kind: 'log', value: constant(i) }));
    const { run, log } = start(
      program([
        store(0, constant(0xabcdn)),
        ...seven,
        logMemory(ZERO, constant(16)),
        logMemory(ZERO, constant(8)),
        { kind: 'log', value: constant(9) },
      ]),
    );
    run();
    expect(log()).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 0xabcdn]);
  });

  it('gives system calls their arguments in their width, and takes their results', () => {
    const seen: unknown[][] = [];
    const imports = {
      msg_caller_copy: (...args: unknown[]) => seen.push(args),
      stable64_grow: (...args: unknown[]) => (seen.push(args), 7n),
      msg_caller_size: () => 5n,
    };
    const body: Statement[] = [
      { kind: 'system call', name: 'msg_caller_size', args: [], into: 1, log: true },
      systemCall('msg_caller_copy', constant(1n << 32n), ZERO, variable(1)),
      systemCall('stable64_grow', constant(-1n)),
    ];
    const { run, log } = start(program(body, { width: 'i64' }), imports);
    run();
    expect(seen).toEqual([[1n << 32n, 0n, 5n], [-1n]]);
    expect(log()).toEqual([5n, 7n]);
  });

  it('finds callbacks by their table index, and hands them their env', () => {
    const callback: ProgramFunction = {
      name: 'on reply',
      type: 'callback',
      locals: [],
      body: [{ kind: 'log', value: ENV }],
    };
    const base = program([
      { kind: 'log', value: { kind: 'index of', function: 'on reply' } },
      { kind: 'log', value: { kind: 'index of', function: 'nobody' } },
    ]);
    const p: Program = {
      ...base,
      functions: [...base.functions, callback],
      table: { size: 4, entries: [null, 'on reply'] },
    };
    const { run, log } = start(p);
    run();
    expect(log()).toEqual([1n, 4n]);
  });

  it('maps statements to where their code stands', () => {
    const { bytes, map } = compileWithMap(
      program([{ kind: 'if', condition: constant(1), then: [{ kind: 'trap', means: 'unreachable' }], else: [] }]),
    );
    const point = map.find(({ path }) => path === '0.then.0');
    expect(point?.function).toBe('run');
    expect(bytes[point?.offset ?? 0]).toBe(0x00);
    expect(map).toHaveLength(2);
  });

  it('writes modules that wabt reads', async () => {
    const text = await moduleToWat(
      compileProgram(program([systemCall('msg_reply'), { kind: 'trap', means: 'recursion' }])),
    );
    expect(text).toContain('(import "ic0" "msg_reply"');
  });

  it.each<[string, Partial<Program>, Statement, string]>([
    ['a function that is not there', {}, { kind: 'call', function: 'gone' }, 'gone is not a function () -> ()'],
    [
      'a system call that is not listed',
      {},
      systemCall('msg_everything'),
      'there is no System API function ic0.msg_everything',
    ],
    ['a wrong number of arguments', {}, systemCall('debug_print', ZERO), 'ic0.debug_print takes 2 arguments, not 1'],
    ['a global that is not there', {}, { kind: 'set global', index: 0, value: ZERO }, 'there is no global 0'],
    ['a segment that is not there', {}, { kind: 'data.drop', segment: 0 }, 'there is no data segment 0'],
    ['a store without memory', { memory: undefined } as never, store(0, ZERO), 'store needs a memory'],
    ['a table statement without table', {}, { kind: 'call indirect', index: ZERO }, 'call indirect needs a table'],
  ])('refuses %s', (_, more, statement, message) => {
    expect(() => compileProgram(program([statement], more))).toThrow(ProgramError);
    expect(() => compileProgram(program([statement], more))).toThrow(message);
  });
});
