// spec-shaped: settings are changed — abstract-behavior.md#ic-management-canister-changing-settings
import type { StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import { memorySizes } from '../cycles.js';
import type { Machine } from '../machine.js';
import { asController, refused, REPLIED } from './access.js';
import { changedSettings } from './settings.js';

export function updateSettings(
  machine: Machine,
  stimulus: Extract<Stimulus, { kind: 'update-settings' }>,
): StimulusOutcome {
  return asController(machine, stimulus, (canister) => {
    const old = canister.settings;
    const settings = changedSettings(machine.options.profile, old, stimulus.settings);
    if (settings === undefined) return refused(machine, 'invalid-settings');
    const used = memorySizes(canister).wasmPages * BigInt(WASM_PAGE_BYTES);
    if (settings.wasmMemoryLimit > 0n && used > settings.wasmMemoryLimit) return refused(machine, 'invalid-settings');

    // A larger allocation must leave the canister unfrozen.
    canister.settings = settings;
    const larger =
      settings.computeAllocation > old.computeAllocation || settings.memoryAllocation > old.memoryAllocation;
    if (larger && machine.fees.liquid(canister) < 0n) {
      canister.settings = old;
      return refused(machine, 'frozen');
    }
    canister.version += 1n;
    machine.assembly.judgeLowMemory(machine, canister);
    return REPLIED;
  });
}
