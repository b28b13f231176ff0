// spec-shaped: settings are changed — abstract-behavior.md#ic-management-canister-changing-settings
import type { StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import type { Machine } from '../machine.js';
import { asController, refused, REPLIED } from './access.js';
import { changedSettings, refusalOf } from './settings.js';

/** Changes settings as a whole or not at all; for controllers. */
export function updateSettings(
  machine: Machine,
  stimulus: Extract<Stimulus, { kind: 'update-settings' }>,
): StimulusOutcome {
  return asController(machine, stimulus, (canister) => {
    const old = canister.settings;
    const settings = changedSettings(machine.options.profile, old, stimulus.settings);
    if (settings === undefined) return refused(machine, 'invalid-settings');
    canister.settings = settings;
    const cause = refusalOf(machine, canister, old);
    if (cause !== undefined) {
      canister.settings = old;
      return refused(machine, cause);
    }
    canister.version += 1n;
    machine.assembly.judgeLowMemory(machine, canister);
    return REPLIED;
  });
}
