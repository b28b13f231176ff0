// table: clauses — abstract-behavior.md#rule-message-execution
import { ambiguous, chapter, must } from './rule.js';

export const messageExecution = chapter('message-execution', 'abstract-behavior.md#rule-message-execution', {
  'trap-discards': must(
    ['state'],
    'If the execution traps, the message is gone and every change of state is discarded.',
    {
      sameAs: ['atomicity/any-trap'],
    },
  ),
  'trap-charges': must(['cycles'], 'What the trapped execution used is charged, at most what was reserved for it.', {
    sameAs: ['canister-concepts/failed-executions-charged'],
  }),
  'charge-bounded': must(['cycles'], 'An execution is charged between nothing and what was reserved for it.'),
  'query-changes-nothing': must(
    ['state'],
    'A replicated query keeps response and accepted cycles, and no change of state.',
  ),
  'balance-suffices': must(
    ['trap'],
    'An execution after which the liquid balance would be negative traps; callbacks only where the balance would be.',
  ),
  'one-at-a-time': must(['order'], 'Executions of one canister do not overlap.', {
    sameAs: ['canister-concepts/one-at-a-time'],
  }),
  'calls-in-order': must(['order'], 'The calls of an execution are queued in the order of call_perform.'),
  'wasm-memory-limit': must(
    ['trap'],
    'An update that leaves the Wasm memory larger than a non-zero wasm_memory_limit traps.',
  ),
  'wasm-memory-limit-when': ambiguous(40, ['trap', 'value'], 'What exceeds wasm_memory_limit.', [
    'An operation that makes the memory exceed it fails (management canister).',
    'The size at the end of an update (abstract behaviour).',
  ]),
  'sender-canister-version': ambiguous(36, ['response', 'trap'], 'A sender_canister_version that does not match.', [
    'The call is rejected (management canister).',
    'The calling execution traps (abstract behaviour).',
  ]),
  'instruction-limit': must(['trap'], 'An execution that uses more instructions than it may traps.', {
    anchor: 'resource-limits.md#instruction-limits',
  }),
});
