// table: clauses — abstract-behavior.md, call contexts and the life of a call
import { ambiguous, chapter, may, must } from './rule.js';

const STARVATION = 'abstract-behavior.md#rule-starvation';
const EXECUTION = 'abstract-behavior.md#rule-message-execution';
const INVOCATION = 'abstract-behavior.md#callback-invocation';

export const callContexts = chapter('call-contexts', 'abstract-behavior.md#call-contexts', {
  'one-response': must(['response'], 'Every call gets exactly one response in the end.', {
    sameAs: ['responding/at-most-one-response'],
  }),
  'starvation-rejects': must(
    ['response'],
    'A call whose context waits for nothing more and has not been answered is rejected with CANISTER_ERROR.',
    { anchor: STARVATION },
  ),
  'starvation-after-trap': must(
    ['response'],
    'So a trapped method without calls under way is answered with CANISTER_ERROR.',
    {
      anchor: STARVATION,
    },
  ),
  'starvation-without-response': must(
    ['response'],
    'So is a method that returned without a response and without calls.',
    {
      anchor: STARVATION,
    },
  ),
  'starvation-refunds': must(['cycles'], 'The cycles that the context still holds go back with that reject.', {
    anchor: STARVATION,
  }),
  'no-starvation-with-calls': must(
    ['response', 'order'],
    'While a call of the context is under way it is not rejected for silence.',
    {
      anchor: STARVATION,
    },
  ),
  'response-after-trap': must(
    ['response'],
    'After a trapped execution a later callback of the context can still respond.',
    {
      anchor: EXECUTION,
    },
  ),
  'available-in-context': must(
    ['cycles'],
    'The attached cycles belong to the call context until they are accepted or refunded.',
    {
      anchor: EXECUTION,
    },
  ),
  'none-available-after-response': must(['cycles'], 'A context that has responded holds no cycles.', {
    anchor: 'abstract-behavior.md#invariants',
  }),
  'callback-per-response': must(['order'], 'Each response runs one callback in the context that made the call.', {
    anchor: INVOCATION,
  }),
  'refund-before-callback': must(['cycles'], 'The refund is added to the balance before the callback runs.', {
    sameAs: ['cycles/refunded-in-balance'],
    anchor: INVOCATION,
  }),
  'deleted-no-callback': must(
    ['order', 'cycles'],
    'A response for a deleted context runs nothing; the refund and what was set aside are added to the balance.',
    {
      anchor: INVOCATION,
    },
  ),
  'spontaneous-reject': may(
    ['response'],
    'A call message may be rejected at any time before a call context exists; the attached cycles come back.',
    {
      anchor: 'abstract-behavior.md#request-rejection',
    },
  ),
  'spontaneous-reject-code': ambiguous(
    32,
    ['response'],
    'The code of a spontaneous reject.',
    [
      'Any code (abstract behaviour).',
      'SYS_FATAL or SYS_TRANSIENT, never SYS_UNKNOWN for unbounded-wait calls (HTTPS interface).',
    ],
    { anchor: 'abstract-behavior.md#request-rejection' },
  ),
});
