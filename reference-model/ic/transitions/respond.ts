// spec-shaped: a call is answered — abstract-behavior.md#rule-message-execution, "Respond to user request"

import { Crash } from '../../../spec/vocabulary/engine.js';
import type { Cycles } from '../../../spec/vocabulary/brands.js';
import type { CallOrigin, Response } from '../state.js';
import { reported, type World } from '../world.js';

/** Answers whoever waits; `refund` goes with it. */
export function respond(w: World, origin: CallOrigin, response: Response, refund: bigint): void {
  switch (origin.kind) {
    case 'user':
      // a user gets the response at once; users attach no cycles
      if (refund !== 0n) throw new Crash('cycles came with an ingress message');
      w.log.ended.push({ request: origin.request, response: reported(response) });
      return;
    case 'canister': {
      // a caller that had SYS_UNKNOWN hears nothing more
      if (origin.expired) {
        w.draft.book('lost', refund);
        return;
      }
      const id = w.draft.nextMessageId();
      const mayExpire = origin.deadline !== undefined;
      w.draft.putMessage({ kind: 'response', id, to: origin.call, response, refundedCycles: refund, mayExpire });
      w.log.messages.push({
        kind: 'response',
        id,
        to: origin.call,
        response: reported(response),
        refunded: refund as Cycles,
      });
      return;
    }
    case 'system-task':
      throw new Crash('a system task has nobody to respond to');
  }
}
