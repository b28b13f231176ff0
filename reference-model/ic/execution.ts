// spec-shaped: the execution state of one Wasm function execution — abstract-behavior.md, "The execution state"
//
// System API handlers write here and nowhere else. When the execution returns, message execution takes over what stands
// here; when it traps, nobody does.

import type { PointerWidth, Principal } from '../../spec/vocabulary/brands.js';
import type { Context, EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { SystemCallRecord } from '../../spec/vocabulary/record.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { MAX_CYCLES } from '../../spec/vocabulary/brands.js';
import { WasmTrap, type Instance } from '../wasm/index.js';
import { liquidBalance, type Resources } from './charging.js';
import { WASM_PAGE_BYTES, type StableMemoryDraft } from './stable-memory.js';
import type { Callback, Canister, Response } from './state.js';

/** What came with the message — abstract-behavior.md, `Params`. */
export interface Params {
  readonly arg: Uint8Array;
  readonly caller: Uint8Array;
  readonly callerInfoData: Uint8Array;
  readonly callerInfoSigner: Uint8Array;
  /** 0: no reject. */
  readonly rejectCode: number;
  /** UTF-8. */
  readonly rejectMessage: Uint8Array;
  readonly cyclesRefunded: bigint;
  /** UTF-8; of inspect_message only. */
  readonly methodName: Uint8Array;
  /** Nanoseconds; 0: none. */
  readonly deadline: bigint;
}

/** What the canister sees of the system — abstract-behavior.md, `Env`. Settings and status are in `Execution.canister`. */
export interface Env {
  readonly time: bigint;
  readonly version: bigint;
  readonly globalTimer: bigint;
  readonly certificate: Uint8Array | undefined;
}

/** A call under construction, or one that was performed. */
export interface MethodCall {
  readonly callee: Principal;
  readonly methodName: string;
  /** Size of the method name as given. */
  readonly methodNameBytes: number;
  arg: ByteBuffer;
  transferredCycles: bigint;
  callback: Callback;
  /** Seconds, bounded by the system's maximum; undefined: unbounded wait. */
  timeoutSeconds: bigint | undefined;
  /** MAX_CYCLES_PER_RESPONSE, once the call was performed. */
  setAside: bigint;
  /** The fee, once the call was performed. */
  fee: bigint;
}

/** Bytes that grow at the end. */
export class ByteBuffer {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  bytes(): Uint8Array {
    const [only] = this.#chunks;
    if (only !== undefined && this.#chunks.length === 1) return only;
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}

/** The state of one execution. Fields that are not readonly are what it does. */
export interface Execution {
  readonly profile: Profile;
  readonly entryPoint: EntryPoint;
  readonly context: Context;
  /** As it stood when the execution began; its memories and balance are in the fields below. */
  readonly canister: Canister;
  readonly width: PointerWidth;
  /** Bytes of the uploaded module that runs. */
  readonly moduleBytes: number;
  readonly instance: Instance;
  readonly params: Params;
  readonly env: Env;
  /** Whether there is a call that has not been responded to. */
  readonly needsToRespond: boolean;
  /** The largest reply, in bytes. */
  readonly replyBytes: number;
  /** Instructions of earlier executions that performance counter 1 includes. */
  readonly instructionsBefore: bigint;
  /** Calls under way to a callee, those of this execution not counted. */
  readonly callsUnderWay: (callee: Principal) => number;
  readonly recordsTrace: boolean;

  response: Response | undefined;
  readonly replyData: ByteBuffer;
  cyclesAvailable: bigint;
  cyclesAccepted: bigint;
  cyclesBurned: bigint;
  /** Accepted cycles that did not fit the balance. */
  cyclesLost: bigint;
  /** What goes back with the response. */
  cyclesRefunded: bigint;
  balance: bigint;
  pendingCall: MethodCall | undefined;
  readonly calls: MethodCall[];
  newCertifiedData: Uint8Array | undefined;
  newGlobalTimer: bigint | undefined;
  messageAccepted: boolean;
  readonly stable: StableMemoryDraft;
  readonly log: Uint8Array[];
  readonly trace: SystemCallRecord[];
}

/** Aborts the execution for a reason of the System API's own. */
export function trap(detail: string): never {
  throw new WasmTrap('system-call', detail);
}

/** Bytes of the Wasm memory now; 0 without a memory. */
export function wasmMemoryBytes(es: Execution): bigint {
  return (es.instance.memory(0)?.sizePages ?? 0n) * BigInt(WASM_PAGE_BYTES);
}

/** What the canister's resources are at this moment. */
export function resourcesNow(es: Execution): Resources {
  return {
    settings: es.canister.settings,
    moduleBytes: es.moduleBytes,
    wasmBytes: wasmMemoryBytes(es),
    stableBytes: es.stable.bytes,
  };
}

/** The liquid balance as the canister may spend it: never negative — CHARGING.md, section 5. */
export function spendableBalance(es: Execution): bigint {
  const liquid = liquidBalance(es.profile, es.balance, es.canister.reservedBalance, resourcesNow(es));
  return liquid > 0n ? liquid : 0n;
}

/** Adds cycles to the balance; what is over 2^128 - 1 is lost. */
export function addToBalance(es: Execution, amount: bigint): void {
  es.balance += amount;
  if (es.balance <= MAX_CYCLES) return;
  es.cyclesLost += es.balance - MAX_CYCLES;
  es.balance = MAX_CYCLES;
}

/** Gives up the call under construction; its cycles come back — abstract-behavior.md, `discard_pending_call`. */
export function discardPendingCall(es: Execution): void {
  if (es.pendingCall === undefined) return;
  addToBalance(es, es.pendingCall.transferredCycles);
  es.pendingCall = undefined;
}
