// table: mutants that misread a row or a column of the import table — canister-interface.md#system-api-imports
import { SYSTEM_API } from '../../spec/system-api.js';
import type { Context } from '../../spec/vocabulary/entry-point.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { entry, executorMutants, systemCall, type Override } from './mutant.js';

/** Lets functions be invoked from contexts that their rows do not list. */
const allow = (names: readonly string[], contexts: readonly Context[]): Override =>
  entry(
    'available',
    (available) => (f, context) => available(f, context) || (names.includes(f.name) && contexts.includes(context)),
  );

/** Refuses functions in contexts that their rows list. */
const refuse = (names: readonly string[], contexts: readonly Context[]): Override =>
  entry(
    'available',
    (available) => (f, context) => available(f, context) && !(names.includes(f.name) && contexts.includes(context)),
  );

/** Takes one context for another, whatever the function. */
const confuse = (from: Context, to: Context): Override =>
  entry('available', (available) => (f, context) => available(f, context === from ? to : context));

/** The availability clauses of functions. */
const of = (...names: string[]): ClauseId[] => names.map((name) => `availability/${name}`);

/** The clauses of all functions whose availability differs between two contexts. */
const differing = (a: Context, b: Context): ClauseId[] =>
  of(...SYSTEM_API.filter((f) => f.contexts.has(a) !== f.contexts.has(b)).map(({ name }) => name));

const CALLS = ['call_new', 'call_on_cleanup', 'call_data_append', 'call_with_best_effort_response', 'call_perform'];
const RESPONDING = ['msg_reply_data_append', 'msg_reply', 'msg_reject'];
const CYCLES_OF_CALL = ['msg_cycles_available', 'msg_cycles_available128', 'msg_cycles_accept', 'msg_cycles_accept128'];
const STABLE = [
  'stable_size',
  'stable_grow',
  'stable_write',
  'stable_read',
  'stable64_size',
  'stable64_grow',
  'stable64_write',
  'stable64_read',
];
const ROOT_KEY = ['root_key_size', 'root_key_copy'];
const REJECT_MESSAGE = ['msg_reject_msg_size', 'msg_reject_msg_copy'];
const ARGUMENT = ['msg_arg_data_size', 'msg_arg_data_copy'];
const CALLER_INFO = [
  'msg_caller_info_data_size',
  'msg_caller_info_data_copy',
  'msg_caller_info_signer_size',
  'msg_caller_info_signer_copy',
];
const CERTIFICATE = ['data_certificate_size', 'data_certificate_copy'];
const METHOD_NAME = ['msg_method_name_size', 'msg_method_name_copy'];

