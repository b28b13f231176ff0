// table: which clauses a transition has shown in which nothing differed, beside those that the attribution table names for it
//
// A row says what must have been in the record for the clause to have been put to the test. What takes more than the record (what was there
// before, which requirement refused a module) is in shown-with-knowledge.ts, and which instructions ran in certainly-run.ts. What nobody can
// tell is in none of them: such a clause stays unjudged.
import type { ExecutionRecord, StimulusOutcome, SystemCallRecord, TransitionRecord } from '../../spec/vocabulary/record.js'; // prettier-ignore
import { contextOf, type Context, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { TrapKind } from '../../spec/vocabulary/trap.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import { SYSTEM_API } from '../../spec/system-api.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';

const U32 = 1n << 32n;
const U64 = 1n << 64n;
const MINUS_ONE = U64 - 1n;

/** A system call in its execution. */
interface Call {
  readonly call: SystemCallRecord;
  readonly execution: ExecutionRecord;
  readonly profile: Profile;
}

/** What a row asks of a call; what is left out holds for every call. */
interface CallConditions {
  /** What it came to: `returned`, or the kind of its trap. */
  readonly cameTo?: 'returned' | TrapKind;
  readonly where?: (entryPoint: EntryPoint) => boolean;
  /** What must be true of its values. */
  readonly when?: ((seen: Call) => boolean) | undefined;
}

export interface CallRow extends CallConditions {
  readonly clauses: readonly ClauseId[];
}

type When = CallConditions['when'];
type Where = CallConditions['where'];

const returned = (when?: When): CallConditions => ({ cameTo: 'returned', when });
const refused = (when?: When): CallConditions => ({ cameTo: 'system-call', when });
const unavailable = (where?: Where): CallConditions => ({ cameTo: 'system-call-unavailable', ...(where && { where }) });
const gave = (value: bigint, where?: Where): CallConditions => ({ ...returned(({ call }) => call.result === value), ...(where && { where }) }); // prettier-ignore
const at = (one: EntryPoint) => (entryPoint: EntryPoint) => entryPoint === one;
const within =
  (...contexts: readonly Context[]) =>
  (entryPoint: EntryPoint) =>
    contexts.includes(contextOf(entryPoint));
const arg = ({ call }: Call, i: number) => call.args[i] ?? 0n;

const row = (clauses: string, conditions: CallConditions = returned()): CallRow => ({ clauses: clauses.split(' '), ...conditions }); // prettier-ignore

/** Rows of functions by the names of functions. */
const of = (names: string, ...rows: readonly CallRow[]): readonly (readonly [string, CallRow])[] =>
  names.split(' ').flatMap((name) => rows.map((one) => [name, one] as const));

const named = (pattern: RegExp) =>
  SYSTEM_API.map(({ name }) => name)
    .filter((name) => pattern.test(name))
    .join(' ');

/** Whether a call of one of the functions returned before it in the execution. */
function follows({ call, execution }: Call, names: readonly string[]): boolean {
  for (const one of execution.trace) {
    if (one === call) return false;
    if (one.trap === undefined && names.includes(one.name)) return true;
  }
  return false;
}
const after = (names: string) => returned((seen) => follows(seen, names.split(' ')));
const again = returned((seen) => follows(seen, [seen.call.name]));
const tooLong = (i: number) =>
  refused((seen) => arg(seen, i) > BigInt(seen.profile.limits.environmentVariableNameBytes));
/** Where two arguments are added beyond the width of the memory's addresses. */
const wraps = (i: number, j: number) =>
  refused((seen) => arg(seen, i) + arg(seen, j) >= (seen.execution.width === 'i32' ? U32 : U64));
/** 64-bit amounts and numbers of which the highest bit is set. */
const high = (i: number) => returned((seen) => arg(seen, i) >= 1n << 63n);

// prettier-ignore
const CALLS: readonly (readonly [string, CallRow])[] = [
  ...of(named(/_size$/), row('blobs/size-gives-length')),
  ...of(named(/_copy$/), row('blobs/copy-copies-range')),
  ...of(named(/^(?!env_var).*_copy$/),
    row('blobs/sums-exact interpretation-of-numbers/sums-do-not-wrap', wraps(1, 2)),
    row('blobs/copy-offset-at-end', returned((seen) => arg(seen, 2) === 0n && arg(seen, 1) > 0n))),
  ...of('stable_read stable64_read stable_write stable64_write', row('interpretation-of-numbers/sums-do-not-wrap', wraps(1, 2))),
  ...of(named(/./), row('availability/elsewhere-traps', unavailable())),
  ...of('global_timer_set msg_cycles_accept call_cycles_add', row('interpretation-of-numbers/unsigned', high(0))),
  ...of('call_with_best_effort_response',
    row('calls/best-effort-any-timeout'),
    row('interpretation-of-numbers/unsigned', returned((seen) => arg(seen, 0) >= 1n << 31n)),
    row('calls/best-effort-capped', returned((seen) => arg(seen, 0) > seen.profile.limits.callTimeoutSeconds)),
    row('calls/best-effort-per-call', again)),

  ...of('msg_reply msg_reject',
    row('responding/no-response-needed heartbeat/no-response', unavailable(at('canister_heartbeat'))),
    row('responding/no-response-needed global-timer/no-response', unavailable(at('canister_global_timer')))),
  ...of('msg_reject_msg_size msg_reject_msg_copy',
    row('method-arguments/reject-message-none', unavailable(within('Ry', 'CRy')))),
  ...of('msg_deadline', row('method-arguments/deadline-zero-unbounded', gave(0n, at('canister_update')))),
  ...of('msg_caller_info_data_size msg_caller_info_signer_size', row('method-arguments/caller-info-empty-by-default', gave(0n))),
  ...of('msg_reject',
    row('responding/reject-code'),
    row('responding/reject-discards-data', returned(({ execution: { trace } }) => trace.some(({ name, trap }) => name === 'msg_reply_data_append' && trap === undefined)))),
  ...of('msg_reply', row('responding/reply-once-for-success')),
  ...of('accept_message', row('inspect-message/accept-twice', refused())),
  ...of('canister_status', row('canister-status/stopping', gave(2n)), row('canister-status/stopped', gave(3n))),
  ...of('msg_caller_size', row('method-arguments/caller-anonymous', gave(1n))),
  ...of('call_on_cleanup call_data_append call_with_best_effort_response call_cycles_add call_cycles_add128 call_perform',
    row('calls/builder-before-new', refused((seen) => !follows(seen, ['call_new'])))),
  ...of('is_controller', row('controller-check/is-not-controller', gave(0n)), row('controller-check/many-times', again)),
  ...of('in_replicated_execution',
    row('replicated-execution/inspect-not-replicated', { where: at('canister_inspect_message') }),
    row('replicated-execution/install-replicated', { where: within('I', 'G', 's') }),
    row('replicated-execution/system-tasks-replicated', { where: within('T') })),
  ...of('time', row('time/constant-within-execution', again)),
  ...of('global_timer_set', row('global-timer/previous-zero', gave(0n))),
  ...of('certified_data_set', row('certified-data/set-many-times', again)),
  ...of('performance_counter',
    row('performance-counter/type-0 performance-counter/deterministic', returned((seen) => arg(seen, 0) === 0n)),
    row('performance-counter/type-1-at-least-type-0', returned((seen) => arg(seen, 0) === 1n && follows(seen, ['performance_counter']))),
    row('performance-counter/type-1-replicated', { ...returned((seen) => arg(seen, 0) === 1n), where: within('U', 'Ry', 'Rt', 'C') }),
    row('performance-counter/type-1-composite', { ...returned((seen) => arg(seen, 0) === 1n), where: (entryPoint) => entryPoint.includes('composite') })),

  ...of(named(/128$/), row('cycles/128-bit')),
  ...of('canister_cycle_balance128 canister_liquid_cycle_balance128 msg_cycles_available128 msg_cycles_refunded128', row('cycles/little-endian')),
  ...of('msg_cycles_accept128 cycles_burn128 call_cycles_add128', row('availability/amounts-high-low', returned((seen) => arg(seen, 0) > 0n))),
  ...of('canister_liquid_cycle_balance128', row('cycles/liquid-at-most-balance', after('canister_cycle_balance canister_cycle_balance128'))),
  ...of('cost_call', row('cycle-cost/call-monotonic', again)),
  ...of('msg_cycles_available msg_cycles_available128', row('call-contexts/available-in-context', { ...returned(), where: within('Ry', 'Rt') })),
  ...of('canister_liquid_cycle_balance128', row('profile/freezing-limit freezing/limit-by-threshold')),
  ...of('msg_cycles_available msg_cycles_available128', row('cycles/available-initially', { ...returned(), where: at('canister_update') })),
  ...of('msg_cycles_available msg_cycles_available128',
    row('cycles/available-zero-after-response call-contexts/none-available-after-response', after('msg_reply msg_reject')),
    row('cycles/available-after-accept', after('msg_cycles_accept msg_cycles_accept128'))),
  ...of('msg_cycles_accept msg_cycles_accept128', row('cycles/accept-after-response', after('msg_reply msg_reject'))),
  ...of('canister_cycle_balance canister_cycle_balance128',
    row('cycles/add-deducted-at-once', after('call_cycles_add call_cycles_add128')),
    row('cycles/burn-leaves-balance', after('cycles_burn128'))),
  ...of('msg_cycles_accept', row('cycles/accept-does-not-trap')),
  ...of('msg_cycles_accept msg_cycles_accept128', row('cycles/accept-at-most-available cycles/accept-as-many-as-possible'), row('cycles/accept-many-times', again)),
  ...of('cycles_burn128', row('cycles/burn-at-most-liquid cycles/burn-as-many-as-possible'), row('cycles/burn-many-times', again)),
  ...of('call_cycles_add call_cycles_add128', row('cycles/add-many-times', again)),
  ...of('call_perform',
    row('calls/perform-nonzero-no-callback calls/perform-frozen-fails', gave(2n)),
    row('calls/perform-queues calls/perform-sets-aside profile/call-fee', gave(0n))),
  ...of(named(/^cost_/), row('profile/costs')),
  ...of('cost_call cost_create_canister cost_http_request', row('cycle-cost/128-bit-at-dst')),
  ...of('cost_call cost_http_request', row('cycle-cost/wrong-inputs-still-answer', high(1))),
  ...of(named(/^cost_(sign|vetkd)/),
    row('cycle-cost/success cycle-cost/128-bit-at-dst', gave(0n)),
    row('cycle-cost/invalid-curve', gave(1n)),
    row('cycle-cost/invalid-key', gave(2n))),

  ...of('stable64_grow',
    row('stable-memory/grow-failure stable-memory/grow-limit', gave(MINUS_ONE)),
    row('stable-memory/grow-zeroes', returned((seen) => seen.call.result !== MINUS_ONE && arg(seen, 0) > 0n))),
  ...of('stable_grow', row('stable-memory/grow-32-failure', gave(U32 - 1n))),
  ...of('stable_read stable_write', row('stable-memory/one-memory', returned(({ execution: { trace } }) => trace.some(({ name }) => name.startsWith('stable64_'))))),
  ...of('stable64_write', row('canister-concepts/stable-memory-beyond-4gib', returned((seen) => arg(seen, 0) >= U32)), row('profile/stable-page-charge', returned((seen) => arg(seen, 2) > 0n))),
  ...of('stable64_read', row('canister-concepts/stable-memory-beyond-4gib', returned((seen) => arg(seen, 1) >= U32))),

  ...of('env_var_name_exists', row('environment-variables/name-exists-maximum', tooLong(1))),
  ...of('env_var_value_size', row('environment-variables/value-size-maximum', tooLong(1))),
  ...of('env_var_value_copy', row('environment-variables/value-copy-maximum', tooLong(1))),
  ...of('env_var_name_copy', row('environment-variables/name-copy-index', refused((seen) => arg(seen, 0) >= BigInt(seen.profile.limits.environmentVariables)))),
  ...of('env_var_name_size', row('environment-variables/enumerate')),
  ...of('debug_print', row('debugging-aids/print-never-traps')),
  ...of('trap', row('debugging-aids/trap-logs profile/log', { cameTo: 'explicit' })),
];

/** The rows of each function. */
export const CALLS_BY_NAME: ReadonlyMap<string, readonly CallRow[]> = (() => {
  const rows = new Map<string, CallRow[]>(SYSTEM_API.map(({ name }) => [name, []]));
  for (const [name, one] of CALLS) rows.get(name)?.push(one);
  return rows;
})();

/** Clauses by the entry point of an execution, whatever it did; `trapped` where it trapped. */
interface EntryPointRow {
  readonly always?: readonly ClauseId[];
  readonly trapped?: readonly ClauseId[];
}

const TASK = (name: string, entry: string): EntryPointRow => ({
  always: [`entry-points/${entry}`, `${name}/only-when-running`],
  trapped: [`atomicity/${name}`],
});
const CALLBACK: EntryPointRow['always'] = [
  'callbacks/by-table-index',
  'callbacks/judged-at-response',
  'entry-points/callback',
];

// prettier-ignore
export const ENTRY_POINT_ROWS: Readonly<Partial<Record<EntryPoint, EntryPointRow>>> = {
  start: { always: ['module-requirements/start-allowed'] },
  canister_init: { always: ['entry-points/init'], trapped: ['atomicity/init'] },
  canister_pre_upgrade: { always: ['entry-points/pre-upgrade'], trapped: ['atomicity/upgrade'] },
  canister_post_upgrade: { always: ['entry-points/post-upgrade', 'upgrades/init-not-run'], trapped: ['atomicity/upgrade'] },
  canister_update: { always: ['entry-points/update', 'public-methods/method-by-export', 'public-methods/kind-by-export'], trapped: ['atomicity/update', 'atomicity/attached-cycles-stay'] },
  'canister_query replicated': { always: ['entry-points/query'], trapped: ['atomicity/replicated-query'] },
  canister_query: { always: ['entry-points/query', 'query-calls/sees-committed-state', 'inspect-message/not-for-queries'], trapped: ['query-calls/trap-rejected'] },
  canister_composite_query: { always: ['entry-points/composite-query', 'replicated-execution/composite-in-query'], trapped: ['atomicity/composite-query'] },
  'canister_composite_query below': { trapped: ['atomicity/composite-query'] },
  'reply callback': { always: [...CALLBACK, 'method-arguments/lifetime', 'cycles/refunded-in-balance'], trapped: ['atomicity/reply-callback', 'atomicity/refund-stays'] },
  'reject callback': { always: [...CALLBACK, 'cycles/refunded-in-balance'], trapped: ['atomicity/reject-callback', 'atomicity/refund-stays'] },
  'composite reply callback': { always: CALLBACK, trapped: ['atomicity/composite-query', 'query-calls/composite-callback-trap'] },
  'composite reject callback': { always: CALLBACK, trapped: ['atomicity/composite-query', 'query-calls/composite-callback-trap'] },
  'cleanup callback after reply': { always: ['calls/cleanup-env'], trapped: ['atomicity/cleanup', 'calls/cleanup-trap-discards'] },
  'cleanup callback after reject': { always: ['calls/cleanup-env'], trapped: ['atomicity/cleanup', 'calls/cleanup-trap-discards'] },
  canister_inspect_message: { always: ['entry-points/inspect-message'], trapped: ['inspect-message/trap-refuses'] },
  canister_heartbeat: TASK('heartbeat', 'heartbeat'),
  canister_global_timer: { ...TASK('global-timer', 'global-timer'), always: ['entry-points/global-timer', 'global-timer/only-when-running', 'global-timer/runs-when-passed', 'global-timer/nanoseconds'] },
  canister_on_low_wasm_memory: { ...TASK('on-low-wasm-memory', 'on-low-wasm-memory'), always: ['entry-points/on-low-wasm-memory', 'on-low-wasm-memory/only-when-running'] },
};

/** Clauses of every execution. */
export const ANY_EXECUTION: readonly ClauseId[] = [
  'wasm/control',
  'profile/block-charge',
  'profile/function-entry',
  'profile/reported-at-most-limit',
  'canister-concepts/cost-by-instructions',
];
export const ANY_TRAP: readonly ClauseId[] = [
  'message-execution/trap-discards',
  'canister-concepts/failure-commits-nothing',
];

/** Clauses of rejections by the system, by their cause and by what brought them about. */
// prettier-ignore
export const REJECTIONS: Readonly<Partial<Record<RejectCause, Readonly<Partial<Record<'call' | 'query' | 'management', readonly ClauseId[]>>>>>> = {
  'no-such-canister': { call: ['calls/missing-canister'] },
  'empty-canister': { query: ['query-calls/empty-rejected'], management: ['management/upgrade-needs-code'] },
  'no-such-method': { call: ['public-methods/missing-method-rejected'], query: ['query-calls/method-missing-rejected'] },
  'not-running': { call: ['stopping/calls-rejected'], query: ['stopping/queries-rejected'], management: ['stopping/started-cancels-stop'] },
  frozen: { call: ['freezing/calls-rejected'], query: ['freezing/queries-rejected'] },
  'insufficient-cycles-attached': { call: ['management/minimum-incoming-cycles'] },
  trapped: { call: ['call-contexts/starvation-rejects'], query: ['query-calls/trap-rejected'] },
  'did-not-respond': { call: ['call-contexts/starvation-rejects', 'call-contexts/starvation-without-response'], query: ['query-calls/no-response-rejected'] },
  uninstalled: { management: ['uninstall/rejects-open-calls'] },
  expired: { call: ['expiry/unknown-without-refund'] },
  'query-graph': { query: ['query-calls/composite-budget'] },
  'query-depth': { query: ['query-calls/composite-depth'] },
  'not-a-controller': { management: ['management/controllers-only', 'canister-concepts/controllers-only'] },
  'not-empty': { management: ['management/install-needs-empty'] },
  'not-stopped': { management: ['management/delete-needs-stopped'] },
  'invalid-settings': { management: ['management/settings-invalid-rejected'] },
};

export const REJECTED: readonly ClauseId[] = ['profile/reject-codes', 'profile/reject-messages'];

/** What a row asks of a transition; what is left out holds for every one. */
export interface TransitionRow {
  readonly cause?: TransitionRecord['cause']['kind'];
  /** How its stimulus ended: it did what it asked for, or was not let in. */
  readonly ended?: 'succeeded' | 'refused';
  readonly when?: ((record: TransitionRecord, outcome: StimulusOutcome | undefined) => boolean) | undefined;
  readonly clauses: readonly ClauseId[];
}

const refusedFor = (failure: string, clause: ClauseId): TransitionRow => ({
  ended: 'refused',
  when: (_, outcome) => outcome?.kind === 'refused' && outcome.failure === failure,
  clauses: [clause],
});
const succeededAt = (
  cause: TransitionRow['cause'],
  clauses: readonly ClauseId[],
  when?: TransitionRow['when'],
): TransitionRow => ({ ...(cause && { cause }), ended: 'succeeded', when, clauses });

const ran = (record: TransitionRecord, entryPoint: EntryPoint) =>
  record.executions.some((one) => one.entryPoint === entryPoint);

// prettier-ignore
export const TRANSITION_ROWS: readonly TransitionRow[] = [
  refusedFor('frozen', 'freezing/ingress-refused'),
  refusedFor('empty-canister', 'inspect-message/empty-canister'),
  refusedFor('not-running', 'stopping/ingress-refused'),
  { ended: 'refused', when: (record) => record.executions.at(-1)?.outcome.kind === 'returned', clauses: ['inspect-message/no-accept-refuses'] },
  succeededAt('ingress', ['inspect-message/not-exported-accepts'], (record) => record.executions.length === 0),
  succeededAt('install', ['upgrades/pre-upgrade-skipped'], ({ cause }) => cause.kind === 'install' && cause.mode === 'upgrade' && cause.skipPreUpgrade === true),
  succeededAt('install', ['upgrades/wasm-memory-kept'], ({ cause }) => cause.kind === 'install' && cause.mode === 'upgrade' && cause.wasmMemoryPersistence === 'keep'),
  succeededAt('install', ['initialization/start-before-init'], (record) => ran(record, 'start') && ran(record, 'canister_init')),
  succeededAt('install', ['upgrades/start-on-new', 'upgrades/nothing-between', 'upgrades/stable-writes-seen'], (record) => ran(record, 'start') && ran(record, 'canister_post_upgrade')),
  succeededAt('install', ['management/reinstall-clears', 'canister-version/by-reinstall'], ({ cause }) => cause.kind === 'install' && cause.mode === 'reinstall'),
  succeededAt('install', ['canister-module-format/hash-of-uploaded-bytes', 'module-requirements/conforming-module-accepted']),
  succeededAt('create', ['management/create-empty-running', 'management/create-id-unique', 'canister-version/zero-at-creation']),
  succeededAt('update-settings', ['management/settings-keep-others', 'canister-concepts/settings-by-controllers']),
  succeededAt('uninstall', ['uninstall/keeps-balance-and-settings', 'uninstall/clears-logs']),
  succeededAt('delete', ['management/delete-discards']),
  succeededAt('stop', ['stopping/already-stopped'], (record) => record.ended.length > 0 && record.executions.length === 0),
];

/** Rows for transitions in which an execution made calls. */
// prettier-ignore
export const CALLING_ROWS: readonly TransitionRow[] = [
  { when: ({ executions }) => executions.some(({ calls }) => calls.length > 1), clauses: ['message-execution/calls-in-order', 'queues/pair-order'] },
  { when: ({ executions }) => executions.some(({ calls, trace }) => calls.length > 0 && trace.every(({ name }) => name !== 'call_data_append')), clauses: ['calls/data-initially-empty'] },
];

/** Every clause that a row names. */
export function clausesNamed(): readonly ClauseId[] {
  const lists = [
    ...CALLS.map(([, { clauses }]) => clauses),
    ...Object.values(ENTRY_POINT_ROWS).flatMap(({ always = [], trapped = [] }) => [always, trapped]),
    ...Object.values(REJECTIONS).flatMap((by) => Object.values(by)),
    ...[...TRANSITION_ROWS, ...CALLING_ROWS].map(({ clauses }) => clauses),
    ANY_EXECUTION,
    ANY_TRAP,
    REJECTED,
  ];
  return [...new Set(lists.flat())];
}
