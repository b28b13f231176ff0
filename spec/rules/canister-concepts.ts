// table: clauses — canister-smart-contracts.md
import { ambiguous, chapter, informative, may, must } from './rule.js';

export const canisterConcepts = chapter('canister-concepts', 'canister-smart-contracts.md#canister-smart-contracts', {
  'unique-id': must(['value'], 'Each canister has an id of its own; messages are routed by it.', {
    anchor: 'canister-smart-contracts.md#canister-id',
  }),
  'one-at-a-time': must(['order'], 'A canister executes one message at a time.', {
    anchor: 'canister-smart-contracts.md#input-queue',
  }),
  'queue-order': ambiguous(
    47,
    ['order'],
    'The order of messages in the input queue.',
    [
      'Up to the implementation, not necessarily first in first out (concepts page).',
      'Calls from one canister to another keep their order (HTTPS interface).',
    ],
    { anchor: 'canister-smart-contracts.md#input-queue' },
  ),
  'wasm-memory-automatic': must(
    ['state'],
    'Wasm memory persists between messages without the canister doing anything.',
    {
      anchor: 'canister-smart-contracts.md#canister-storage',
    },
  ),
  'stable-memory-beyond-4gib': must(['value'], 'Stable memory is 64-bit and may exceed 4 GiB.', {
    anchor: 'canister-smart-contracts.md#canister-storage',
  }),
  'success-commits': must(['state'], 'After a successful execution all changes of memory are committed.', {
    sameAs: ['atomicity/returned-commits'],
    anchor: 'canister-smart-contracts.md#canister-storage',
  }),
  'failure-commits-nothing': must(['state'], 'After a failed execution no change is committed.', {
    sameAs: ['atomicity/any-trap'],
    anchor: 'canister-smart-contracts.md#canister-storage',
  }),
  'upgrade-clears-wasm-memory': must(['state'], 'An upgrade clears the Wasm memory (unless it is kept).', {
    sameAs: ['upgrades/wasm-memory-replaced'],
    anchor: 'canister-smart-contracts.md#canister-storage',
  }),
  'upgrade-keeps-stable-memory': must(['state'], 'An upgrade keeps the stable memory.', {
    sameAs: ['upgrades/stable-memory-kept'],
    anchor: 'canister-smart-contracts.md#canister-storage',
  }),
  'calls-leave-after-success': must(
    ['order'],
    'Messages to other canisters are sent after a successful execution only.',
    {
      sameAs: ['calls/perform-queues', 'atomicity/calls'],
      anchor: 'canister-smart-contracts.md#output-queue',
    },
  ),
  'call-is-two-messages': must(['order'], 'A call is a call message and a response message.', {
    anchor: 'canister-smart-contracts.md#output-queue',
  }),
  'failed-executions-charged': must(['cycles'], 'Successful and failed executions are both charged.', {
    anchor: 'canister-smart-contracts.md#cycles-balance',
  }),
  'cost-by-instructions': must(['cycles'], 'The cost depends on number and kind of the instructions executed.', {
    anchor: 'canister-smart-contracts.md#cycles-balance',
  }),
  'controllers-only': must(['response'], 'Only controllers stop, start, upgrade and otherwise manage a canister.', {
    anchor: 'canister-smart-contracts.md#controllers',
    sameAs: ['management/controllers-only'],
  }),
  'canisters-as-controllers': must(['response', 'value'], 'Users and canisters can be controllers.', {
    anchor: 'canister-smart-contracts.md#controllers',
  }),
  'no-controllers-immutable': must(['response'], 'Without controllers the code of a canister cannot be changed.', {
    anchor: 'canister-smart-contracts.md#controllers',
  }),
  'settings-by-controllers': must(['response'], 'Controllers can change the settings.', {
    anchor: 'canister-smart-contracts.md#settings',
  }),
  'frozen-executes-nothing': ambiguous(
    49,
    ['order'],
    'What a frozen canister executes.',
    ['No messages (concepts page).', 'No new messages, but response callbacks (abstract behaviour).'],
    { anchor: 'canister-smart-contracts.md#settings' },
  ),
  'own-storage': must(['state'], 'A canister changes only its own state; others through messages.', {
    anchor: 'canister-smart-contracts.md#canisters-as-actors',
  }),
  'balance-not-writable': must(['cycles'], 'A canister cannot change its balance directly.', {
    anchor: 'canister-smart-contracts.md#canisters-as-os-processes',
  }),
  'concurrent-canisters': may(['order'], 'Different canisters may execute concurrently.', {
    anchor: 'canister-smart-contracts.md#canisters-as-actors',
  }),
  analogies: informative('Comparisons with actors, processes and module instances.'),
});