export const availability = executorMutants('availability', [
  [
    'calls-in-cleanup',
    'Calls can be made in cleanup callbacks.',
    [...of(...CALLS), 'calls/cleanup-limited-api'],
    allow(CALLS, ['C']),
  ],
  [
    'calls-in-replicated-query',
    'Calls can be made in a query method that runs in replicated mode.',
    of(...CALLS, 'call_cycles_add', 'call_cycles_add128'),
    allow([...CALLS, 'call_cycles_add', 'call_cycles_add128'], ['RQ']),
  ],
  ['calls-in-query', 'Calls can be made in a query that is not composite.', of(...CALLS), allow(CALLS, ['NRQ'])],
  [
    'calls-in-init',
    'Calls can be made in canister_init and canister_post_upgrade.',
    of(...CALLS, 'call_cycles_add', 'call_cycles_add128'),
    allow([...CALLS, 'call_cycles_add', 'call_cycles_add128'], ['I']),
  ],
  [
    'no-calls-in-system-tasks',
    'Heartbeat, timer and low-memory hook cannot make calls.',
    [...of(...CALLS, 'call_cycles_add', 'call_cycles_add128'), 'heartbeat/may-call', 'global-timer/may-call'],
    refuse([...CALLS, 'call_cycles_add', 'call_cycles_add128'], ['T']),
  ],
  [
    'no-calls-in-composite-callbacks',
    'Callbacks of composite queries cannot make further calls.',
    of(...CALLS),
    refuse(CALLS, ['CRy', 'CRt']),
  ],
  [
    'attach-cycles-in-composite-query',
    'Cycles can be attached to the calls of a composite query.',
    of('call_cycles_add', 'call_cycles_add128'),
    allow(['call_cycles_add', 'call_cycles_add128'], ['CQ', 'CRy', 'CRt']),
  ],
  [
    'respond-in-cleanup',
    'A cleanup callback can respond.',
    [...of(...RESPONDING), 'calls/cleanup-limited-api'],
    allow(RESPONDING, ['C']),
  ],
  [
    'no-response-in-reject-callback',
    'A reject callback cannot respond.',
    of(...RESPONDING),
    refuse(RESPONDING, ['Rt']),
  ],
  [
    'no-response-in-transform',
    'The transform of an HTTP outcall cannot reply.',
    of(...RESPONDING),
    refuse(RESPONDING, ['TQ']),
  ],
  [
    'accept-cycles-in-cleanup',
    'A cleanup callback can accept the cycles of the call.',
    of(...CYCLES_OF_CALL),
    allow(CYCLES_OF_CALL, ['C']),
  ],
  [
    'no-cycles-in-replicated-query',
    'A query in replicated mode cannot see or accept cycles.',
    of(...CYCLES_OF_CALL),
    refuse(CYCLES_OF_CALL, ['RQ']),
  ],
  [
    'cycles-in-query',
    'The cycles of a call, of which a query has none, can be looked at in it.',
    of(...CYCLES_OF_CALL),
    allow(CYCLES_OF_CALL, ['NRQ', 'CQ']),
  ],
  [
    'refunded-in-cleanup',
    'A cleanup callback can look at the refund.',
    of('msg_cycles_refunded', 'msg_cycles_refunded128'),
    allow(['msg_cycles_refunded', 'msg_cycles_refunded128'], ['C']),
  ],
  [
    'refunded-not-in-reject-callback',
    'A reject callback cannot look at the refund.',
    of('msg_cycles_refunded', 'msg_cycles_refunded128'),
    refuse(['msg_cycles_refunded', 'msg_cycles_refunded128'], ['Rt']),
  ],
  [
    'burn-in-query',
    'Cycles can be burned in a query.',
    of('cycles_burn128'),
    allow(['cycles_burn128'], ['NRQ', 'CQ', 'TQ']),
  ],
  [
    'no-burn-in-pre-upgrade',
    'Cycles cannot be burned in canister_pre_upgrade.',
    of('cycles_burn128'),
    refuse(['cycles_burn128'], ['G']),
  ],
  [
    'reject-code-everywhere',
    'msg_reject_code gives 0 where there is no response, instead of trapping.',
    of('msg_reject_code'),
    allow(['msg_reject_code'], ['I', 'G', 'U', 'RQ', 'NRQ', 'TQ', 'CQ', 'F', 'T']),
  ],
  [
    'no-reject-code-in-cleanup',
    'A cleanup callback cannot read the reject code.',
    [...of('msg_reject_code'), 'method-arguments/reject-code-in-cleanup'],
    refuse(['msg_reject_code'], ['C']),
  ],
  [
    'reject-message-in-reply-callback',
    'The reject message is empty in a reply callback, instead of a trap.',
    [...of(...REJECT_MESSAGE), 'method-arguments/reject-message-none'],
    allow(REJECT_MESSAGE, ['Ry', 'CRy']),
  ],
  [
    'reject-message-in-cleanup',
    'A cleanup callback can read the reject message.',
    of(...REJECT_MESSAGE),
    allow(REJECT_MESSAGE, ['C', 'CC']),
  ],
  [
    'argument-in-reject-callback',
    'The argument is empty in a reject callback, instead of a trap.',
    [...of(...ARGUMENT), 'callbacks/reject-no-argument'],
    allow(ARGUMENT, ['Rt', 'CRt']),
  ],
  [
    'argument-in-system-task',
    'The argument is empty in a system task, instead of a trap.',
    [...of(...ARGUMENT), 'heartbeat/no-argument', 'global-timer/no-argument'],
    allow(ARGUMENT, ['T']),
  ],
  [
    'argument-in-pre-upgrade',
    'canister_pre_upgrade sees the argument of the upgrade.',
    of(...ARGUMENT),
    allow(ARGUMENT, ['G']),
  ],
  [
    'no-argument-in-inspect',
    'canister_inspect_message cannot read the argument.',
    [...of(...ARGUMENT), 'method-arguments/inspect-argument'],
    refuse(ARGUMENT, ['F']),
  ],
  [
    'caller-info-in-init',
    'msg_caller_info_* are empty in canister_init, instead of a trap.',
    [...of(...CALLER_INFO), 'method-arguments/caller-info-traps'],
    allow(CALLER_INFO, ['I']),
  ],
  [
    'caller-info-in-system-task',
    'msg_caller_info_* are empty in system tasks, instead of a trap.',
    [...of(...CALLER_INFO), 'method-arguments/caller-info-traps'],
    allow(CALLER_INFO, ['T']),
  ],
  [
    'no-caller-in-cleanup',
    'A cleanup callback cannot see the caller.',
    of('msg_caller_size', 'msg_caller_copy'),
    refuse(['msg_caller_size', 'msg_caller_copy'], ['C', 'CC']),
  ],
  [
    'deadline-in-transform',
    'msg_deadline is 0 in a transform, instead of a trap.',
    of('msg_deadline'),
    allow(['msg_deadline'], ['TQ']),
  ],
  [
    'deadline-in-system-task',
    'msg_deadline is 0 in a system task, instead of a trap.',
    of('msg_deadline'),
    allow(['msg_deadline'], ['T']),
  ],
  ['method-name-in-update', 'The method name can be read in an update.', of(...METHOD_NAME), allow(METHOD_NAME, ['U'])],
  [
    'accept-message-elsewhere',
    'accept_message outside of canister_inspect_message does nothing, instead of trapping.',
    of('accept_message'),
    allow(['accept_message'], ['U', 'RQ', 'NRQ', 'CQ']),
  ],
  [
    'root-key-in-query',
    'The root key can be read in a query.',
    [...of(...ROOT_KEY), 'certified-data/root-key-non-replicated'],
    allow(ROOT_KEY, ['NRQ', 'CQ']),
  ],
  [
    'no-root-key-in-cleanup',
    'The root key cannot be read in a cleanup callback.',
    of(...ROOT_KEY),
    refuse(ROOT_KEY, ['C']),
  ],
  [
    'certified-data-in-cleanup',
    'A cleanup callback can set the certified data.',
    of('certified_data_set'),
    allow(['certified_data_set'], ['C']),
  ],
  [
    'certified-data-in-replicated-query',
    'A query in replicated mode can set the certified data.',
    of('certified_data_set'),
    allow(['certified_data_set'], ['RQ']),
  ],
  [
    'certificate-in-composite-callbacks',
    'The certificate can be read in the callbacks of a composite query.',
    of(...CERTIFICATE),
    allow(CERTIFICATE, ['CRy', 'CRt']),
  ],
  [
    'timer-in-replicated-query',
    'A query in replicated mode can set the global timer.',
    of('global_timer_set'),
    allow(['global_timer_set'], ['RQ']),
  ],
  [
    'timer-not-in-cleanup',
    'A cleanup callback cannot set the global timer.',
    of('global_timer_set'),
    refuse(['global_timer_set'], ['C']),
  ],
  [
    'no-stable-memory-in-start',
    'The (start) function cannot use the stable memory.',
    of(...STABLE),
    refuse(STABLE, ['s']),
  ],
  ['time-in-start', 'The (start) function can read the time.', of('time'), allow(['time'], ['s'])],
  [
    'self-in-start',
    "The (start) function can read the canister's id.",
    of('canister_self_size', 'canister_self_copy'),
    allow(['canister_self_size', 'canister_self_copy'], ['s']),
  ],
  [
    'no-controller-check-in-start',
    'The (start) function cannot use is_controller.',
    [...of('is_controller'), 'availability/is_controller-in-start'],
    refuse(['is_controller'], ['s']),
  ],
  ['no-debug-print-in-start', 'The (start) function cannot print.', of('debug_print'), refuse(['debug_print'], ['s'])],
  ['start-is-init', 'The (start) function may use what canister_init may use.', differing('s', 'I'), confuse('s', 'I')],
  ['system-task-is-update', 'A system task may use what an update may use.', differing('T', 'U'), confuse('T', 'U')],
  [
    'inspect-is-query',
    'canister_inspect_message may use what a query may use.',
    differing('F', 'NRQ'),
    confuse('F', 'NRQ'),
  ],
  [
    'replicated-query-is-query',
    'A query in replicated mode may use what one in non-replicated mode may use.',
    differing('RQ', 'NRQ'),
    confuse('RQ', 'NRQ'),
  ],
  ['transform-is-query', 'A transform may use what a query may use.', differing('TQ', 'NRQ'), confuse('TQ', 'NRQ')],
  [
    'cleanup-is-callback',
    'A cleanup callback may use what a reject callback may use.',
    differing('C', 'Rt'),
    confuse('C', 'Rt'),
  ],
  [
    'composite-cleanup-is-cleanup',
    'The cleanup of a composite query may use what other cleanup may use.',
    differing('CC', 'C'),
    confuse('CC', 'C'),
  ],
  [
    'composite-callback-is-callback',
    'A reply callback of a composite query may use what other reply callbacks may use.',
    differing('CRy', 'Ry'),
    confuse('CRy', 'Ry'),
  ],
  [
    'pre-upgrade-is-init',
    'canister_pre_upgrade may use what canister_init may use.',
    differing('G', 'I'),
    confuse('G', 'I'),
  ],
  [
    'certificate-below-root',
    'A query below the root of a query call sees that a certificate is present.',
    ['certified-data/certificate-absent-below-root', 'availability/data_certificate_present'],
    systemCall(
      'data_certificate_present',
      (present) => (execution) => (execution.entryPoint === 'canister_query below' ? 1 : present(execution)),
    ),
  ],
  [
    'certificate-in-replicated-query',
    'data_certificate_present is 1 in a query in replicated mode.',
    ['certified-data/certificate-absent-replicated', 'availability/data_certificate_present'],
    systemCall(
      'data_certificate_present',
      (present) => (execution) => (execution.letter === 'RQ' ? 1 : present(execution)),
    ),
  ],
]);
