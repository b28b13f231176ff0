// spec-shaped: a stopping canister without open call contexts is stopped — abstract-behavior.md, "Stopping a canister"

import { EMPTY_REPLY, reported, type World } from '../world.js';

/** Stops what can be stopped, and answers those who wait for it. @returns whether there was a canister */
export function finishStopping(w: World): boolean {
  const open = new Set([...w.draft.callContexts.values()].map(({ canister }) => canister));
  let any = false;
  for (const canister of [...w.draft.canisters.values()]) {
    if (canister.status.kind !== 'stopping' || open.has(canister.id)) continue;
    any = true;
    w.draft.put({ ...canister, status: { kind: 'stopped' }, version: canister.version + 1n });
    for (const request of canister.status.requests) w.log.ended.push({ request, response: reported(EMPTY_REPLY) });
  }
  return any;
}
