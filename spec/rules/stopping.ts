// table: clauses — management-canister.md#ic-stop_canister, abstract-behavior.md
import { chapter, must } from './rule.js';

export const stopping = chapter('stopping', 'management-canister.md#ic-stop_canister', {
  'calls-rejected': must(
    ['response', 'cycles'],
    'Calls to a stopping or stopped canister are rejected with CANISTER_ERROR, their cycles refunded.',
    {
      anchor: 'abstract-behavior.md#calls-to-stoppedstopping-canisters-are-rejected',
    },
  ),
  'ingress-refused': must(['response'], 'A stopping or stopped canister takes no ingress messages.', {
    anchor: 'abstract-behavior.md#api-request-submission',
  }),
  'queries-rejected': must(['response'], 'Query calls to a stopping or stopped canister are rejected.', {
    anchor: 'abstract-behavior.md#query-call',
  }),
  'callbacks-still-run': must(['order'], 'A stopping canister still gets the responses to its calls.'),
  'stopped-without-contexts': must(
    ['response', 'value'],
    'It is stopped once it has no open call contexts; the stop then succeeds.',
  ),
  'already-stopped': must(['response'], 'Stopping a stopped canister succeeds at once.'),
  'started-cancels-stop': must(
    ['response'],
    'Starting a stopping canister makes it run; the pending stops are rejected.',
    {
      anchor: 'management-canister.md#ic-start_canister',
    },
  ),
  'start-running': must(['response'], 'Starting a running canister succeeds and changes nothing but the version.', {
    anchor: 'management-canister.md#ic-start_canister',
  }),
  'no-system-tasks': must(['order'], 'No heartbeat, timer or hook runs unless the canister is running.', {
    sameAs: ['heartbeat/only-when-running', 'global-timer/only-when-running', 'on-low-wasm-memory/only-when-running'],
    anchor: 'abstract-behavior.md#call-context-creation',
  }),
});
