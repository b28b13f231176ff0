// plumbing: the model and V8 behind one interface, and what they give compared bit by bit

import { enableWideMemories } from '../../executor/host.js';
import {
  decodeModule,
  Meter,
  Store,
  validateModule,
  type ExecutionLimits,
  type Instance,
} from '../../reference-model/wasm/index.js';
import type { TrapKind } from '../../spec/vocabulary/trap.js';
import { assemble, COMPARED, type Subject } from './subject.js';

interface V8Instance {
  readonly exports: {
    readonly run: () => void;
    readonly dump: () => void;
    readonly memory: { readonly buffer: ArrayBuffer };
  };
}

interface V8 {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => V8Instance;
  readonly validate: (bytes: Uint8Array) => boolean;
}

// Node 20 has 64-bit memories behind a flag.
enableWideMemories();

/** The host's WebAssembly. */
export const v8 = (globalThis as unknown as { readonly WebAssembly: V8 }).WebAssembly;

/** V8's messages, by what they say. */
const TRAPS: readonly (readonly [RegExp, TrapKind])[] = [
  [/unreachable/, 'unreachable'],
  [/(divide|remainder) by zero/, 'integer-divide-by-zero'],
  [/divide result unrepresentable/, 'integer-overflow'],
  [/float unrepresentable/, 'float-to-integer'],
  [/memory access out of bounds/, 'memory-out-of-bounds'],
  [/function signature mismatch/, 'indirect-call'],
  [/(table index|element segment) (is )?out of bounds|table access out of bounds/, 'table-out-of-bounds'],
];

/** How a run ended: `returned`, or the kind of trap. */
type Ending = 'returned' | TrapKind | `unknown: ${string}`;

/** Two instances of one subject, one on the model and one on V8. They are run in step. */
export class Pair {
  private readonly model: Instance;
  private readonly meter: Meter;
  private readonly v8: V8Instance;

  constructor(subject: Subject) {
    const module = decodeModule(assemble(subject, false));
    validateModule(module);
    this.meter = new Meter(LIMITS.instructionLimit);
    this.model = new Store().instantiate(module, () => undefined, LIMITS, this.meter);
    this.v8 = new v8.Instance(new v8.Module(assemble(subject, true)), {});
  }

  /** Writes to both memories. */
  write(at: number, bytes: Uint8Array): void {
    this.model.memoryZero.write(BigInt(at), bytes);
    new Uint8Array(this.v8.exports.memory.buffer).set(bytes, at);
  }

  /** Runs both. Gives what differs; `undefined` when nothing does. */
  run(): string | undefined {
    const ours = this.runModel();
    const theirs = this.runV8();
    if (ours !== theirs && !sameTable(ours, theirs)) return `the model: ${ours}, V8: ${theirs}`;
    this.model.invoke('dump', []);
    this.v8.exports.dump();
    const { buffer } = this.v8.exports.memory;
    if (this.model.memoryZero.byteLength !== buffer.byteLength)
      return `memory of ${this.model.memoryZero.byteLength} bytes, of ${buffer.byteLength} in V8`;
    for (const [from, to] of COMPARED) {
      const bytes = this.model.memoryZero.read(BigInt(from), BigInt(to - from));
      const other = new Uint8Array(buffer, from, to - from);
      const at = bytes.findIndex((byte, k) => byte !== other[k]);
      if (at >= 0) return `memory at ${from + at}: ${hexAt(bytes, at)}, in V8 ${hexAt(other, at)}`;
    }
    return undefined;
  }

  private runModel(): Ending {
    this.meter.reset(LIMITS.instructionLimit);
    const outcome = this.model.invoke('run', []);
    return outcome.kind === 'returned' ? 'returned' : outcome.trap;
  }

  private runV8(): Ending {
    try {
      this.v8.exports.run();
      return 'returned';
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return TRAPS.find(([pattern]) => pattern.test(message))?.[1] ?? `unknown: ${message}`;
    }
  }
}

/** An index outside the table of an indirect call is a trap of the call here, and of the table in V8's words. */
const sameTable = (ours: Ending, theirs: Ending): boolean =>
  ours === 'indirect-call' && theirs === 'table-out-of-bounds';

const hexAt = (bytes: Uint8Array, at: number): string =>
  Buffer.from(bytes.slice(at & ~15, (at & ~15) + 16)).toString('hex');

/** Sizes are charged before bounds are checked: nothing here is to end at the instruction limit. */
const LIMITS: ExecutionLimits = {
  instructionLimit: 1n << 70n,
  stackSlots: 1 << 14,
  memoryPages: () => 16n,
  tableEntries: 100,
};
