// spec-shaped: a canister is started — abstract-behavior.md, "IC Management Canister: Starting a canister"

import type { StimulusOutcome } from '../../../spec/vocabulary/record.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import { rejectFor, reported, type World } from '../world.js';
import { controlledCanister, rejected, replied } from './outcome.js';

/** The canister runs again; requests to stop it that wait are rejected. */
export function startCanister(w: World, request: Extract<Stimulus, { kind: 'start' }>): StimulusOutcome {
  const canister = controlledCanister(w, request.canister, request.sender);
  if (typeof canister === 'string') return rejected(w, canister);
  w.draft.put({ ...canister, status: { kind: 'running' }, version: canister.version + 1n });
  if (canister.status.kind === 'stopping')
    for (const waiting of canister.status.requests)
      w.log.ended.push({ request: waiting, response: reported(rejectFor(w.profile, 'not-running')) });
  return replied;
}
