// spec-shaped: a bounded-wait call expires — abstract-behavior.md#call-expiry

import type { CallContextId, MessageId } from '../../../spec/vocabulary/ids.js';
import { Crash } from '../../../spec/vocabulary/engine.js';
import { rejectFor, type World } from '../world.js';

/** The call or response message goes, with its cycles; the caller gets SYS_UNKNOWN. */
export function expireMessage(w: World, id: MessageId): void {
  const message = w.draft.messages.get(id);
  if (message === undefined) throw new Crash(`no message ${id}`);
  w.draft.removeMessage(id);
  w.draft.book('lost', message.kind === 'call' ? message.transferredCycles : message.refundedCycles);
  answerExpired(w, message.kind === 'call' ? message.id : message.to);
}

/** The caller of an open call context gets SYS_UNKNOWN; what the callee responds later is dropped. */
export function expireContext(w: World, id: CallContextId): void {
  const context = w.draft.callContext(id);
  const { origin } = context;
  if (origin.kind !== 'canister') throw new Crash(`call context ${id} does not expire`);
  w.draft.putCallContext({ ...context, origin: { ...origin, expired: true } });
  answerExpired(w, origin.call);
}

function answerExpired(w: World, callId: MessageId): void {
  const call = w.draft.calls.get(callId);
  if (call === undefined) throw new Crash(`no open call ${callId}`);
  // a response made by expiry does not expire again: its origin has no deadline
  const origin = { kind: 'canister', call: call.id, caller: call.caller, expired: false } as const;
  w.assembly.transitions.respond(w, origin, rejectFor(w.profile, 'expired'), 0n);
}
