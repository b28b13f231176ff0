// plumbing: measures the executor; each figure with what it is compared to
import { readFileSync, readdirSync } from 'node:fs';
import wabtInit from 'wabt';
import { makeExecutor, standardAssembly } from '../executor/index.js';
import { compile, ModuleCache, type CompileOptions } from '../executor/instrument/compile.js';
import { gateway } from '../executor/system-api/gateway.js';
import { ComparedMemory } from '../executor/memory/compared-memory.js';
import { TrackedMemory } from '../executor/memory/tracked-memory.js';
import type { Instrumentation } from '../executor/instrument/passes.js';
import { application13, conformance } from '../spec/profiles/profiles.js';
import { systemApiFunction } from '../spec/system-api.js';
import { cycles, hex, nanoseconds } from '../spec/vocabulary/brands.js';
import type { Engine } from '../spec/vocabulary/engine.js';
import { canisterId, userId } from '../spec/vocabulary/ids.js';
import type { Figure } from './figure.js';
import { fromRoot } from './root.js';

export type { Figure } from './figure.js';

interface WasmHost {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Readonly<Record<string, unknown>>>,
  ) => { readonly exports: Record<string, (...args: unknown[]) => unknown> };
}
const wasm = (globalThis as unknown as { readonly WebAssembly: WasmHost }).WebAssembly;

const KERNELS = fromRoot('bench/kernels/');
const LIMIT = 10n ** 15n;

const wabt = await wabtInit();

function wat(text: string): Uint8Array {
  const module = wabt.parseWat('bench.wat', text, { memory64: true });
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** System calls that do as little as they can; an argument of no Candid values. */
function stubs(names: readonly string[], memory: () => Uint8Array): Record<string, unknown> {
  const argument = Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0, 0);
  const special: Record<string, (...args: number[]) => unknown> = {
    msg_arg_data_size: () => argument.length,
    msg_arg_data_copy: (dst = 0, offset = 0, size = 0) => {
      memory().set(argument.subarray(offset, offset + size), dst);
    },
  };
  return Object.fromEntries(
    names.map((name) => {
      const { result } = systemApiFunction(name) ?? { result: null };
      return [name, special[name] ?? (() => (result === 'i64' ? 0n : 0))];
    }),
  );
}

function bestOf(rounds: number, run: () => void): number {
  let best = Infinity;
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function compileOptions(passes: Instrumentation): CompileOptions {
  return { profile: application13, passes };
}

interface Kernel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly method: string;
}

/** workload.wasm is workload.mo, compiled by the npm package `motoko` with `compiler.gcFlags('classicOP')`. */
function kernels(): Kernel[] {
  const files = readdirSync(KERNELS).filter((name) => name.endsWith('.wat'));
  const text = files.map((file) => ({
    name: file.replace('.wat', ''),
    bytes: wat(readFileSync(new URL(file, KERNELS), 'utf8')),
    method: 'canister_update run',
  }));
  return [
    ...text,
    {
      name: 'motoko',
      bytes: new Uint8Array(readFileSync(new URL('workload.wasm', KERNELS))),
      method: 'canister_update run',
    },
  ];
}

/** Runs a kernel on V8 as it is. */
function raw({ bytes, method }: Kernel): () => void {
  const module = new wasm.Module(bytes);
  const memory: { now?: { readonly buffer: ArrayBuffer } } = {};
  const names = (wasm.Module as unknown as { imports(module: object): { name: string }[] })
    .imports(module)
    .map(({ name }) => name);
  const instance = new wasm.Instance(module, {
    ic0: stubs(names, () => new Uint8Array(memory.now?.buffer ?? new ArrayBuffer(0))),
  });
  memory.now = Object.values(instance.exports).find(
    (value) => value instanceof Object && 'buffer' in value,
  ) as unknown as {
    readonly buffer: ArrayBuffer;
  };
  instance.exports.canister_init?.();
  const run = instance.exports[method] as () => void;
  return () => {
    run();
  };
}

