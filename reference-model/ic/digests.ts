// plumbing: the digest of a canister's state, and where the cycles of the subnet are

import { digestOf, emptySum } from '../../spec/vocabulary/digest.js';
import type { Cycles, Hex, Nanoseconds } from '../../spec/vocabulary/brands.js';
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

const digests = new WeakMap<Code, CodeDigest>();

function codeDigest(code: Code): CodeDigest {
  const known = digests.get(code);
  if (known !== undefined) return known;
  const { instance, module, stable } = code;
  instance.restore(code.wasmState);
  const dropped = instance.droppedSegments();
  const digest: CodeDigest = {
    moduleHash: module.hash,
    ...(code.wasmPages === undefined ? {} : { wasmPages: code.wasmPages }),
    wasmMemory: code.wasmPages === undefined ? NO_DIGEST : instance.memoryDigest(),
    stablePages: stable.pages,
    stableMemory: stable.digest(),
    globals: mutableGlobals(instance),
    tables: tableIndices(instance),
    droppedSegments: [dropped.data, dropped.elements],
  };
  digests.set(code, digest);
  return digest;
}

const canisterDigests = new WeakMap<Canister, CanisterDigest>();

/** Everything of a canister that another engine can be compared with. */
export function canisterDigest(state: SystemState, canister: Canister): CanisterDigest {
  let openCallContexts = 0;
  for (const context of state.callContexts.values()) if (context.canister === canister.id) openCallContexts++;
  const known = canisterDigests.get(canister);
  if (known?.openCallContexts === openCallContexts) return known;
  const digest: CanisterDigest = {
    canister: canister.id,
    status: canister.status.kind,
    version: canister.version,
    balance: canister.balance as Cycles,
    reservedBalance: canister.reservedBalance as Cycles,
    ...(canister.code === undefined ? NO_CODE : codeDigest(canister.code)),
    certifiedData: toHex(canister.certifiedData),
    globalTimer: canister.globalTimer as Nanoseconds,
    log: hexLog(canister.log),
    lowMemoryHook: canister.lowMemoryHook,
    openCallContexts,
  };
  canisterDigests.set(canister, digest);
  return digest;
}

const hexLogs = new WeakMap<readonly Uint8Array[], readonly Hex[]>();

/** The records as text. A log stays the same while nothing is written to it. */
function hexLog(log: readonly Uint8Array[]): readonly Hex[] {
  let texts = hexLogs.get(log);
  if (texts === undefined) hexLogs.set(log, (texts = log.map(toHex)));
  return texts;
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
