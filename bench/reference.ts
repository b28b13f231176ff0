// plumbing: measures the reference model's WebAssembly; each figure with what it is compared to
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabtInit from 'wabt';
import {
  decodeModule,
  Meter,
  Store,
  validateModule,
  type ExecutionLimits,
  type Imports,
  type Instance,
} from '../reference-model/wasm/index.js';
import { PRODUCTION_WEIGHTS, type WeightTable } from '../spec/profiles/weights.js';
import { systemApiFunction } from '../spec/system-api.js';
import type { Figure } from './figure.js';
import { fromRoot } from './root.js';

const KERNELS = fromRoot('bench/kernels/');

/** Every instruction weighs one: the meter counts instructions. */
const ONE_EACH = Object.fromEntries(
  Object.keys(PRODUCTION_WEIGHTS).map((mnemonic) => [mnemonic, { wasm32: 1, wasm64: 1 }]),
) as WeightTable;

const LIMITS: ExecutionLimits = {
  instructionLimit: 10n ** 12n,
  stackSlots: 1 << 16,
  memoryPages: () => 65_536n,
  tableEntries: 1_000_000,
};

/** A kernel: its bytes, and the export that runs it. */
interface Kernel {
  readonly bytes: Uint8Array;
  readonly run: string;
  /** Called once before. */
  readonly before?: string;
}

const wabt = await wabtInit();

function text(file: string, run: string): Kernel {
  const module = wabt.parseWat(file, readFileSync(new URL(file, KERNELS), 'utf8'), { simd: true });
  try {
    return { bytes: new Uint8Array(module.toBinary({}).buffer), run };
  } finally {
    module.destroy();
  }
}

const INTEGER = text('reference/integer.wat', 'run');
const UPDATE = 'canister_update run';

/** By the name of the part. The Motoko canister is prepared anew for each run. */
const PARTS: Readonly<Record<string, Kernel>> = {
  calls: text('fib.wat', UPDATE),
  '64-bit arithmetic': text('matrix-i64.wat', UPDATE),
  floats: text('matrix-f64.wat', UPDATE),
  SIMD: text('reference/simd.wat', 'run'),
  "a Motoko canister's init": {
    bytes: new Uint8Array(readFileSync(new URL('workload.wasm', KERNELS))),
    run: 'canister_init',
  },
};

/** System calls that do as little as they can; an argument of no Candid values. */
const stubs: Imports = (module, name) => {
  const call = module === 'ic0' ? systemApiFunction(name) : undefined;
  if (call === undefined) return undefined;
  const argument = Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0, 0);
  const width = (type: string) => (type === 'I' ? 'i32' : type) as 'i32' | 'i64';
  return {
    kind: 'func',
    value: {
      type: {
        params: call.params.map(({ type }) => width(type)),
        results: call.result === null ? [] : [width(call.result)],
      },
      call(host) {
        const [dst, offset, size] = [0, 1, 2].map((slot) => (slot < call.params.length ? host.arg32(slot) : 0)) as [
          number,
          number,
          number,
        ];
        if (name === 'msg_arg_data_size') host.result(0, BigInt(argument.length));
        else if (name === 'msg_arg_data_copy')
          host.instance.memoryZero.write(BigInt(dst), argument.subarray(offset, offset + size));
        else if (call.result !== null) host.result(0, 0n);
      },
    },
  };
};

function instantiate({ bytes }: Kernel): Instance {
  const module = decodeModule(bytes);
  validateModule(module);
  const meter = new Meter(LIMITS.instructionLimit);
  const instance = new Store({ weights: ONE_EACH }).instantiate(module, stubs, LIMITS, meter);
  returned(instance.runStart());
  return instance;
}

function returned(outcome: ReturnType<Instance['invoke']>): void {
  if (outcome.kind === 'trapped') throw new Error(`trapped: ${outcome.trap} ${outcome.detail ?? ''}`);
}

/** Instructions a second of a kernel, the best of some rounds; metered and with traps, as always. */
function instructionsPerSecond(kernel: Kernel, rounds = 8): number {
  const instance = instantiate(kernel);
  const state = instance.snapshot();
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    instance.restore(state);
    let used = 0;
    const start = performance.now();
    // At least 100 ms a round, so that the clock and the page copies of a short run do not count.
    do {
      if (kernel.run === 'canister_init') instance.restore(state);
      instance.meter.reset(LIMITS.instructionLimit);
      returned(instance.invoke(kernel.run, []));
      used += Number(instance.meter.used);
    } while (performance.now() - start < 100);
    best = Math.max(best, (used / (performance.now() - start)) * 1000);
  }
  return best;
}

