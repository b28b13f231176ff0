// plumbing: bounded-wait calls that are executed although their callers were told that the deadline is over
import type { MessageId } from '../../spec/vocabulary/ids.js';
import type { Choice } from '../../spec/vocabulary/scenario.js';
import type { Assembly } from '../../reference-model/index.js';
import { rejectFor } from '../../reference-model/ic/world.js';

type Transitions = Assembly['transitions'];

/**
 * The calls of one run that have expired before they ran and are executed all the same: the caller has had SYS_UNKNOWN, the callee does not know —
 * abstract-behavior.md#call-expiry. There a call context can expire before its first execution; in the model the context and its first execution
 * are one transition, so a call that has expired before would be gone.
 */
export class LateCalls {
  readonly #late = new Set<MessageId>();

  /** @param executesExpired whether a call that expires before it has run is executed all the same; otherwise it is gone, as in the model */
  constructor(private readonly executesExpired: () => boolean) {}

  transitions(transitions: Transitions): Transitions {
    return {
      ...transitions,
      expireMessage: (w, id) => {
        const message = w.draft.messages.get(id);
        const origin = message?.kind === 'call' ? message.origin : undefined;
        if (message?.kind !== 'call' || origin?.kind !== 'canister' || !this.executesExpired()) {
          transitions.expireMessage(w, id);
          return;
        }
        this.#late.add(id);
        const { call, caller } = origin;
        w.draft.putMessage({ ...message, origin: { ...origin, expired: true } });
        transitions.respond(w, { kind: 'canister', call, caller, expired: false }, rejectFor(w.profile, 'expired'), 0n);
      },
    };
  }

  /** What may happen next: nothing expires twice. */
  possible(enabled: readonly Choice[]): readonly Choice[] {
    if (this.#late.size === 0) return enabled;
    return enabled.filter((choice) => choice.kind !== 'expire-message' || !this.#late.has(choice.message));
  }
}
