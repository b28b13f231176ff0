// spec-shaped: a canister loses its code, and the calls to it that are open are rejected — abstract-behavior.md#rule-uninstall

import type { Principal } from '../../../spec/vocabulary/brands.js';
import type { RejectCause } from '../../../spec/profiles/reject-causes.js';
import { rejectFor, type World } from '../world.js';

/** Uninstalls a canister for a cause that its callers are told. */
export function emptyCanister(w: World, id: Principal, cause: RejectCause): void {
  const canister = w.draft.canister(id);
  w.draft.put({
    ...canister,
    code: undefined,
    certifiedData: new Uint8Array(),
    globalTimer: 0n,
    log: [],
    version: canister.version + 1n,
  });
  // its memory is gone
  w.assembly.transitions.scheduleLowMemoryHook(w, id);
  for (const context of [...w.draft.callContexts.values()]) {
    if (context.canister !== id) continue;
    w.draft.putCallContext({ ...context, deleted: true, needsToRespond: false, availableCycles: 0n });
    if (context.needsToRespond)
      w.assembly.transitions.respond(w, context.origin, rejectFor(w.profile, cause), context.availableCycles);
  }
}