/** Runs it instrumented; `tracking` in the variant for large memories. */
function instrumented({ bytes, method }: Kernel, passes: Instrumentation, tracking: boolean): () => void {
  const compiled = tracking ? compile(bytes, compileOptions(passes)).tracked() : compile(bytes, compileOptions(passes));
  const plan = compiled.memory;
  if (plan === undefined) throw new Error('a kernel without memory');
  const memory = tracking ? new TrackedMemory(plan, plan.initial) : new ComparedMemory(plan, plan.initial);
  for (const { offset, bytes: data } of compiled.decoded.data) {
    if (offset?.kind === 'bits') memory.writable(Number(offset.low), data.length).set(data);
  }
  const names = compiled.decoded.imports.map(({ name }) => name);
  const host = {
    ...stubs(names, () => memory.bytes()),
    touch: (page: number) => {
      (memory as TrackedMemory).touch(page >>> 0);
    },
  };
  const { functions, touch } = gateway(compiled.canister.width, host, () => ({ base: 500n, perByte: 1n }));
  const instance = new wasm.Instance(compiled.wasm as object, {
    ic0: functions,
    executor: { memory: memory.memory, touch },
  });
  const start = compiled.decoded.start;
  for (const index of [start, compiled.canister.system.get('canister_init')])
    instance.exports[`run:${index}`]?.(LIMIT, compiled.stackSlots);
  const name = method.slice(method.indexOf(' ') + 1);
  const run = instance.exports[`run:${compiled.canister.methods.get(name)?.function ?? -1}`];
  if (run === undefined) throw new Error(`no method ${method}`);
  return () => {
    run(LIMIT, compiled.stackSlots);
  };
}

const geometricMean = (values: readonly number[]) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Instrumented over raw V8, warm; rounds of both alternate, so that both see the same machine. */
function ratio(name: string, meaning: string, passes: Instrumentation, tracking: boolean): Figure {
  const parts: Record<string, number> = {};
  for (const kernel of kernels()) {
    const plain = raw(kernel);
    const metered = instrumented(kernel, passes, tracking);
    for (let i = 0; i < 30; i++) {
      plain();
      metered();
    }
    let [best, bestMetered] = [Infinity, Infinity];
    for (let i = 0; i < 12; i++) {
      best = Math.min(best, bestOf(5, plain));
      bestMetered = Math.min(bestMetered, bestOf(5, metered));
    }
    parts[kernel.name] = bestMetered / best;
  }
  return { name, value: geometricMean(Object.values(parts)), meaning, parts };
}

function metering(passes: Instrumentation = standardAssembly.instrumentation): Figure {
  const meaning = 'instrumented over raw V8, warm, geometric mean over the kernels';
  return ratio('executor.meteringRatio', meaning, passes, false);
}

/** The variant whose stores note the pages that they change. */
function tracked(passes: Instrumentation = standardAssembly.instrumentation): Figure {
  const meaning = 'the variant for large memories over raw V8, warm, geometric mean over the kernels';
  return ratio('executor.trackedRatio', meaning, passes, true);
}

const COUNTER = (pages: number) => `(module
  (import "ic0" "msg_arg_data_size" (func $size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (memory (export "memory") ${pages} ${pages})
  (func (export "canister_update add")
    (call $copy (i32.const 0) (i32.const 0) (call $size))
    (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 0))))
    (call $append (i32.const 8) (i32.const 4))
    (call $reply))
  (func (export "canister_update trap")
    (i32.store (i32.const 8) (i32.const 1))
    unreachable))`;

const ONE = hex('01000000');

const largeMemory = { ...conformance, limits: { ...conformance.limits, wasm32Pages: 65_536n } };

function counterEngine(pages: number): Engine {
  const engine = makeExecutor(standardAssembly)({
    profile: largeMemory,
    time: nanoseconds(1n),
    modules: [wat(COUNTER(pages))],
    trace: false,
  });
  const sender = userId(0);
  const canister = canisterId(0);
  engine.submit({
    kind: 'create',
    sender,
    cycles: cycles(10n ** 20n),
    reservedCycles: cycles(0n),
    settings: { freezingThreshold: 0n },
  });
  engine.submit({ kind: 'install', canister, sender, mode: 'install', module: 0, arg: hex('') });
  return engine;
}

/** Submits and executes one update. */
function update(engine: Engine, method: string): void {
  const { transition } = engine.submit({
    kind: 'ingress',
    canister: canisterId(0),
    method,
    arg: ONE,
    sender: userId(0),
  });
  const message = transition.messages[0]?.id;
  if (message === undefined) throw new Error('the message was not accepted');
  engine.take({ kind: 'execute', message });
}

