// table: clauses — canister-interface.md#system-api-requests
import { ambiguous, chapter, informative, must } from './rule.js';

export const publicMethods = chapter('public-methods', 'canister-interface.md#system-api-requests', {
  'method-by-export': must(
    ['response'],
    'A public method N is an export canister_update N, canister_query N or canister_composite_query N.',
  ),
  'kind-by-export': must(['response'], 'The export name says which kind of method it is.'),
  'names-are-text': must(['response'], 'A method name is any text: empty, with spaces, not ASCII.'),
  'exactly-one-space': must(
    ['response'],
    'Exactly one space separates the prefix from the name; a second space belongs to the name.',
  ),
  'argument-on-demand': must(['value'], 'The argument reaches the canister only through the System API, on demand.', {
    sameAs: ['method-arguments/argument'],
  }),
  'responds-eventually': informative('A method will eventually want to reply or reject.'),
  'missing-method': ambiguous(
    34,
    ['response'],
    'The reject code for a method that does not exist, an empty callee, and a callee both stopped and frozen.',
    [
      'Missing method: CANISTER_ERROR.',
      'Missing method: DESTINATION_INVALID.',
      'Empty callee: any system or canister error code.',
      'Stopped and frozen: CANISTER_ERROR or SYS_TRANSIENT.',
    ],
  ),
  'missing-method-rejected': must(['response'], 'A call of a method that is not exported is rejected.', {
    anchor: 'abstract-behavior.md#call-context-creation',
  }),
});
