// spec-shaped: the system rejects a call of its own accord — abstract-behavior.md#request-rejection

import type { MessageId } from '../../../spec/vocabulary/ids.js';
import { Crash } from '../../../spec/vocabulary/engine.js';
import { rejectFor, type World } from '../world.js';

/** Rejects a call message that has not been executed. @param code SYS_FATAL or SYS_TRANSIENT */
export function rejectSpontaneously(w: World, id: MessageId, code: number): void {
  const message = w.draft.messages.get(id);
  if (message?.kind !== 'call') throw new Crash(`no call message ${id}`);
  w.draft.removeMessage(id);
  w.assembly.transitions.respond(
    w,
    message.origin,
    rejectFor(w.profile, 'spontaneous', code),
    message.transferredCycles,
  );
}
