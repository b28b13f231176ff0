// plumbing: the state of one canister as others can compare it, and where the cycles are
import { hexOfBlob } from './blob.js';
import { nanoseconds, type Cycles } from '../spec/vocabulary/brands.js';
import { digestOf, emptySum } from '../spec/vocabulary/digest.js';
import type { CanisterDigest, CyclesLedger } from '../spec/vocabulary/record.js';
import type { Draft } from './draft.js';
import type { Canister, Subnet } from './state.js';

const NO_BYTES = digestOf(emptySum());

/** The digest of a canister between transitions. */
export function digestOfCanister(canister: Canister): CanisterDigest {
  const { instance, stable } = canister;
  const memory = instance?.memory;
  const digest: Draft<CanisterDigest> = {
    canister: canister.id,
    status: canister.status,
    version: canister.version,
    balance: canister.balance as Cycles,
    reservedBalance: canister.reserved as Cycles,
    wasmMemory: memory?.digest() ?? NO_BYTES,
    stablePages: stable.size,
    stableMemory: stable.digest(),
    globals: instance?.globals() ?? [],
    tables: instance?.tables() ?? [],
    droppedSegments: instance?.droppedSegments() ?? [[], []],
    certifiedData: hexOfBlob(canister.certifiedData),
    globalTimer: nanoseconds(canister.globalTimer),
    log: canister.log.map(hexOfBlob),
    lowMemoryHook: canister.hook,
    openCallContexts: canister.contexts.size,
  };
  if (instance !== undefined) digest.moduleHash = instance.compiled.hash;
  if (memory !== undefined) digest.wasmPages = memory.committedPages;
  return digest;
}

/** Where all cycles are. */
export function ledgerOf({ canisters, messages, contexts, calls, totals }: Subnet): CyclesLedger {
  let balances = 0n;
  let reserved = 0n;
  let inMessages = 0n;
  let inCallContexts = 0n;
  let setAside = 0n;
  for (const canister of canisters.values()) {
    balances += canister.balance;
    reserved += canister.reserved;
  }
  for (const message of messages.values()) inMessages += message.kind === 'call' ? message.cycles : message.refunded;
  for (const context of contexts.values()) inCallContexts += context.available;
  for (const call of calls) setAside += call.setAside;
  const { putIn, burned, charged, lost } = totals;
  return { putIn, burned, charged, lost, balances, reserved, inMessages, inCallContexts, setAside };
}
