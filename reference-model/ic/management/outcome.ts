// plumbing: how a call to the management canister ends at once, and who may make it

import type { RejectCause } from '../../../spec/profiles/reject-causes.js';
import type { StimulusOutcome } from '../../../spec/vocabulary/record.js';
import type { Principal } from '../../../spec/vocabulary/brands.js';
import type { Canister } from '../state.js';
import { EMPTY_REPLY, rejectFor, reported, type World } from '../world.js';

/** The call succeeded and has nothing to say. */
export const replied: StimulusOutcome = { kind: 'responded', response: reported(EMPTY_REPLY) };

/** The call is rejected for a cause. */
export function rejected(w: World, cause: RejectCause): StimulusOutcome {
  return { kind: 'responded', response: reported(rejectFor(w.profile, cause)) };
}

/** The canister that its controller calls about, or why the call is rejected. */
export function controlledCanister(w: World, id: Principal, sender: Principal): Canister | RejectCause {
  const canister = w.draft.canisters.get(id);
  if (canister === undefined) return 'no-such-canister';
  if (!canister.settings.controllers.includes(sender)) return 'not-a-controller';
  return canister;
}
