// plumbing: mutated binaries, and the verdicts of the model, V8 and wabt on them

import wabtFactory from 'wabt';
import { WABT_FEATURES, type Wabt } from '../wabt.js';
import type { Draw } from '../../generators/draw.js';
import {
  decodeModule,
  validateModule,
  WasmDecodeError,
  WasmValidationError,
} from '../../reference-model/wasm/index.js';
import { explain } from './differences.js';
import { v8 } from './engines.js';
import { oneInstruction, ROWS } from './one-instruction.js';
import { randomCode } from './random-code.js';
import { assemble } from './subject.js';

/** What the model says of some bytes: nothing, or why it refuses them. */
export type ModelVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'decode' | 'validation'; readonly message: string; readonly feature: string | undefined };

/** The three voices on one binary. */
interface Verdicts {
  readonly model: ModelVerdict;
  readonly v8: boolean;
  /** Asked only when the others differ. */
  readonly wabt: boolean | undefined;
  /** Why the model and V8 may differ; `undefined` when they agree, or when nothing explains it. */
  readonly reason: string | undefined;
}

/** A valid binary to start from. */
export function original(draw: Draw): Uint8Array {
  return draw.chance(50)
    ? assemble(oneInstruction(draw.pick(ROWS), draw), draw.chance(50))
    : assemble(randomCode(draw), draw.chance(30));
}

/** Bytes flipped, cut, spliced, repeated: one to three times. */
export function mutate(bytes: Uint8Array, other: Uint8Array, draw: Draw): Uint8Array {
  let now = bytes;
  for (let times = draw.pick([1, 1, 1, 2, 3]); times > 0; times--) now = mutateOnce(now, other, draw);
  return now;
}

/** Bytes that mean something in many places. */
const TELLING = [0x00, 0x01, 0x0b, 0x40, 0x60, 0x63, 0x64, 0x6f, 0x70, 0x7b, 0x7f, 0x80, 0xfc, 0xfd, 0xff];

function mutateOnce(bytes: Uint8Array, other: Uint8Array, draw: Draw): Uint8Array {
  if (bytes.length < 2) return bytes;
  const at = draw.below(bytes.length);
  const out = bytes.slice();
  switch (
    draw.pick(['bit', 'bit', 'byte', 'byte', 'telling', 'telling', 'add', 'cut', 'delete', 'insert', 'splice'] as const)
  ) {
    case 'bit':
      out[at] = (out[at] as number) ^ (1 << draw.below(8));
      return out;
    case 'byte':
      out[at] = draw.below(256);
      return out;
    case 'telling':
      out[at] = draw.pick(TELLING);
      return out;
    case 'add':
      out[at] = (out[at] as number) + draw.pick([1, -1]);
      return out;
    case 'cut':
      return bytes.slice(0, at);
    case 'delete':
      return concat(bytes.subarray(0, at), bytes.subarray(at + draw.int(1, 4)));
    case 'insert':
      return concat(bytes.subarray(0, at), draw.bytes(draw.int(1, 3)), bytes.subarray(at));
    case 'splice': {
      const from = draw.below(other.length);
      return concat(
        bytes.subarray(0, at),
        other.subarray(from, from + draw.int(1, 24)),
        bytes.subarray(at + draw.below(24)),
      );
    }
  }
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** @throws whatever the model throws that is not one of its typed errors */
export function modelVerdict(bytes: Uint8Array): ModelVerdict {
  try {
    validateModule(decodeModule(bytes));
    return { kind: 'accepted' };
  } catch (error) {
    if (error instanceof WasmDecodeError) return { kind: 'decode', message: error.message, feature: error.feature };
    if (error instanceof WasmValidationError)
      return { kind: 'validation', message: error.message, feature: error.feature };
    throw error;
  }
}

/** The judge of binaries. */
export class Judge {
  private constructor(private readonly wabt: Wabt) {}

  static async load(): Promise<Judge> {
    return new Judge(await wabtFactory());
  }

  judge(bytes: Uint8Array): Verdicts {
    const model = modelVerdict(bytes);
    const theirs = v8.validate(bytes);
    if ((model.kind === 'accepted') === theirs) return { model, v8: theirs, wabt: undefined, reason: undefined };
    const wabt = this.wabtAccepts(bytes);
    return { model, v8: theirs, wabt, reason: explain(model, theirs, wabt) };
  }

  /** Whether wabt accepts; what it is not made for makes it throw, which is a refusal. */
  private wabtAccepts(bytes: Uint8Array): boolean {
    let module;
    try {
      module = this.wabt.readWasm(bytes, { ...WABT_FEATURES, readDebugNames: false });
      module.validate();
      return true;
    } catch {
      return false;
    } finally {
      module?.destroy();
    }
  }
}
