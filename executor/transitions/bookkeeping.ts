// spec-shaped: what follows at once — abstract-behavior.md#rule-starvation, #call-context-removal, "Stopping a canister", "Canister out of cycles"
import { hex } from '../../spec/vocabulary/brands.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import { memorySizes } from '../cycles.js';
import { rejection, respondToContext, type Machine } from '../machine.js';
import type { Canister } from '../state.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';

/** One rule: applies itself wherever its condition holds. @returns whether anything changed */
export type Bookkeeping = (machine: Machine) => boolean;

/** A call context that needs to respond and never can is rejected. */
export const starvation: Bookkeeping = (machine) => {
  let changed = false;
  for (const context of machine.subnet.contexts.values()) {
    if (!context.needsToRespond || context.outstanding > 0) continue;
    machine.log.touched.add(context.canister);
    respondToContext(machine, context, rejection(machine, context.trapped ? 'trapped' : 'did-not-respond'));
    changed = true;
  }
  return changed;
};

/** A call context that has responded and waits for nothing is removed. */
export const removal: Bookkeeping = (machine) => {
  let changed = false;
  for (const context of machine.subnet.contexts.values()) {
    if (context.needsToRespond || context.outstanding > 0) continue;
    machine.subnet.contexts.delete(context.id);
    context.canister.contexts.delete(context.id);
    machine.log.touched.add(context.canister);
    changed = true;
  }
  return changed;
};

/** A stopping canister without call contexts is stopped; the stop requests end. */
export const stopped: Bookkeeping = (machine) => {
  let changed = false;
  for (const canister of machine.subnet.canisters.values()) {
    if (canister.status !== 'stopping' || canister.contexts.size > 0) continue;
    canister.status = 'stopped';
    canister.version += 1n;
    for (const request of canister.stopping)
      machine.log.ended.push({ request, response: { kind: 'reply', data: hex('') } });
    canister.stopping = [];
    machine.log.touched.add(canister);
    changed = true;
  }
  return changed;
};

/** A canister whose balance and reserved balance became 0 is uninstalled. */
export const outOfCycles: Bookkeeping = (machine) => {
  let changed = false;
  for (const canister of machine.subnet.canisters.values()) {
    const drained = canister.balance === 0n && canister.reserved === 0n;
    if (drained && !canister.drained) {
      empty(machine, canister, 'out-of-cycles');
      canister.settings = { ...canister.settings, computeAllocation: 0n, memoryAllocation: 0n };
      changed = true;
    }
    canister.drained = drained;
  }
  return changed;
};

/** Takes a canister's code and state; its open call contexts are rejected and deleted — abstract-behavior.md#rule-uninstall */
export function empty(machine: Machine, canister: Canister, cause: RejectCause): void {
  canister.instance?.memory?.release?.();
  canister.instance = undefined;
  canister.stable = machine.assembly.newStableMemory();
  canister.certifiedData = new Uint8Array(0);
  canister.globalTimer = 0n;
  canister.log = [];
  canister.version += 1n;
  machine.assembly.judgeLowMemory(machine, canister);
  machine.log.touched.add(canister);
  for (const context of canister.contexts.values()) {
    context.deleted = true;
    if (context.needsToRespond) respondToContext(machine, context, rejection(machine, cause));
  }
}

/** Judges the low-memory condition — abstract-behavior.md#rule-on-low-wasm-memory */
export function judgeLowMemory({ options: { profile } }: Machine, canister: Canister): void {
  const { wasmMemoryLimit, wasmMemoryThreshold } = canister.settings;
  const wide = canister.instance?.width === 'i64';
  const most = (wide ? profile.limits.wasm64Pages : profile.limits.wasm32Pages) * BigInt(WASM_PAGE_BYTES);
  const limit = wasmMemoryLimit > 0n ? wasmMemoryLimit : most;
  const used = memorySizes(canister).wasmPages * BigInt(WASM_PAGE_BYTES);
  const remaining = limit > used ? limit - used : 0n;
  if (remaining >= wasmMemoryThreshold) canister.hook = 'condition-not-satisfied';
  else if (canister.hook === 'condition-not-satisfied') canister.hook = 'ready';
}
