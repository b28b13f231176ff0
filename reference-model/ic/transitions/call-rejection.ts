// spec-shaped: calls that are rejected by rule before they run — abstract-behavior.md, "Calls to stopped/stopping canisters are rejected" and the two rules after it; CHARGING.md, section 3

import type { RejectCause } from '../../../spec/profiles/reject-causes.js';
import { MANAGEMENT_CANISTER } from '../../../spec/vocabulary/ids.js';
import { canPayForMessage } from '../charging.js';
import type { CallMessage } from '../state.js';
import type { World } from '../world.js';

/** Why a call does not run; undefined: it does. */
export function rejectionOf(w: World, call: CallMessage): RejectCause | undefined {
  if (call.callee === MANAGEMENT_CANISTER) return 'management-method';
  const callee = w.draft.canisters.get(call.callee);
  if (callee === undefined) return 'no-such-canister';
  if (callee.code === undefined) return 'empty-canister';
  if (callee.status.kind !== 'running') return 'not-running';
  const fromOther = call.origin.kind === 'canister' && call.caller !== call.callee;
  if (fromOther && call.transferredCycles < callee.settings.minimumIncomingCanisterCallCycles)
    return 'insufficient-cycles-attached';
  if (!canPayForMessage(w.profile, callee)) return 'frozen';
  return undefined;
}
