// table: clauses — abstract-behavior.md#call-expiry
import { chapter, may, must } from './rule.js';

export const expiry = chapter('expiry', 'abstract-behavior.md#call-expiry', {
  'bounded-wait-only': must(
    ['response'],
    'Only bounded-wait calls expire; SYS_UNKNOWN never answers an unbounded-wait call.',
  ),
  'may-expire-early': may(['response'], 'A bounded-wait call may expire at any time, before its deadline too.'),
  'unknown-without-refund': must(['cycles'], 'SYS_UNKNOWN comes without a refund.'),
  'one-response': must(['order'], 'An expired call gets no other response.', {
    sameAs: ['calls/best-effort-one-response'],
  }),
  'late-response-dropped': must(['order', 'cycles'], 'What the callee responds later is dropped, its refund lost.', {
    anchor: 'abstract-behavior.md#message-timeout',
  }),
  'expired-message-not-executed': may(['order'], 'A call message that expired is executed or dropped.', {
    anchor: 'abstract-behavior.md#message-timeout',
  }),
});
