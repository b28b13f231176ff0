// plumbing: the digest of a canister's state, and where the cycles of the subnet are

import { digestOf, emptySum } from '../../spec/vocabulary/digest.js';
import type { Cycles, Hex, Nanoseconds, Principal } from '../../spec/vocabulary/brands.js';
import type { CanisterDigest, CyclesLedger } from '../../spec/vocabulary/record.js';
import type { Canister, Code, SystemState } from './state.js';
import { toHex } from './text.js';
import { mutableGlobals, tableIndices } from './wasm-adapter.js';

type CodeDigest = Pick<
  CanisterDigest,
  'moduleHash' | 'wasmPages' | 'wasmMemory' | 'stablePages' | 'stableMemory' | 'globals' | 'tables' | 'droppedSegments'
>;

const NO_DIGEST = digestOf(emptySum());
const NO_CODE: CodeDigest = {
  wasmMemory: NO_DIGEST,
  stablePages: 0n,
  stableMemory: NO_DIGEST,
  globals: [],
  tables: [],
  droppedSegments: [[], []],
};

/** The digest of a canister, and what it was taken of. */
interface Taken {
  readonly canister: Canister;
  readonly code: CodeDigest;
  readonly log: readonly Hex[];
  readonly digest: CanisterDigest;
}

/** The digests of the canisters of a subnet. What did not change since the last digest is taken over from there. */
export class Digests {
  readonly #latest = new Map<Principal, Taken>();

  /** Everything of a canister that another engine can be compared with. */
  of(state: SystemState, canister: Canister): CanisterDigest {
    let openCallContexts = 0;
    for (const context of state.callContexts.values()) if (context.canister === canister.id) openCallContexts++;
    const last = this.#latest.get(canister.id);
    if (last?.canister === canister && last.digest.openCallContexts === openCallContexts) return last.digest;
    const code = last !== undefined && last.canister.code === canister.code ? last.code : codeDigest(canister.code);
    // A log stays the same while nothing is written to it.
    const log = last !== undefined && last.canister.log === canister.log ? last.log : canister.log.map(toHex);
    const digest: CanisterDigest = {
      canister: canister.id,
      status: canister.status.kind,
      version: canister.version,
      balance: canister.balance as Cycles,
      reservedBalance: canister.reservedBalance as Cycles,
      ...code,
      certifiedData: toHex(canister.certifiedData),
      globalTimer: canister.globalTimer as Nanoseconds,
      log,
      lowMemoryHook: canister.lowMemoryHook,
      openCallContexts,
    };
    this.#latest.set(canister.id, { canister, code, log, digest });
    return digest;
  }
}

function codeDigest(code: Code | undefined): CodeDigest {
  if (code === undefined) return NO_CODE;
  const { instance, module, stable } = code;
  instance.restore(code.wasmState);
  const dropped = instance.droppedSegments();
  return {
    moduleHash: module.hash,
    ...(code.wasmPages === undefined ? {} : { wasmPages: code.wasmPages }),
    wasmMemory: code.wasmPages === undefined ? NO_DIGEST : instance.memoryDigest(),
    stablePages: stable.pages,
    stableMemory: stable.digest(),
    globals: mutableGlobals(instance),
    tables: tableIndices(instance),
    droppedSegments: [dropped.data, dropped.elements],
  };
}

/** Where cycles are, and where they went. */
export function cyclesLedger(state: SystemState): CyclesLedger {
  const sum = <T>(values: Iterable<T>, amount: (value: T) => bigint): bigint => {
    let total = 0n;
    for (const value of values) total += amount(value);
    return total;
  };
  const { putIn, burned, charged, lost } = state.totals;
  return {
    putIn,
    balances: sum(state.canisters.values(), ({ balance }) => balance),
    reserved: sum(state.canisters.values(), ({ reservedBalance }) => reservedBalance),
    inMessages: sum(state.messages.values(), (message) =>
      message.kind === 'call' ? message.transferredCycles : message.refundedCycles,
    ),
    inCallContexts: sum(state.callContexts.values(), ({ availableCycles }) => availableCycles),
    setAside: sum(state.calls.values(), ({ setAside }) => setAside),
    burned,
    charged,
    lost,
  };
}
