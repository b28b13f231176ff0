// spec-shaped: accepted plus refunded is what was attached — canister-interface.md#system-api-cycles
import type { CallContextId, MessageId } from '../../../spec/vocabulary/ids.js';
import { REJECT_CODES } from '../../../spec/reject-codes.js';
import type { Law } from '../law.js';

const RULE = 'cycles/accepted-plus-refunded';

/** For every call that is answered by anything but SYS_UNKNOWN. */
export const refunds: Law = {
  name: 'refunds',
  clauses: [RULE],
  judge: (bench) => {
    const attached = new Map<MessageId, bigint>();
    const contextOfCall = new Map<MessageId, CallContextId>();
    const accepted = new Map<CallContextId, bigint>();
    return {
      transition: ({ record }) => {
        const { cause, executions, messages } = record;
        for (const execution of executions) {
          const { callContext } = execution;
          if (callContext !== undefined) {
            if (cause.kind === 'execute') contextOfCall.set(cause.message, callContext);
            accepted.set(callContext, (accepted.get(callContext) ?? 0n) + execution.accepted);
          }
          for (const call of execution.calls) attached.set(call.message, call.cycles);
        }
        for (const message of messages) {
          if (message.kind !== 'response') continue;
          const { response, to, refunded } = message;
          if (response.kind === 'reject' && response.code === REJECT_CODES.SYS_UNKNOWN) continue;
          const amount = attached.get(to);
          if (amount === undefined) continue;
          const context = contextOfCall.get(to);
          const taken = context === undefined ? 0n : (accepted.get(context) ?? 0n);
          bench.check(RULE);
          if (taken + refunded === amount) continue;
          bench.violate({
            rule: RULE,
            tier: 'spec',
            kind: 'refunded',
            expected: `${amount - taken} cycles refunded: ${amount} were attached, ${taken} accepted`,
            actual: `${refunded} cycles refunded with response ${message.id} to call ${to}`,
          });
        }
      },
    };
  },
};
