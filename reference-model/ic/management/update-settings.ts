// spec-shaped: settings are changed — abstract-behavior.md, "IC Management Canister: Changing settings"

import type { StimulusOutcome } from '../../../spec/vocabulary/record.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import { liquidBalanceOf, resourcesOf } from '../charging.js';
import { changedSettings } from '../settings.js';
import type { World } from '../world.js';
import { controlledCanister, rejected, replied } from './outcome.js';

/** Changes the settings that are given; nothing changes when one of them is not valid. */
export function updateSettings(w: World, request: Extract<Stimulus, { kind: 'update-settings' }>): StimulusOutcome {
  const canister = controlledCanister(w, request.canister, request.sender);
  if (typeof canister === 'string') return rejected(w, canister);
  const old = canister.settings;
  const settings = changedSettings(w.profile, old, request.settings);
  if (settings === undefined) return rejected(w, 'invalid-settings');
  // the limits that would hold, given now or before
  const { wasmMemoryLimit, reservedCyclesLimit } = settings;
  if (wasmMemoryLimit > 0n && resourcesOf(canister).wasmBytes > wasmMemoryLimit) return rejected(w, 'invalid-settings');
  if (canister.reservedBalance > reservedCyclesLimit) return rejected(w, 'invalid-settings');
  const changed = { ...canister, settings, version: canister.version + 1n };
  const allocates =
    settings.computeAllocation > old.computeAllocation || settings.memoryAllocation > old.memoryAllocation;
  if (allocates && liquidBalanceOf(w.profile, changed) < 0n) return rejected(w, 'frozen');
  w.draft.put(changed);
  w.assembly.transitions.scheduleLowMemoryHook(w, canister.id);
  return replied;
}
