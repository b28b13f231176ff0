// spec-shaped: code is uninstalled — abstract-behavior.md#rule-uninstall

import type { StimulusOutcome } from '../../../spec/vocabulary/record.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import type { World } from '../world.js';
import { controlledCanister, rejected, replied } from './outcome.js';

/** Makes the canister empty; the calls to it that are open are rejected. */
export function uninstallCode(w: World, request: Extract<Stimulus, { kind: 'uninstall' }>): StimulusOutcome {
  const canister = controlledCanister(w, request.canister, request.sender);
  if (typeof canister === 'string') return rejected(w, canister);
  w.assembly.transitions.emptyCanister(w, canister.id, 'uninstalled');
  return replied;
}
