// table: clauses — canister-interface.md#system-api-inspect-message
import { ambiguous, chapter, may, must } from './rule.js';

export const inspectMessage = chapter('inspect-message', 'canister-interface.md#system-api-inspect-message', {
  decides: must(['response'], 'canister_inspect_message decides whether an update call from a user is accepted.'),
  'empty-canister': must(['response'], 'An ingress message to an empty canister is refused.'),
  'not-running-or-frozen': ambiguous(
    59,
    ['response'],
    'An ingress message to a canister that has code and is stopping, stopped or frozen.',
    [
      'It is refused (abstract behaviour).',
      'It is accepted unless canister_inspect_message refuses it (interface text), and rejected when its turn comes.',
    ],
  ),
  'not-exported-accepts': must(['response'], 'Without canister_inspect_message the message is accepted.'),
  'method-name': must(['value'], 'msg_method_name_* is the name of the method called.'),
  'accept-accepts': must(
    ['response'],
    'The message is accepted if accept_message was called and the execution returned.',
  ),
  'accept-twice': must(['trap'], 'A second accept_message traps.'),
  'no-accept-refuses': must(['response'], 'Without accept_message the message is refused.'),
  'trap-refuses': must(
    ['response'],
    'If canister_inspect_message traps the message is refused, even after accept_message.',
  ),
  'changes-nothing': must(['state'], 'canister_inspect_message leaves no change of state.', {
    anchor: 'abstract-behavior.md#api-request-submission',
  }),
  'stale-state': may(['response'], 'The inspection may see a state that lacks earlier updates.'),
  'not-for-queries': must(['response'], 'It does not run for query calls.'),
  'not-for-calls': must(['response'], 'It does not run for inter-canister calls.'),
  'not-for-management': must(['response'], 'It does not run for calls to the management canister.'),
  'for-query-called-as-update': must(['response'], 'It runs for a query method that a user calls by an update call.'),
});
