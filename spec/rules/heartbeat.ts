// table: clauses — canister-interface.md#heartbeat
import { ambiguous, chapter, informative, may, must } from './rule.js';

export const heartbeat = chapter('heartbeat', 'canister-interface.md#heartbeat', {
  scheduling: may(['order'], 'When, and how often, heartbeats run is up to the implementation.'),
  'no-argument': must(['trap'], 'A heartbeat has no argument.', { sameAs: ['availability/msg_arg_data_size'] }),
  'no-response': must(['trap'], 'A heartbeat cannot reply or reject.', { sameAs: ['responding/no-response-needed'] }),
  'may-call': must(['response', 'order'], 'A heartbeat can make calls.', { sameAs: ['availability/call_new'] }),
  'interval-informative': informative('The interval between heartbeats is not part of the specification.'),
  'only-when-running': must(['order'], 'A heartbeat runs only in a canister that is running.', {
    anchor: 'abstract-behavior.md#call-context-creation',
  }),
  'needs-export': ambiguous(12, ['order'], 'Timer, heartbeat and hook of a module that does not export them.', [
    'Nothing is scheduled; a due timer stays set (prose).',
    'The call context is created and the timer cleared all the same (formula of the abstract behaviour).',
  ]),
});
