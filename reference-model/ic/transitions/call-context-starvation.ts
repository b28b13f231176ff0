// spec-shaped: a call that nobody can answer any more is rejected — abstract-behavior.md#rule-starvation

import { rejectFor, type World } from '../world.js';
import type { CallContextId } from '../../../spec/vocabulary/ids.js';

/** Call contexts that wait for a response. */
export function contextsWithCalls(w: World): ReadonlySet<CallContextId> {
  return new Set([...w.draft.calls.values()].map(({ context }) => context));
}

/** Answers every call context that needs to respond and has no call under way. @returns whether there was one */
export function rejectStarved(w: World): boolean {
  const waiting = contextsWithCalls(w);
  const starved = [...w.draft.callContexts.values()].filter(
    ({ id, needsToRespond }) => needsToRespond && !waiting.has(id),
  );
  for (const context of starved) {
    w.draft.putCallContext({ ...context, needsToRespond: false, availableCycles: 0n });
    const response = rejectFor(w.profile, context.trapped ? 'trapped' : 'did-not-respond');
    w.assembly.transitions.respond(w, context.origin, response, context.availableCycles);
  }
  return starved.length > 0;
}
