// table: clauses of atomicity, one for each entry point and each kind of effect — canister-interface.md#entry-points
import { ambiguous, chapter, must } from './rule.js';

const AB = 'abstract-behavior.md#rule-message-execution';

export const atomicity = chapter('atomicity', 'canister-interface.md#entry-points', {
  'any-trap': must(
    ['state', 'response'],
    'A trap for any reason in any entry point discards all changes to the WebAssembly state and all effects of system calls.',
    { sameAs: ['canister-concepts/failure-commits-nothing', 'message-execution/trap-discards'] },
  ),
  update: must(['state', 'response'], 'A trapping update leaves nothing behind.'),
  'replicated-query': must(['state', 'response'], 'A trapping replicated query leaves nothing behind.'),
  'reply-callback': must(['state', 'response'], 'A trapping reply callback leaves nothing behind.'),
  'reject-callback': must(['state', 'response'], 'A trapping reject callback leaves nothing behind.'),
  cleanup: must(['state', 'response'], 'A trapping cleanup callback leaves nothing behind.', {
    sameAs: ['calls/cleanup-trap-discards'],
  }),
  heartbeat: must(['state'], 'A trapping heartbeat leaves nothing behind.'),
  'global-timer': must(['state'], 'A trapping global timer leaves nothing behind.'),
  'on-low-wasm-memory': must(['state'], 'A trapping low-memory hook leaves nothing behind.'),
  init: must(['state'], 'A trap in start or canister_init leaves the canister as it was before the installation.', {
    sameAs: ['initialization/trap-reverts'],
  }),
  upgrade: must(
    ['state'],
    'pre_upgrade, start and post_upgrade are one unit: a trap in any of them leaves the canister as it was before the upgrade.',
    { sameAs: ['upgrades/atomic'] },
  ),
  'composite-query': must(
    ['response'],
    'A trap in a composite query ends in a reject; a trap in a query, or in one of its callbacks, leaves nothing.',
  ),
  'wasm-memory': must(['state'], 'Writes to the Wasm memory of a trapped execution are undone.'),
  'wasm-memory-size': must(['state'], 'Growth of the Wasm memory in a trapped execution is undone.'),
  'stable-memory': must(['state'], 'Writes to the stable memory of a trapped execution are undone.'),
  'stable-memory-size': must(['state'], 'Growth of the stable memory in a trapped execution is undone.'),
  globals: must(['state'], 'Changes of globals in a trapped execution are undone.'),
  'tables-and-segments': ambiguous(44, ['state'], 'Whether tables and dropped segments are state between messages.', [
    'They are WebAssembly state: kept between messages, and undone by a trap (interface text).',
    'They are not part of the state of a canister (abstract behaviour).',
  ]),
  'certified-data': must(['state'], 'certified_data_set of a trapped execution has no effect.'),
  'global-timer-value': must(['state'], 'global_timer_set of a trapped execution has no effect.'),
  response: must(['response'], 'msg_reply and msg_reject of a trapped execution have no effect.'),
  calls: must(['response', 'order'], 'Calls performed in a trapped execution are never sent.', {
    sameAs: ['canister-concepts/calls-leave-after-success'],
  }),
  cycles: must(
    ['cycles'],
    'Cycles accepted, attached or burned in a trapped execution are where they were before; only a charge may remain.',
  ),
  version: must(['value'], 'A trapped execution is not a reason to increment the canister version.', { anchor: AB }),
  'attached-cycles-stay': must(
    ['cycles'],
    'After a trap the call context still holds the cycles that came with the call; later callbacks can accept them, and the end refunds them.',
    { anchor: AB },
  ),
  'timer-stays-off': must(
    ['order'],
    'A timer that was deactivated to run stays deactivated when the timer execution traps.',
    {
      sameAs: ['global-timer/deactivated-when-scheduled'],
      anchor: 'canister-interface.md#global-timer',
    },
  ),
  'refund-stays': must(['cycles'], 'Cycles refunded with a response stay in the balance when the callback traps.', {
    anchor: 'abstract-behavior.md#callback-invocation',
  }),
  'log-of-trap': ambiguous(26, ['value'], 'The log of an execution that trapped.', [
    'It is kept (prose of the abstract behaviour, management canister).',
    'It is appended on success only (formula of the abstract behaviour).',
    'It is discarded as an effect of a system call (interface text).',
  ]),
  'returned-commits': must(['state'], 'When an execution returns, its changes are committed.', {
    sameAs: ['canister-concepts/success-commits'],
    anchor: AB,
  }),
});
