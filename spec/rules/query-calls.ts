// table: clauses — abstract-behavior.md#query-call
import { ambiguous, chapter, may, must } from './rule.js';

export const queryCalls = chapter('query-calls', 'abstract-behavior.md#query-call', {
  'reply-or-reject': must(['response'], 'A query call ends in a reply or a reject.'),
  'leaves-no-trace': must(['state'], 'A query call leaves no change of any canister.'),
  'no-cycles': must(['cycles'], 'A query call moves no cycles between balances.'),
  'no-response-rejected': must(['response'], 'A query method that does not respond is rejected with CANISTER_ERROR.'),
  'trap-rejected': must(['response'], 'A query method that traps is rejected with CANISTER_ERROR.'),
  'empty-rejected': must(['response'], 'A query call to an empty canister is rejected.'),
  'method-missing-rejected': must(
    ['response'],
    'A query call of a method that is neither query nor composite query is rejected.',
  ),
  'missing-before-frozen': must(
    ['response'],
    'Whether there is such a method is asked before whether the canister is frozen: a missing one is no SYS_TRANSIENT.',
  ),
  'sees-committed-state': must(['value'], 'A query sees the state that the updates before it committed.', {
    anchor: 'https-interface.md#http-query',
  }),
  'composite-depth': must(
    ['response'],
    'A composite query that calls deeper than the maximum is rejected with CANISTER_ERROR.',
  ),
  'composite-budget': must(
    ['response'],
    'A composite query that uses more than a query call may is rejected with CANISTER_ERROR.',
  ),
  'composite-stops-at-response': must(
    ['order'],
    'Once a composite query responded, its remaining calls are not evaluated.',
    {
      sameAs: ['calls/perform-zero-uninstalled'],
    },
  ),
  'composite-silent-rejected': must(
    ['response'],
    'A composite query whose calls are all done and which did not respond is rejected.',
  ),
  'composite-callee-caller': must(['value'], 'The callee sees the calling canister as its caller.', {
    sameAs: ['calls/caller-is-self'],
  }),
  'composite-callback-trap': must(
    ['response'],
    'A composite callback that trapped ends the evaluation with CANISTER_ERROR, unless its cleanup returned: then the remaining calls are evaluated.',
  ),
  'composite-cleanup': must(['order'], 'After a trapped composite callback its cleanup runs.', {
    sameAs: ['calls/cleanup-after-trap'],
    anchor: 'canister-interface.md#system-api-call',
  }),
  'composite-order': may(['order'], 'The calls of a composite query may be evaluated in any order.'),
  'composite-same-subnet': may(['response'], 'A composite query that calls to another subnet may be rejected.'),
  'read-state-paths': ambiguous(
    52,
    ['none'],
    'Whether read_state of /api_boundary_nodes and /canister_ranges is allowed.',
    ['Allowed.', 'Not allowed.'],
    {
      anchor: 'https-interface.md#http-read-state',
    },
  ),
  delegations: ambiguous(
    51,
    ['none'],
    'The largest number of delegations.',
    ['20 (HTTPS interface).', '4 (its schema).'],
    {
      anchor: 'https-interface.md#authentication',
    },
  ),
});
