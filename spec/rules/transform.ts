// table: clauses — management-canister.md#ic-http_request
import { chapter, must } from './rule.js';

export const transform = chapter('transform', 'management-canister.md#ic-http_request', {
  'query-method': must(
    ['response'],
    'The transform of an HTTP outcall is a query method of the canister that makes the outcall.',
  ),
  'leaves-no-trace': must(['state'], 'A transform leaves no change of state.'),
  argument: must(['value'], 'It sees the response and its context as argument.'),
});
