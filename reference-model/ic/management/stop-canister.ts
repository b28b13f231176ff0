// spec-shaped: a canister is stopped — abstract-behavior.md, "IC Management Canister: Stopping a canister"

import type { StimulusOutcome } from '../../../spec/vocabulary/record.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import { EMPTY_REPLY, reported, type World } from '../world.js';
import { controlledCanister, rejected } from './outcome.js';

/** Takes in a request to stop, which ends when the canister is stopped. */
export function stopCanister(w: World, stimulus: Extract<Stimulus, { kind: 'stop' }>): StimulusOutcome {
  const canister = controlledCanister(w, stimulus.canister, stimulus.sender);
  if (typeof canister === 'string') return rejected(w, canister);
  const request = w.draft.nextRequestId();
  const version = canister.version + 1n;
  switch (canister.status.kind) {
    case 'running':
      w.draft.put({ ...canister, version, status: { kind: 'stopping', requests: [request] } });
      break;
    case 'stopping': {
      const requests = [...canister.status.requests, request];
      w.draft.put({ ...canister, version, status: { kind: 'stopping', requests } });
      break;
    }
    case 'stopped':
      w.draft.put({ ...canister, version });
      w.log.ended.push({ request, response: reported(EMPTY_REPLY) });
      break;
  }
  return { kind: 'accepted', request };
}
