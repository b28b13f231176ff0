// table: clauses — canister-interface.md#callbacks
import { ambiguous, chapter, must } from './rule.js';

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
  'width-changed': ambiguous(
    58,
    ['value', 'trap'],
    'The env of a call after an upgrade or a reinstallation to the other pointer width.',
    ['The same number; from 64 to 32 bits the low 32 bits.', 'A callback that cannot have the number traps.'],
  ),
  'reply-argument': must(['value'], 'In a reply callback the argument is the reply.', {
    sameAs: ['method-arguments/reply-is-argument', 'calls/reply-readable'],
  }),
  'reject-no-argument': must(['trap'], 'In a reject callback there is no argument.', {
    sameAs: ['availability/msg_arg_data_size'],
  }),
});
