// table: clauses — canister-interface.md#system-api-call
import { ambiguous, chapter, informative, may, must } from './rule.js';

export const calls = chapter('calls', 'canister-interface.md#system-api-call', {
  'call-reaches-callee': must(
    ['response'],
    'A performed call runs the named method of the named callee with the assembled argument.',
  ),
  'caller-is-self': must(['value'], 'The callee sees the id of the calling canister as its caller.', {
    sameAs: ['method-arguments/caller'],
    anchor: 'abstract-behavior.md#rule-message-execution',
  }),
  'callback-table-index': must(['order'], 'reply_fun and reject_fun are table indices, kept with their env values.', {
    sameAs: ['callbacks/by-table-index'],
  }),
  'callback-read-at-response': must(['order', 'trap'], 'The table is read when the response comes back.', {
    sameAs: ['callbacks/judged-at-response'],
  }),
  'callback-type': must(['trap'], 'What is read must be a function of type (env : I) -> ().', {
    sameAs: ['callbacks/table-type', 'entry-points/callback'],
  }),
  'callback-env': must(['value'], 'The callback gets the env value given with it.'),
  'reply-callback': must(['order'], 'After a reply the reply callback runs.'),
  'reply-readable': must(['value'], 'The reply callback reads the reply with msg_arg_data_*.', {
    sameAs: ['callbacks/reply-argument', 'method-arguments/reply-is-argument'],
  }),
  'reject-callback': must(['order'], 'After an explicit or system reject the reject callback runs.'),
  'reject-readable': must(
    ['value'],
    'The reject callback reads code and message with msg_reject_code and msg_reject_msg_*.',
    {
      sameAs: ['method-arguments/reject-code', 'method-arguments/reject-message'],
    },
  ),
  'discarded-by-return': must(
    ['response', 'cycles'],
    'A call that is not performed when the execution returns is discarded.',
  ),
  'discarded-by-call-new': must(
    ['response', 'cycles'],
    'A call that is not performed when call_new starts another is discarded.',
  ),
  'cleanup-after-trap': must(
    ['order'],
    'The cleanup callback runs if and only if the reply or reject callback ran and trapped, for any reason.',
  ),
  'cleanup-not-after-success': must(['order'], 'After a callback that returned the cleanup does not run.'),
  'cleanup-env': must(['value'], 'The cleanup callback gets its own env value.'),
  'cleanup-commits': must(['state'], 'What a cleanup that returns did is committed, though the callback trapped.'),
  'cleanup-limited-api': must(['trap'], 'Only a part of the System API is available in cleanup.', {
    sameAs: ['availability/call_new', 'availability/msg_reply'],
  }),
  'cleanup-trap-discards': must(
    ['state'],
    'When cleanup traps its changes are discarded and nothing more happens for that call.',
    {
      sameAs: ['atomicity/cleanup'],
    },
  ),
  'cleanup-swift': informative('Cleanup is expected to be short, within a limit that is not specified.'),
  'cleanup-at-most-once': must(['trap'], 'call_on_cleanup twice for one call traps.'),
  'cleanup-outside-builder': must(['trap'], 'call_on_cleanup without a call under construction traps.', {
    sameAs: ['calls/builder-after-perform'],
  }),
  'best-effort-bounded': must(['value'], 'call_with_best_effort_response makes the wait bounded.'),
  'best-effort-any-timeout': must(['value'], 'Every timeout is allowed, 0 and 2^32 - 1 too.'),
  'best-effort-capped': must(['value'], 'A timeout above MAX_CALL_TIMEOUT counts as MAX_CALL_TIMEOUT.'),
  'best-effort-unknown': may(
    ['response'],
    'A bounded-wait call may end with SYS_UNKNOWN, at, before or after its deadline.',
  ),
  'best-effort-one-response': must(['order'], 'After SYS_UNKNOWN a response of the callee is not delivered.'),
  'best-effort-at-most-once': must(['trap'], 'call_with_best_effort_response twice for one call traps.'),
  'best-effort-outside-builder': must(
    ['trap'],
    'call_with_best_effort_response without a call under construction traps.',
  ),
  'best-effort-per-call': must(['value'], 'Each call may have its own timeout.'),
  'best-effort-error-code': may(['response'], 'An error code may tell the cause of SYS_UNKNOWN.'),
  'best-effort-learn-otherwise': informative(
    'After SYS_UNKNOWN the caller must find out what happened by other means.',
  ),
  'data-initially-empty': must(['value'], 'The argument is empty where nothing was appended.'),
  'data-append': must(['value'], 'call_data_append appends to the argument, any number of times.'),
  'data-maximum': must(['trap'], 'call_data_append traps when the argument exceeds the maximum payload.'),
  'data-outside-builder': must(['trap'], 'call_data_append without a call under construction traps.'),
  'perform-queues': must(['order'], 'call_perform queues the call; it leaves only when the execution returns.', {
    sameAs: ['canister-concepts/calls-leave-after-success'],
  }),
  'perform-sets-aside': must(
    ['cycles'],
    'call_perform takes MAX_CYCLES_PER_RESPONSE out of the balance for the response.',
  ),
  'perform-result': must(['value'], 'call_perform returns 0 or 2.'),
  'perform-result-code': ambiguous(1, ['value'], 'The non-zero result of call_perform.', [
    '2 (interface text).',
    '1, the number of SYS_FATAL, which the text names (HTTPS interface).',
    'Any other number (abstract behaviour).',
  ]),
  'perform-zero-one-callback': must(['order'], 'After 0 exactly one of the reply and reject callbacks runs.'),
  'perform-zero-uninstalled': ambiguous(30, ['order'], 'Exactly one callback, but for calls whose context is gone.', [
    'Exactly one callback always (interface text).',
    'None after the canister was uninstalled (management canister).',
    'Calls of a composite query that has responded are dropped (abstract behaviour).',
  ]),
  'perform-nonzero-no-callback': must(['order'], 'After a non-zero result no callback of that call runs.'),
  'perform-may-fail': may(['value'], 'call_perform may fail for lack of resources.'),
  'perform-frozen-fails': must(
    ['value'],
    'call_perform fails if the call would take the balance below where the canister freezes.',
  ),
  'perform-outside-builder': must(['trap'], 'call_perform without a call under construction traps.', {
    sameAs: ['calls/builder-after-perform'],
  }),
  'builder-after-perform': must(
    ['trap'],
    'After call_perform all other call_* functions trap until the next call_new.',
    {
      sameAs: ['calls/perform-outside-builder', 'calls/cleanup-outside-builder'],
    },
  ),
  'builder-after-failed-perform': must(['trap'], 'The same after a call_perform that did not return 0.'),
  'builder-before-new': must(['trap'], 'Before the first call_new all other call_* functions trap.'),
  'missing-canister': must(['response'], 'A call to a canister that does not exist comes back as a reject.'),
  'name-and-callee': ambiguous(
    22,
    ['trap', 'response'],
    'A method name over 20,000 bytes or not UTF-8, a callee over 29 bytes.',
    ['call_new traps.', 'The call is rejected later.', 'The name is decoded with replacement characters.'],
  ),
  'safely-attached': ambiguous(29, ['value'], 'Attaching the whole liquid balance.', [
    'It can be attached safely.',
    'call_perform fails then: it needs MAX_CYCLES_PER_RESPONSE and the fee on top.',
  ]),
  'composite-in-composite': must(
    ['response'],
    'In a composite query a call of a query or composite query method is evaluated, and its callback runs.',
    {
      anchor: 'abstract-behavior.md#query-call',
    },
  ),
  'composite-callees': ambiguous(
    53,
    ['response'],
    'What a composite query may call.',
    ['Query and composite query methods only.', 'Some query methods of the management canister too.'],
    { anchor: 'abstract-behavior.md#query-call' },
  ),
  'composite-memory': ambiguous(
    31,
    ['value'],
    'What a composite callback sees of the memory.',
    ['The writes of the method and of all earlier callbacks.', 'Those of the method and of its own call only.'],
    { anchor: 'abstract-behavior.md#query-call' },
  ),
});
