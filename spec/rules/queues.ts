// table: clauses — abstract-behavior.md#calls-and-messages, https-interface.md#ordering-guarantees
import { chapter, may, must } from './rule.js';

export const queues = chapter('queues', 'abstract-behavior.md#calls-and-messages', {
  'pair-order': must(
    ['order'],
    'Calls from one canister to another are executed in the order in which they were made.',
    {
      anchor: 'https-interface.md#ordering-guarantees',
    },
  ),
  'other-order': may(['order'], 'Calls of different pairs, and ingress messages, may be executed in any order.'),
  'responses-unordered': may(['order'], 'Responses may arrive in any order.'),
  'heartbeat-may-interleave': may(['order'], 'System tasks may run between any two messages.', {
    anchor: 'abstract-behavior.md#call-context-creation',
  }),
});
