// table: clauses — canister-interface.md#callbacks
import { chapter, must } from './rule.js';

export const callbacks = chapter('callbacks', 'canister-interface.md#callbacks', {
  'by-table-index': must(['order'], 'A callback is addressed by its index in the table.', {
    sameAs: ['calls/callback-table-index'],
  }),
  'table-type': must(['trap'], 'The table entry must be a function of type (env : I) -> ().', {
    sameAs: ['entry-points/callback', 'calls/callback-type'],
  }),
  'judged-at-response': must(
    ['order', 'trap'],
    'Index and type are judged when the response arrives, against the table as it is then, not at call_new.',
    { sameAs: ['calls/callback-read-at-response'] },
  ),
  'reply-argument': must(['value'], 'In a reply callback the argument is the reply.', {
    sameAs: ['method-arguments/reply-is-argument', 'calls/reply-readable'],
  }),
  'reject-no-argument': must(['trap'], 'In a reject callback there is no argument.', {
    sameAs: ['availability/msg_arg_data_size'],
  }),
});