function perSecond(run: () => void, milliseconds = 1500): number {
  const warm = performance.now();
  while (performance.now() - warm < milliseconds / 2) run();
  let best = 0;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < milliseconds / 3) {
      for (let i = 0; i < 16; i++) run();
      count += 16;
    }
    best = Math.max(best, (count * 1000) / (performance.now() - start));
  }
  return best;
}

/** A trivial update, submitted, executed, committed and accounted, trace off; and the same export on raw V8. */
function updates(): Figure {
  const engine = counterEngine(1);
  const value = perSecond(() => {
    update(engine, 'add');
  });
  engine.dispose();
  const plain = perSecond(raw({ name: 'counter', bytes: wat(COUNTER(1)), method: 'canister_update add' }));
  return {
    name: 'executor.updatesPerSecond',
    value,
    meaning: 'a trivial update, submitted, executed, committed and accounted on one core; raw V8 beside it, not gated',
    parts: { rawV8: plain },
  };
}

function sizeRatio(name: string, method: string, meaning: string): Figure {
  const [small, large] = [16, 4096].map((pages) => {
    const engine = counterEngine(pages);
    const rate = perSecond(() => {
      update(engine, method);
    });
    engine.dispose();
    return rate;
  }) as [number, number];
  return { name, value: small / large, meaning, parts: { '1 MiB per second': small, '256 MiB per second': large } };
}

/** The same trapping message on a canister with 256 MiB of memory over one with 1 MiB. */
function rollback(): Figure {
  return sizeRatio('executor.rollbackRatio', 'trap', 'a trapping message with 256 MiB of memory over one with 1 MiB');
}

/** The same committing message. */
function commit(): Figure {
  return sizeRatio('executor.commitRatio', 'add', 'a committing message with 256 MiB of memory over one with 1 MiB');
}

/** Preparing modules over binaryen's read and emit of the same bytes. */
async function install(): Promise<Figure> {
  const { default: binaryen } = await import('binaryen');
  const examples = fromRoot('examples/');
  const motoko = new Uint8Array(readFileSync(new URL('counter/counter.wasm', examples)));
  const parts: Record<string, number> = {};
  const large = enlarge(motoko, 16);
  for (const [name, bytes, rounds] of [
    ['motoko', motoko, 12],
    ['3 MB', large, 4],
  ] as const) {
    const other = bestOf(rounds, () => {
      const module = binaryen.readBinary(bytes);
      module.emitBinary();
      module.dispose();
    });
    const ours = bestOf(rounds, () => {
      compile(bytes, compileOptions(standardAssembly.instrumentation));
    });
    parts[name] = ours / other;
    parts[`${name}, ms`] = ours;
  }
  const known = new ModuleCache(compileOptions(standardAssembly.instrumentation));
  known.get(motoko);
  // Bytes that are known, in another place: somebody uploads them again.
  parts['motoko, known bytes, ms'] = bestOf(20, () => known.get(motoko.slice()));
  return {
    name: 'executor.installRatio',
    value: Math.max(parts.motoko ?? Infinity, parts['3 MB'] ?? Infinity),
    meaning:
      'decode, validate, instrument, compile uncached bytes over binaryen read + emit; the larger of two modules',
    parts,
  };
}

/** A module with its code section's functions repeated: each copy of a body is a function of the same type. */
function enlarge(bytes: Uint8Array, times: number): Uint8Array {
  const u32 = (at: number): [value: number, next: number] => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return [value, at];
    }
  };
  const leb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]);
  const out: Uint8Array[] = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at] ?? 0;
    const [size, content] = u32(at + 1);
    const end = content + size;
    if (id === 3 || id === 10) {
      const [count, items] = u32(content);
      const head = leb(count * times);
      const body = bytes.subarray(items, end);
      out.push(Uint8Array.from([id, ...leb(head.length + body.length * times), ...head]));
      for (let i = 0; i < times; i++) out.push(body);
    } else out.push(bytes.subarray(at, end));
    at = end;
  }
  return new Uint8Array(Buffer.concat(out));
}

/** All figures. */
export async function benchExecutor(): Promise<Figure[]> {
  return [metering(), tracked(), updates(), rollback(), commit(), await install()];
}
