// spec-shaped: a stopped canister is deleted — abstract-behavior.md, "IC Management Canister: Canister deletion"

import type { StimulusOutcome } from '../../../spec/vocabulary/record.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import type { World } from '../world.js';
import { controlledCanister, rejected, replied } from './outcome.js';

/** Deletes the canister, and its cycles with it. */
export function deleteCanister(w: World, request: Extract<Stimulus, { kind: 'delete' }>): StimulusOutcome {
  const canister = controlledCanister(w, request.canister, request.sender);
  if (typeof canister === 'string') return rejected(w, canister);
  if (canister.status.kind !== 'stopped') return rejected(w, 'not-stopped');
  w.draft.book('lost', canister.balance + canister.reservedBalance);
  w.draft.removeCanister(canister.id);
  return replied;
}
