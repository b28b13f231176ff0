// spec-shaped: call contexts that have nothing left to do go — abstract-behavior.md#call-context-removal

import type { World } from '../world.js';
import { contextsWithCalls } from './call-context-starvation.js';

/** Removes every call context that needs not respond and has no call under way. @returns whether there was one */
export function removeCallContexts(w: World): boolean {
  const waiting = contextsWithCalls(w);
  const done = [...w.draft.callContexts.values()].filter(
    ({ id, needsToRespond }) => !needsToRespond && !waiting.has(id),
  );
  for (const { id } of done) w.draft.removeCallContext(id);
  return done.length > 0;
}
