// spec-shaped: when the low-memory hook is scheduled — abstract-behavior.md#rule-on-low-wasm-memory; READINGS.md, 8 and 9

import type { Principal } from '../../../spec/vocabulary/brands.js';
import { WASM_PAGE_BYTES } from '../stable-memory.js';
import { widthOf, type Canister } from '../state.js';
import type { World } from '../world.js';

/** Judges the condition again, after everything that may change it. */
export function scheduleLowMemoryHook(w: World, id: Principal): void {
  const canister = w.draft.canister(id);
  const { lowMemoryHook } = canister;
  const low = isLow(w, canister);
  if (low && lowMemoryHook === 'condition-not-satisfied') w.draft.put({ ...canister, lowMemoryHook: 'ready' });
  if (!low && lowMemoryHook !== 'condition-not-satisfied')
    w.draft.put({ ...canister, lowMemoryHook: 'condition-not-satisfied' });
}

function isLow(w: World, canister: Canister): boolean {
  const { wasmMemoryLimit, wasmMemoryThreshold } = canister.settings;
  const { wasm32Pages, wasm64Pages } = w.profile.limits;
  const page = BigInt(WASM_PAGE_BYTES);
  const most = (widthOf(canister) === 'i64' ? wasm64Pages : wasm32Pages) * page;
  const limit = wasmMemoryLimit > 0n ? wasmMemoryLimit : most;
  const remaining = limit - (canister.code?.wasmPages ?? 0n) * page;
  return (remaining > 0n ? remaining : 0n) < wasmMemoryThreshold;
}