/** Instructions of one run of a kernel. */
function instructionsOf(kernel: Kernel): number {
  const instance = instantiate(kernel);
  returned(instance.invoke(kernel.run, []));
  return Number(instance.meter.used);
}

/** The kernel with a hundredth of its rounds, for what takes too long otherwise. */
function shorter(kernel: 'reference/integer.wat'): Kernel {
  const source = readFileSync(new URL(kernel, KERNELS), 'utf8').replace('(i32.const 200)', '(i32.const 2)');
  const module = wabt.parseWat(kernel, source);
  try {
    return { bytes: new Uint8Array(module.toBinary({}).buffer), run: 'run' };
  } finally {
    module.destroy();
  }
}

/** The `wasm-interp` that npm's wabt ships, a process of its own: the time of a short run is taken off. */
function wabtInterp(): number {
  const bin = fileURLToPath(fromRoot('node_modules/wabt/bin/wasm-interp'));
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const seconds = (kernel: Kernel): number => {
      const file = join(folder, 'kernel.wasm');
      writeFileSync(file, kernel.bytes);
      let best = Infinity;
      for (let round = 0; round < 3; round++) {
        const start = performance.now();
        execFileSync(process.execPath, [bin, file, '--run-all-exports']);
        best = Math.min(best, (performance.now() - start) / 1000);
      }
      return best;
    };
    const short = shorter('reference/integer.wat');
    return (instructionsOf(INTEGER) - instructionsOf(short)) / (seconds(INTEGER) - seconds(short));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Straight-line code, all that `webassembly-interpreter` can run of the kernels: it fails on their loops and branches. */
const STRAIGHT_STEP = '(local.set $n (i32.add (i32.xor (local.get $n) (i32.const 5)) (i32.const 3)))';
const straightLine = (): Kernel => {
  const steps = STRAIGHT_STEP.repeat(1000);
  const module = wabt.parseWat(
    'straight.wat',
    `(module (func $f (export "once") (param $n i32) (result i32) ${steps} (local.get $n))
       (func (export "run") (result i32) (call $f (i32.const 7))))`,
  );
  try {
    return { bytes: new Uint8Array(module.toBinary({}).buffer), run: 'run' };
  } finally {
    module.destroy();
  }
};

/** `webassembly-interpreter` from npm, which has no metering. */
async function npmInterpreter(): Promise<number> {
  interface Interpreter {
    instantiate(
      bytes: ArrayBuffer,
      imports: object,
    ): Promise<{ instance: { exports: Record<string, (n: number) => unknown> } }>;
  }
  const interpreter = createRequire(import.meta.url)('webassembly-interpreter') as Interpreter;
  const kernel = straightLine();
  const { instance } = await interpreter.instantiate(kernel.bytes.slice().buffer as ArrayBuffer, {});
  const { once } = instance.exports;
  if (once === undefined) throw new Error('the kernel is not exported');
  let best = Infinity;
  for (let round = 0; round < 10; round++) {
    const start = performance.now();
    once(7);
    best = Math.min(best, performance.now() - start);
  }
  return (instructionsOf(kernel) / best) * 1000;
}

/** Why a comparison could not be made is part of its name. */
async function orNothing(name: string, measure: () => number | Promise<number>): Promise<Record<string, number>> {
  try {
    return { [name]: await measure() };
  } catch (error) {
    return { [`${name} (failed: ${error instanceof Error ? error.message.split('\n')[0] : String(error)})`]: 0 };
  }
}

/** All figures of the reference model's WebAssembly. */
export async function figures(): Promise<Figure[]> {
  const parts: Record<string, number> = {};
  for (const [name, kernel] of Object.entries(PARTS)) parts[name] = instructionsPerSecond(kernel);
  return [
    {
      name: 'reference.instructionsPerSecond',
      value: instructionsPerSecond(INTEGER),
      meaning:
        'instructions a second on the integer loop with memory, metered and with traps; beside it the other kernels, ' +
        'the same loop on the wasm-interp of npm wabt, and straight-line code on npm webassembly-interpreter',
      parts: {
        ...parts,
        ...(await orNothing('wabt wasm-interp', wabtInterp)),
        'straight-line code': instructionsPerSecond(straightLine()),
        ...(await orNothing('straight-line code, webassembly-interpreter', npmInterpreter)),
      },
    },
  ];
}
