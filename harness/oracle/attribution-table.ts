// table: which clause a divergence speaks about — what diverged, in which import, entry point, context and phase
import type { Context, EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { ChoiceKind, StimulusKind } from '../../spec/vocabulary/scenario.js';
import type { TrapKind } from '../../spec/vocabulary/trap.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { Aspect, Divergence, DivergenceKind, Phase } from './divergence.js';

/** Conditions of a row; one that is left out holds for everything. The first row whose conditions all hold gives the clause. */
export interface AttributionRow {
  readonly kinds: readonly DivergenceKind[];
  readonly imports?: readonly string[];
  readonly entryPoints?: readonly EntryPoint[];
  readonly contexts?: readonly Context[];
  readonly phases?: readonly Phase[];
  readonly causes?: readonly (StimulusKind | ChoiceKind)[];
  /** One of them on either side. */
  readonly traps?: readonly TrapKind[];
  readonly expectedTraps?: readonly TrapKind[];
  /** All of them. */
  readonly aspects?: readonly Aspect[];
  /** The reject code on either side. */
  readonly codes?: readonly number[];
  /** Why the system rejected, on either side. */
  readonly rejects?: readonly RejectCause[];
  /** Of the execution that ran instead of another. */
  readonly actualEntryPoints?: readonly EntryPoint[];
  /** What the system call should have given. */
  readonly expectedResults?: readonly bigint[];
  /** Fields of outgoing calls. */
  readonly fields?: readonly string[];
  readonly clause: ClauseId | ((divergence: Divergence) => ClauseId);
}

const REPLY_CALLBACKS = ['reply callback', 'composite reply callback'] as const;
const CLEANUP_AFTER_REJECT = ['cleanup callback after reject'] as const;
const COMPOSITE_CLEANUP = [
  'composite cleanup callback after reply',
  'composite cleanup callback after reject',
] as const;
const SYSTEM_TASKS = ['T'] as const;
const CALLBACKS = ['Ry', 'Rt', 'CRy', 'CRt', 'C', 'CC'] as const;
const QUERIES = ['RQ', 'NRQ', 'TQ', 'CQ', 'CRy', 'CRt'] as const;

type Conditions = Omit<AttributionRow, 'kinds' | 'imports' | 'clause'>;
const rows = (kinds: readonly DivergenceKind[]) => (imports: string, clause: AttributionRow['clause'], more: Conditions = {}): AttributionRow => ({ kinds, imports: imports.split(' '), clause, ...more }); // prettier-ignore

/** A system call traps on one side only, or on another kind of trap. */
const trap = rows(['systemCallTrap']);
/** A system call gives another result, or wrote something else to the memory. */
const value = rows([
  'systemCallResult', 'systemCallOrder', 'outcome', 'response', 'calls', 'accepted', 'burned', 'wasmMemory', 'stableMemory', 'log', 'certifiedData', 'globals', 'stablePages', 'globalTimer', 'wasmPages',
]); // prettier-ignore

// prettier-ignore
const SYSTEM_CALL_TRAPS: readonly AttributionRow[] = [
  // Whatever the function: availability, and what the profile counts.
  { kinds: ['systemCallTrap'], traps: ['system-call-unavailable'], clause: ({ import: name }) => `availability/${name ?? ''}` },
  { kinds: ['systemCallTrap'], imports: ['stable_write', 'stable64_write'], traps: ['instruction-limit'], clause: 'profile/stable-page-charge' },
  { kinds: ['systemCallTrap'], traps: ['instruction-limit'], clause: 'profile/system-call-charge' },

  trap('env_var_name_copy', 'environment-variables/name-copy-destination', { aspects: ['memory-bounds'] }),
  trap('env_var_name_copy', 'environment-variables/name-copy-source'),
  trap('env_var_name_size', 'environment-variables/name-size-index'),
  trap('env_var_name_exists', 'environment-variables/name-exists-bounds', { aspects: ['memory-bounds'] }),
  trap('env_var_name_exists', 'environment-variables/name-exists-utf8'),
  trap('env_var_value_size', 'environment-variables/value-size-bounds', { aspects: ['memory-bounds'] }),
  trap('env_var_value_size', 'environment-variables/value-size-unknown'),
  trap('env_var_value_copy', 'environment-variables/value-copy-bounds', { aspects: ['memory-bounds'] }),
  trap('env_var_value_copy', 'environment-variables/value-copy-source'),

  trap('msg_reply_data_append', 'blobs/argument-bounds', { aspects: ['memory-bounds'] }),
  trap('msg_reply_data_append', 'responding/append-after-response', { aspects: ['after-response'] }),
  trap('msg_reply_data_append', 'responding/append-maximum', { aspects: ['over-limit'] }),
  trap('msg_reply_data_append', 'responding/append-after-response'),
  trap('msg_reply', 'responding/reply-at-most-once', { aspects: ['after-response'] }),
  trap('msg_reply', 'responding/second-response-in-callback', { contexts: [...CALLBACKS] }),
  trap('msg_reply', 'responding/reply-at-most-once'),
  trap('msg_reject', 'responding/reject-bounds', { aspects: ['memory-bounds'] }),
  trap('msg_reject', 'responding/reject-after-response', { aspects: ['after-response'] }),
  trap('msg_reject', 'responding/reject-utf8'),

  trap('call_new', 'blobs/argument-bounds', { aspects: ['memory-bounds'] }),
  trap('call_new', 'calls/name-and-callee'),
  trap('call_on_cleanup call_data_append call_with_best_effort_response', 'calls/builder-after-failed-perform', { aspects: ['after-failed-perform'] }),
  trap('call_on_cleanup call_data_append call_with_best_effort_response', 'calls/builder-after-perform', { aspects: ['after-perform'] }),
  trap('call_on_cleanup', 'calls/cleanup-outside-builder', { aspects: ['outside-builder'] }),
  trap('call_on_cleanup', 'calls/cleanup-at-most-once'),
  trap('call_data_append', 'calls/data-outside-builder', { aspects: ['outside-builder'] }),
  trap('call_data_append', 'blobs/argument-bounds', { aspects: ['memory-bounds'] }),
  trap('call_data_append', 'calls/data-maximum'),
  trap('call_with_best_effort_response', 'calls/best-effort-outside-builder', { aspects: ['outside-builder'] }),
  trap('call_with_best_effort_response', 'calls/best-effort-at-most-once', { aspects: ['again'] }),
  trap('call_with_best_effort_response', 'calls/best-effort-any-timeout'),
  trap('call_cycles_add call_cycles_add128', 'cycles/add-outside-builder', { aspects: ['outside-builder'] }),
  trap('call_cycles_add call_cycles_add128', 'cycles/add-over-liquid'),
  trap('call_perform', 'calls/perform-outside-builder'),

  trap('canister_cycle_balance', 'cycles/balance-64-traps'),
  trap('msg_cycles_available', 'cycles/available-64-traps'),
  trap('msg_cycles_refunded', 'cycles/refunded-64-traps'),
  trap('msg_cycles_accept', 'cycles/accept-does-not-trap'),
  trap('msg_cycles_accept128 cycles_burn128', 'cycles/no-trap-or-bounds', { aspects: ['memory-bounds'] }),
  trap('msg_cycles_accept128 cycles_burn128', 'cycles/accept-does-not-trap'),
  trap('canister_cycle_balance128 canister_liquid_cycle_balance128 msg_cycles_available128 msg_cycles_refunded128', 'cycles/destination-bounds'),

  trap('stable_write stable64_write', 'stable-memory/write-source-bounds', { aspects: ['memory-bounds'] }),
  trap('stable_read stable64_read', 'stable-memory/read-destination-bounds', { aspects: ['memory-bounds'] }),
  trap('stable_write', 'stable-memory/write-32-traps', { aspects: ['stable-over-4gib'] }),
  trap('stable_read', 'stable-memory/read-32-traps', { aspects: ['stable-over-4gib'] }),
  trap('stable_write stable64_write', 'stable-memory/write-stable-bounds'),
  trap('stable_read stable64_read', 'stable-memory/read-stable-bounds'),
  trap('stable_size', 'stable-memory/size-32-traps'),
  trap('stable_grow', 'stable-memory/grow-32-traps'),

  trap('accept_message', 'inspect-message/accept-twice'),
  trap('certified_data_set', 'blobs/argument-bounds', { aspects: ['memory-bounds'] }),
  trap('certified_data_set', 'certified-data/set-at-most-32'),
  trap('data_certificate_size data_certificate_copy', 'certified-data/certificate-missing-traps', { entryPoints: ['canister_query below', 'canister_composite_query below'] }),
  trap('is_controller', 'controller-check/bounds', { aspects: ['memory-bounds'] }),
  trap('is_controller', 'controller-check/invalid-principal'),
  trap('performance_counter', 'performance-counter/other-types'),
  trap('cost_call cost_create_canister cost_http_request', 'cycle-cost/dst-bounds'),
  trap('cost_sign_with_ecdsa cost_sign_with_schnorr cost_vetkd_derive_key', 'cycle-cost/key-bounds'),
  trap('debug_print', 'debugging-aids/print-never-traps'),
  trap('trap', 'debugging-aids/trap-traps'),

  // All *_copy functions are alike; whatever else traps is about where it may be invoked.
  { kinds: ['systemCallTrap'], imports: ['msg_arg_data_copy', 'msg_caller_copy', 'msg_caller_info_data_copy', 'msg_caller_info_signer_copy', 'msg_reject_msg_copy', 'canister_self_copy', 'subnet_self_copy', 'msg_method_name_copy', 'root_key_copy', 'data_certificate_copy'], aspects: ['memory-bounds'], clause: 'blobs/copy-destination-bounds' },
  { kinds: ['systemCallTrap'], imports: ['msg_arg_data_copy', 'msg_caller_copy', 'msg_caller_info_data_copy', 'msg_caller_info_signer_copy', 'msg_reject_msg_copy', 'canister_self_copy', 'subnet_self_copy', 'msg_method_name_copy', 'root_key_copy', 'data_certificate_copy'], clause: 'blobs/copy-source-bounds' },
  { kinds: ['systemCallTrap'], clause: ({ import: name }) => `availability/${name ?? ''}` },
];

// prettier-ignore
const SYSTEM_CALL_VALUES: readonly AttributionRow[] = [
  value('msg_arg_data_size msg_arg_data_copy', 'method-arguments/reply-is-argument', { entryPoints: [...REPLY_CALLBACKS] }),
  value('msg_arg_data_size msg_arg_data_copy', 'method-arguments/init-argument', { entryPoints: ['canister_init'] }),
  value('msg_arg_data_size msg_arg_data_copy', 'method-arguments/post-upgrade-argument', { entryPoints: ['canister_post_upgrade'] }),
  value('msg_arg_data_size msg_arg_data_copy', 'method-arguments/inspect-argument', { contexts: ['F'] }),
  value('msg_arg_data_size msg_arg_data_copy', 'transform/argument', { contexts: ['TQ'] }),
  value('msg_arg_data_size msg_arg_data_copy', 'method-arguments/argument'),
  value('msg_caller_size msg_caller_copy', 'method-arguments/caller-in-system-task', { contexts: [...SYSTEM_TASKS] }),
  value('msg_caller_size msg_caller_copy', 'method-arguments/caller-of-install', { contexts: ['I', 'G'] }),
  value('msg_caller_size msg_caller_copy', 'method-arguments/caller-in-callback', { contexts: [...CALLBACKS] }),
  value('msg_caller_size msg_caller_copy', 'query-calls/composite-callee-caller', { entryPoints: ['canister_query below', 'canister_composite_query below'] }),
  value('msg_caller_size msg_caller_copy', 'method-arguments/caller'),
  value('msg_caller_info_data_size msg_caller_info_data_copy msg_caller_info_signer_size msg_caller_info_signer_copy', 'method-arguments/caller-info-in-callback', { contexts: [...CALLBACKS] }),
  value('msg_caller_info_data_size msg_caller_info_data_copy', 'method-arguments/caller-info-data'),
  value('msg_caller_info_signer_size msg_caller_info_signer_copy', 'method-arguments/caller-info-signer'),
  value('msg_reject_code', 'method-arguments/reject-code', { contexts: ['Rt', 'CRt'] }),
  value('msg_reject_code', 'method-arguments/reject-code-in-cleanup', { entryPoints: [...CLEANUP_AFTER_REJECT] }),
  value('msg_reject_code', 'method-arguments/reject-code-zero'),
  value('msg_reject_msg_size msg_reject_msg_copy', 'method-arguments/reject-message'),
  value('msg_deadline', 'method-arguments/deadline-zero-queries', { contexts: [...QUERIES] }),
  value('msg_deadline', 'method-arguments/deadline-value'),
  value('msg_reply_data_append', 'responding/append-adds'),
  value('msg_reply', 'responding/reply-sends-buffer'),
  value('msg_reject', 'responding/reject-message'),

  value('msg_cycles_available msg_cycles_available128', 'cycles/available-zero-after-response', { aspects: ['after-response'] }),
  value('msg_cycles_available msg_cycles_available128', 'cycles/available-after-accept', { aspects: ['after-accept', 'more'] }),
  value('msg_cycles_available msg_cycles_available128', 'cycles/available-in-callback', { contexts: ['Ry', 'Rt'] }),
  value('msg_cycles_available', 'cycles/available-64'),
  value('msg_cycles_available128', 'cycles/available'),
  value('msg_cycles_refunded', 'cycles/refunded-64'),
  value('msg_cycles_refunded128', 'cycles/refunded'),
  value('msg_cycles_accept msg_cycles_accept128', 'cycles/accept-after-response', { aspects: ['after-response'] }),
  value('msg_cycles_accept', 'cycles/accept-64'),
  value('msg_cycles_accept128', 'cycles/accept-moves'),
  value('cycles_burn128', 'cycles/burn-reports'),
  value('canister_cycle_balance canister_cycle_balance128', 'cycles/add-returns-on-failure', { aspects: ['after-failed-perform'] }),
  value('canister_cycle_balance canister_cycle_balance128', 'cycles/add-returns-on-failure', { aspects: ['after-dropped-call'] }),
  value('canister_cycle_balance canister_cycle_balance128', 'cycles/add-deducted-at-once', { aspects: ['after-attach'] }),
  value('canister_cycle_balance', 'cycles/balance-64'),
  value('canister_cycle_balance128', 'cycles/balance'),
  value('canister_liquid_cycle_balance128', 'freezing/liquid-balance'),
  value('call_cycles_add', 'cycles/add-64'),
  value('call_cycles_add128', 'cycles/add-moves'),

  value('canister_self_size canister_self_copy', 'self-identification/self'),
  value('subnet_self_size subnet_self_copy', 'self-identification/subnet'),
  value('canister_status', 'canister-status/stopped', { expectedResults: [3n] }),
  value('canister_status', 'canister-status/stopping', { expectedResults: [2n] }),
  value('canister_status', 'canister-status/running'),
  value('canister_version', 'canister-version/pre-upgrade-sees-old', { entryPoints: ['canister_pre_upgrade'] }),
  value('canister_version', 'canister-version/post-upgrade-sees-new', { entryPoints: ['canister_post_upgrade'] }),
  value('canister_version', 'canister-version/value'),
  value('msg_method_name_size msg_method_name_copy', 'inspect-message/method-name'),
  value('accept_message', 'inspect-message/accept-accepts'),

  value('call_new', 'calls/call-reaches-callee'),
  value('call_on_cleanup', 'calls/cleanup-env'),
  value('call_data_append', 'calls/data-append'),
  value('call_with_best_effort_response', 'calls/best-effort-bounded'),
  value('call_perform', 'calls/perform-result'),

  value('stable64_size', 'stable-memory/size'),
  value('stable_size', 'stable-memory/size-32'),
  value('stable64_grow', 'stable-memory/grow-previous'),
  value('stable_grow', 'stable-memory/grow-32-previous'),
  value('stable64_write', 'stable-memory/write-copies'),
  value('stable_write', 'stable-memory/write-32-copies'),
  value('stable64_read', 'stable-memory/read-copies'),
  value('stable_read', 'stable-memory/read-32-copies'),

  value('root_key_size root_key_copy', 'certified-data/root-key'),
  value('certified_data_set', 'certified-data/set'),
  value('data_certificate_present', 'certified-data/certificate-at-root', { entryPoints: ['canister_query', 'canister_composite_query'] }),
  value('data_certificate_present', 'certified-data/certificate-absent-below-root', { entryPoints: ['canister_query below', 'canister_composite_query below'] }),
  value('data_certificate_present', 'certified-data/certificate-absent-in-callbacks', { contexts: ['CRy', 'CRt', 'CC'] }),
  value('data_certificate_present', 'certified-data/certificate-absent-transform', { contexts: ['TQ'] }),
  value('data_certificate_present', 'certified-data/certificate-absent-replicated'),
  value('data_certificate_size data_certificate_copy', 'certified-data/certificate-copy'),
  value('time', 'time/nanoseconds'),
  value('global_timer_set', 'global-timer/previous-value'),
  value('performance_counter', 'profile/performance-counter'),
  value('is_controller', 'controller-check/is-controller'),
  value('in_replicated_execution', 'replicated-execution-check/non-replicated', { contexts: ['NRQ', 'TQ', 'CQ', 'CRy', 'CRt', 'CC', 'F'] }),
  value('in_replicated_execution', 'replicated-execution-check/replicated'),
  value('cost_call', 'cycle-cost/call-upper-bound'),
  value('cost_create_canister', 'cycle-cost/create-canister'),
  value('cost_http_request', 'cycle-cost/http-request'),
  value('cost_sign_with_ecdsa cost_sign_with_schnorr cost_vetkd_derive_key', 'cycle-cost/invalid-curve', { expectedResults: [1n] }),
  value('cost_sign_with_ecdsa cost_sign_with_schnorr cost_vetkd_derive_key', 'cycle-cost/invalid-key', { expectedResults: [2n] }),
  value('cost_sign_with_ecdsa', 'cycle-cost/ecdsa-curves'),
  value('cost_sign_with_schnorr', 'cycle-cost/schnorr-algorithms'),
  value('cost_vetkd_derive_key', 'cycle-cost/vetkd-curves'),
  value('env_var_count', 'environment-variables/count'),
  value('env_var_name_size', 'environment-variables/name-size'),
  value('env_var_name_copy', 'environment-variables/name-copy'),
  value('env_var_name_exists', 'environment-variables/name-exists'),
  value('env_var_value_size', 'environment-variables/value-size'),
  value('env_var_value_copy', 'environment-variables/value-copy'),
  value('debug_print', 'debugging-aids/print-logs'),
  value('trap', 'debugging-aids/trap-logs'),
];

// prettier-ignore
const EXECUTIONS: readonly AttributionRow[] = [
  { kinds: ['enabled'], causes: ['execute'], clause: 'queues/pair-order' },
  { kinds: ['enabled'], causes: ['deliver'], clause: 'call-contexts/callback-per-response' },
  { kinds: ['enabled'], causes: ['heartbeat'], clause: 'heartbeat/only-when-running' },
  { kinds: ['enabled'], causes: ['global-timer'], clause: 'global-timer/runs-when-passed' },
  { kinds: ['enabled'], causes: ['low-wasm-memory'], clause: 'on-low-wasm-memory/falls-below' },
  { kinds: ['enabled'], causes: ['expire-message', 'expire-context'], clause: 'expiry/bounded-wait-only' },
  { kinds: ['enabled'], causes: ['reject'], clause: 'call-contexts/spontaneous-reject' },
  { kinds: ['enabled'], clause: 'canister-version/extra-increments' },

  { kinds: ['execution'], rejects: ['insufficient-cycles-attached'], clause: 'management/minimum-incoming-cycles' },
  { kinds: ['execution'], rejects: ['frozen'], causes: ['install'], clause: 'profile/install-fee' },
  { kinds: ['execution'], rejects: ['not-empty'], clause: 'management/install-needs-empty' },
  { kinds: ['execution'], rejects: ['invalid-module'], causes: ['install'], clause: 'management/invalid-module-rejected' },
  { kinds: ['execution'], rejects: ['not-a-controller'], clause: 'management/controllers-only' },
  { kinds: ['execution'], actualEntryPoints: ['canister_pre_upgrade'], clause: 'upgrades/pre-upgrade-skipped' },
  { kinds: ['execution'], rejects: ['query-graph'], causes: ['query'], clause: 'query-calls/composite-budget' },
  { kinds: ['execution'], rejects: ['query-depth'], causes: ['query'], clause: 'query-calls/composite-depth' },
  { kinds: ['execution'], aspects: ['not-running'], causes: ['query', 'transform'], clause: 'stopping/queries-rejected' },
  { kinds: ['execution'], aspects: ['not-running'], causes: ['execute'], clause: 'stopping/calls-rejected' },
  { kinds: ['execution'], aspects: ['not-running'], causes: ['ingress'], clause: 'stopping/ingress-refused' },
  { kinds: ['execution'], aspects: ['not-running'], causes: ['deliver'], clause: 'stopping/callbacks-still-run' },
  { kinds: ['execution'], aspects: ['not-running'], causes: ['heartbeat', 'global-timer', 'low-wasm-memory'], clause: 'stopping/no-system-tasks' },
  { kinds: ['execution'], codes: [2], causes: ['query', 'transform'], clause: 'freezing/queries-rejected' },
  { kinds: ['execution'], codes: [2], causes: ['execute'], clause: 'freezing/calls-rejected' },
  { kinds: ['execution'], codes: [3], causes: ['execute'], clause: 'calls/missing-canister' },
  { kinds: ['execution'], entryPoints: ['cleanup callback after reply', 'cleanup callback after reject'], clause: 'calls/cleanup-after-trap' },
  { kinds: ['execution'], entryPoints: [...COMPOSITE_CLEANUP], clause: 'query-calls/composite-cleanup' },
  { kinds: ['execution'], entryPoints: ['reply callback'], clause: 'calls/reply-callback' },
  { kinds: ['execution'], entryPoints: ['reject callback'], clause: 'calls/reject-callback' },
  { kinds: ['execution'], entryPoints: ['canister_inspect_message'], clause: 'inspect-message/decides' },
  { kinds: ['execution'], entryPoints: ['start'], clause: 'wasm/start' },
  { kinds: ['execution'], entryPoints: ['canister_init'], clause: 'initialization/init-runs-first' },
  { kinds: ['execution'], entryPoints: ['canister_pre_upgrade'], clause: 'upgrades/pre-upgrade-on-old' },
  { kinds: ['execution'], entryPoints: ['canister_post_upgrade'], clause: 'upgrades/post-upgrade-on-new' },
  { kinds: ['execution'], entryPoints: ['canister_query replicated', 'canister_query'], clause: 'replicated-execution/query-both' },
  { kinds: ['execution'], entryPoints: ['canister_query transform'], clause: 'transform/query-method' },
  { kinds: ['execution'], contexts: ['CQ', 'CRy', 'CRt', 'NRQ'], clause: 'calls/composite-in-composite' },
  { kinds: ['execution'], clause: 'calls/call-reaches-callee' },

  { kinds: ['outcome'], traps: ['instruction-limit'], clause: 'profile/instruction-limit' },
  { kinds: ['outcome'], traps: ['stack-budget'], clause: 'profile/stack-budget' },
  { kinds: ['outcome'], traps: ['insufficient-cycles'], clause: 'message-execution/balance-suffices' },
  { kinds: ['outcome'], traps: ['wasm-memory-limit'], clause: 'message-execution/wasm-memory-limit' },
  { kinds: ['outcome'], traps: ['callback'], clause: 'callbacks/table-type' },
  { kinds: ['outcome'], traps: ['indirect-call'], clause: 'wasm/call-indirect' },
  { kinds: ['outcome'], traps: ['memory-out-of-bounds'], clause: 'wasm/memory-bounds' },
  { kinds: ['outcome'], traps: ['table-out-of-bounds'], clause: 'wasm/tables' },
  { kinds: ['outcome'], traps: ['float-to-integer'], clause: 'wasm/conversions' },
  { kinds: ['outcome'], clause: 'wasm/traps' },
  { kinds: ['instructions'], clause: 'profile/instructions' },
  { kinds: ['systemCallOrder'], traps: ['instruction-limit'], clause: 'profile/instruction-limit' },
  { kinds: ['systemCallOrder', 'systemCallResult'], clause: 'wasm/control' },

  { kinds: ['response'], phases: ['trapped', 'cleanup'], clause: 'atomicity/response' },
  { kinds: ['response'], codes: [4], clause: 'responding/reject-message' },
  { kinds: ['response'], aspects: ['appended-again'], clause: 'responding/append-adds' },
  { kinds: ['response'], clause: 'responding/reply-sends-buffer' },
  { kinds: ['calls'], phases: ['trapped', 'cleanup'], clause: 'atomicity/calls' },
  { kinds: ['calls'], fields: ['deadline'], clause: 'calls/best-effort-capped' },
  { kinds: ['calls'], fields: ['cycles'], clause: 'cycles/add-moves' },
  { kinds: ['calls'], fields: ['arg'], clause: 'calls/data-append' },
  { kinds: ['calls'], clause: 'calls/call-reaches-callee' },
  { kinds: ['accepted'], phases: ['trapped', 'cleanup'], clause: 'atomicity/cycles' },
  { kinds: ['accepted'], clause: 'cycles/accept-moves' },
  { kinds: ['burned'], phases: ['trapped', 'cleanup'], clause: 'atomicity/cycles' },
  { kinds: ['burned'], aspects: ['more'], clause: 'cycles/burn-at-most-liquid' },
  { kinds: ['burned'], clause: 'cycles/burn-as-many-as-possible' },
];

// prettier-ignore
const RESPONSES: readonly AttributionRow[] = [
  { kinds: ['messages', 'ended', 'stimulusOutcome'], rejects: ['insufficient-cycles-attached'], clause: 'management/minimum-incoming-cycles' },
  { kinds: ['stimulusOutcome'], rejects: ['query-graph'], clause: 'query-calls/composite-budget' },
  { kinds: ['stimulusOutcome'], rejects: ['query-depth'], clause: 'query-calls/composite-depth' },
  { kinds: ['messages', 'ended', 'stimulusOutcome'], rejects: ['not-a-controller'], clause: 'management/controllers-only' },
  { kinds: ['stimulusOutcome'], rejects: ['not-empty'], clause: 'management/install-needs-empty' },
  { kinds: ['stimulusOutcome'], rejects: ['not-stopped'], clause: 'management/delete-needs-stopped' },
  { kinds: ['stimulusOutcome'], rejects: ['invalid-settings'], clause: 'management/settings-invalid-rejected' },
  { kinds: ['stimulusOutcome'], rejects: ['invalid-module'], clause: 'management/invalid-module-rejected' },
  { kinds: ['stimulusOutcome'], rejects: ['install-trapped'], clause: 'management/install-atomic' },
  { kinds: ['messages'], causes: ['ingress'], clause: 'inspect-message/decides' },
  { kinds: ['messages', 'ended'], causes: ['uninstall'], clause: 'uninstall/rejects-open-calls' },
  { kinds: ['messages', 'ended'], causes: ['expire-message', 'expire-context'], clause: 'expiry/one-response' },
  { kinds: ['messages', 'ended'], causes: ['reject'], clause: 'call-contexts/spontaneous-reject' },
  { kinds: ['messages', 'ended'], causes: ['stop'], clause: 'stopping/stopped-without-contexts' },
  { kinds: ['messages', 'ended'], causes: ['start'], clause: 'stopping/started-cancels-stop' },
  { kinds: ['messages', 'ended'], phases: ['idle'], codes: [3], clause: 'calls/missing-canister' },
  { kinds: ['messages', 'ended'], phases: ['idle'], codes: [2], clause: 'freezing/calls-rejected' },
  { kinds: ['messages', 'ended'], phases: ['idle'], clause: 'public-methods/missing-method-rejected' },
  { kinds: ['messages', 'ended'], phases: ['trapped', 'cleanup'], clause: 'call-contexts/starvation-after-trap' },
  { kinds: ['messages', 'ended'], codes: [5], clause: 'call-contexts/starvation-without-response' },
  { kinds: ['messages'], clause: 'call-contexts/one-response' },
  { kinds: ['ended'], clause: 'responding/at-most-one-response' },

  { kinds: ['stimulusOutcome'], causes: ['ingress'], clause: 'inspect-message/decides' },
  { kinds: ['stimulusOutcome'], causes: ['query'], entryPoints: [...COMPOSITE_CLEANUP], clause: 'query-calls/composite-callback-trap' },
  { kinds: ['stimulusOutcome'], causes: ['query'], phases: ['query'], clause: 'query-calls/reply-or-reject' },
  { kinds: ['stimulusOutcome'], causes: ['transform'], clause: 'transform/query-method' },
  { kinds: ['stimulusOutcome'], causes: ['install'], clause: 'management/invalid-module-rejected' },
  { kinds: ['stimulusOutcome'], causes: ['uninstall', 'start', 'stop'], clause: 'management/controllers-only' },
  { kinds: ['stimulusOutcome'], causes: ['delete'], clause: 'management/delete-needs-stopped' },
  { kinds: ['stimulusOutcome'], causes: ['update-settings', 'create'], clause: 'management/settings-invalid-rejected' },
  { kinds: ['stimulusOutcome'], clause: 'management/deposit-adds' },
];

/** What of the state differs, in an execution that trapped: it should be as before. */
const ROLLED_BACK: Readonly<Partial<Record<DivergenceKind, ClauseId>>> = {
  wasmPages: 'atomicity/wasm-memory-size',
  wasmMemory: 'atomicity/wasm-memory',
  globals: 'atomicity/globals',
  tables: 'atomicity/tables-and-segments',
  droppedSegments: 'atomicity/tables-and-segments',
  stablePages: 'atomicity/stable-memory-size',
  stableMemory: 'atomicity/stable-memory',
  certifiedData: 'atomicity/certified-data',
  globalTimer: 'atomicity/global-timer-value',
  log: 'atomicity/log-of-trap',
  version: 'atomicity/version',
  balance: 'message-execution/trap-charges',
};

/** What of the state differs after an upgrade. */
const AFTER_UPGRADE: Readonly<Partial<Record<DivergenceKind, ClauseId>>> = {
  wasmPages: 'upgrades/wasm-memory-replaced',
  wasmMemory: 'upgrades/wasm-memory-replaced',
  globals: 'upgrades/other-state-discarded',
  tables: 'upgrades/other-state-discarded',
  droppedSegments: 'upgrades/other-state-discarded',
  stablePages: 'upgrades/stable-memory-kept',
  stableMemory: 'upgrades/stable-memory-kept',
  certifiedData: 'certified-data/kept-by-upgrade',
  globalTimer: 'global-timer/deactivated-by-upgrade',
  version: 'canister-version/by-upgrade',
  moduleHash: 'upgrades/old-instance-discarded',
};

const AFTER_INSTALL: Readonly<Partial<Record<DivergenceKind, ClauseId>>> = {
  wasmPages: 'wasm/initial-memory',
  wasmMemory: 'wasm/initial-memory',
  stablePages: 'stable-memory/initially-empty',
  stableMemory: 'stable-memory/initially-empty',
  certifiedData: 'certified-data/empty-when-fresh',
  globalTimer: 'global-timer/deactivated-by-install',
  version: 'canister-version/by-install',
  moduleHash: 'initialization/instantiated-when-returned',
  balance: 'profile/install-fee',
};

const byField = (
  fields: Readonly<Partial<Record<DivergenceKind, ClauseId>>>,
  conditions: Conditions,
): AttributionRow[] =>
  Object.entries(fields).map(([kind, clause]) => ({ kinds: [kind as DivergenceKind], clause, ...conditions }));

const STATE = ['status', 'moduleHash', 'wasmPages', 'wasmMemory', 'globals', 'tables', 'droppedSegments', 'stablePages', 'stableMemory', 'certifiedData', 'globalTimer', 'log', 'lowMemoryHook', 'openCallContexts', 'version'] as const; // prettier-ignore

// prettier-ignore
const STATES: readonly AttributionRow[] = [
  { kinds: ['balance', 'ledger'], phases: ['trapped', 'cleanup'], aspects: ['written'], clause: 'atomicity/cycles' },
  { kinds: ['globalTimer'], phases: ['trapped'], causes: ['global-timer'], clause: 'atomicity/timer-stays-off' },
  { kinds: ['log'], aspects: ['log-trimmed'], clause: 'debugging-aids/print-trims' },
  { kinds: ['log'], phases: ['trapped'], expectedTraps: ['explicit'], clause: 'debugging-aids/trap-logs' },
  ...byField(ROLLED_BACK, { phases: ['trapped'] }),
  { kinds: [...STATE], phases: ['query'], causes: ['query'], clause: 'query-calls/leaves-no-trace' },
  { kinds: [...STATE], phases: ['query'], causes: ['transform'], clause: 'transform/leaves-no-trace' },
  { kinds: [...STATE], phases: ['query'], causes: ['ingress'], clause: 'inspect-message/changes-nothing' },
  { kinds: ['balance'], causes: ['query', 'transform'], clause: 'query-calls/no-cycles' },
  { kinds: ['version'], entryPoints: ['canister_query replicated'], phases: ['returned'], clause: 'canister-version/by-replicated-query' },
  { kinds: [...STATE], entryPoints: ['canister_query replicated'], phases: ['returned'], clause: 'message-execution/query-changes-nothing' },
  { kinds: [...STATE], causes: ['install'], aspects: ['found-no-place'], clause: 'management/install-atomic' },
  { kinds: ['certifiedData'], phases: ['upgrade', 'install'], aspects: ['written'], clause: 'certified-data/set' },
  { kinds: ['globalTimer'], phases: ['upgrade', 'install'], aspects: ['written'], clause: 'global-timer/zero-deactivates' },
  ...byField(AFTER_UPGRADE, { phases: ['upgrade'] }),
  ...byField(AFTER_INSTALL, { phases: ['install'] }),
  { kinds: ['globalTimer'], causes: ['global-timer'], clause: 'global-timer/deactivated-when-scheduled' },
  { kinds: ['globalTimer'], causes: ['uninstall'], clause: 'global-timer/deactivated-by-uninstall' },
  { kinds: ['version'], causes: ['uninstall'], clause: 'canister-version/by-uninstall' },
  { kinds: ['version'], causes: ['start'], clause: 'canister-version/by-start' },
  { kinds: ['version'], causes: ['stop'], clause: 'canister-version/by-stop' },
  { kinds: ['version'], causes: ['update-settings'], clause: 'canister-version/by-update-settings' },
  { kinds: ['version'], causes: ['heartbeat'], clause: 'canister-version/by-heartbeat' },
  { kinds: ['version'], causes: ['global-timer'], clause: 'canister-version/by-global-timer' },
  { kinds: ['version'], causes: ['low-wasm-memory'], clause: 'canister-version/by-hook-and-snapshot' },
  { kinds: ['version'], entryPoints: ['reply callback'], clause: 'canister-version/by-reply-callback' },
  { kinds: ['version'], entryPoints: ['reject callback'], clause: 'canister-version/by-reject-callback' },
  { kinds: ['version'], entryPoints: ['canister_update'], clause: 'canister-version/by-update' },
  // The version rose twice: for the cleanup, and also for the callback that trapped before it.
  { kinds: ['version'], phases: ['cleanup'], aspects: ['more'], clause: 'atomicity/version' },
  { kinds: ['version'], clause: 'profile/version' },
  { kinds: [...STATE], causes: ['uninstall'], clause: 'uninstall/removes-code-and-state' },
  { kinds: ['wasmPages'], clause: 'wasm/memory-grow' },
  // A callback made the same calls as expected and wrote something else: it was given another env.
  { kinds: ['wasmMemory'], entryPoints: ['reply callback', 'reject callback'], phases: ['returned'], clause: 'calls/callback-env' },
  { kinds: ['wasmMemory'], entryPoints: ['cleanup callback after reply', 'cleanup callback after reject'], phases: ['cleanup'], clause: 'calls/cleanup-env' },
  { kinds: ['wasmMemory', 'globals', 'tables', 'droppedSegments'], clause: 'atomicity/returned-commits' },
  { kinds: ['stablePages'], clause: 'stable-memory/grow-previous' },
  { kinds: ['stableMemory'], clause: 'stable-memory/write-copies' },
  { kinds: ['certifiedData'], clause: 'certified-data/set' },
  { kinds: ['globalTimer'], clause: 'global-timer/zero-deactivates' },
  { kinds: ['log'], expectedTraps: ['explicit'], clause: 'debugging-aids/trap-logs' },
  { kinds: ['log'], clause: 'debugging-aids/print-logs' },
  { kinds: ['lowMemoryHook'], clause: 'on-low-wasm-memory/falls-below' },
  { kinds: ['status'], causes: ['start'], clause: 'stopping/start-running' },
  { kinds: ['status'], clause: 'stopping/stopped-without-contexts' },
  { kinds: ['moduleHash'], clause: 'uninstall/out-of-cycles' },
  { kinds: ['openCallContexts'], clause: 'call-contexts/callback-per-response' },
  { kinds: ['balance'], causes: ['ingress'], clause: 'profile/ingress-fee' },
  { kinds: ['balance'], causes: ['install'], clause: 'profile/install-fee' },
  { kinds: ['balance', 'reservedBalance'], causes: ['advance-time'], clause: 'profile/idle-fee' },
  { kinds: ['balance'], causes: ['deposit'], clause: 'management/deposit-adds' },
  { kinds: ['balance'], causes: ['deliver'], clause: 'profile/response-refund' },
  { kinds: ['balance'], aspects: ['made-calls'], clause: 'profile/call-fee' },
  { kinds: ['balance'], causes: ['execute', 'heartbeat', 'global-timer', 'low-wasm-memory'], clause: 'profile/message-fee' },
  { kinds: ['balance'], clause: 'profile/fees' },
  { kinds: ['reservedBalance'], clause: 'freezing/reserved-first' },
  { kinds: ['ledger'], causes: ['expire-message', 'expire-context'], clause: 'expiry/unknown-without-refund' },
  { kinds: ['ledger'], phases: ['trapped', 'cleanup'], clause: 'atomicity/cycles' },
  { kinds: ['ledger'], clause: 'profile/fees' },
];

/** An execution returned, and what it wrote is missing: the state is as it was before. */
// prettier-ignore
const MISSING_WRITES: readonly AttributionRow[] = [
  { kinds: STATE.filter((kind) => kind !== 'globalTimer'), aspects: ['unchanged'], phases: ['cleanup'], clause: 'calls/cleanup-commits' },
  { kinds: ['wasmMemory', 'wasmPages', 'globals', 'tables', 'droppedSegments', 'stablePages', 'stableMemory'], aspects: ['unchanged'], phases: ['returned'], clause: 'atomicity/returned-commits' },
];

/**
 * The execution before this one failed, or was a query, and something that it wrote was not undone. It shows because the code of this
 * execution reads it, or because it is committed together with what this execution wrote. These rows come before those of system calls:
 * the call in which it shows, if any, is not to blame.
 */
// prettier-ignore
const NOT_UNDONE: readonly AttributionRow[] = [
  { kinds: ['systemCallOrder', 'response', 'wasmMemory', 'globals', 'tables', 'droppedSegments'], aspects: ['after-failed-upgrade'], clause: 'atomicity/upgrade' },
  ...(['globals', 'tables', 'droppedSegments', 'certifiedData', 'wasmPages', 'stablePages'] as const).map(
    (kind): AttributionRow => ({ kinds: [kind], aspects: ['after-trap'], phases: ['returned', 'cleanup'], clause: ROLLED_BACK[kind] ?? 'atomicity/any-trap' }),
  ),
  { kinds: ['globals', 'tables', 'droppedSegments', 'wasmPages', 'stablePages'], aspects: ['after-query'], phases: ['returned'], clause: 'query-calls/leaves-no-trace' },
];
/**
 * The same where a system call of this execution could have caused the difference as well, by telling the code something wrong. These rows
 * come after those of system calls, and so hold only where no system call can have done so.
 */
// prettier-ignore
const NOT_UNDONE_NO_CALL_TO_BLAME: readonly AttributionRow[] = [
  // A cleanup made the same calls and wrote something else. That comes from its env, not from the callback that trapped before it: of what
  // a callback wrote into the memory the cleanup need not read anything.
  { kinds: ['wasmMemory'], aspects: ['after-trap'], phases: ['cleanup'], clause: 'calls/cleanup-env' },
  { kinds: ['systemCallOrder', 'response', 'wasmMemory'], aspects: ['after-trap'], clause: 'atomicity/any-trap' },
  { kinds: ['systemCallOrder', 'response'], aspects: ['after-query'], clause: 'query-calls/leaves-no-trace' },
];

/** All rows, in the order in which they are tried. The last row for a kind has no conditions: there is one for every divergence. */
export const ATTRIBUTION: readonly AttributionRow[] = [
  ...MISSING_WRITES,
  ...NOT_UNDONE,
  ...SYSTEM_CALL_TRAPS,
  ...SYSTEM_CALL_VALUES,
  ...NOT_UNDONE_NO_CALL_TO_BLAME,
  ...EXECUTIONS,
  ...RESPONSES,
  ...STATES,
];
