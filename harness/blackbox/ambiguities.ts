// table: ambiguous clauses as the model has them — readings that a run can take, and situations after which nothing is asserted
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { Play } from './play.js';

/** The number is the clause's in docs/ambiguities.md, which lists all of its readings. */
interface Ambiguity {
  readonly number: number;
  /** What the model does; or, of a reading in READINGS, what a run of it does instead. */
  readonly modelled: string;
}

/**
 * Readings that a run of the model can take instead of its own (readings.ts), by a name of ours. What a run takes is drawn from that name:
 * under another name it is another draw.
 */
export const READINGS = {
  'no deadline in queries': {
    clause: 'availability/msg_deadline-context-q',
    number: 2,
    modelled: 'msg_deadline traps in all queries',
  },
  'low without a limit': {
    clause: 'on-low-wasm-memory/default-never',
    number: 8,
    modelled: 'where wasm_memory_limit is 0 the memory is always low',
  },
  'burned stays': {
    clause: 'cycles/burn-leaves-balance',
    number: 28,
    modelled: 'burned cycles stay in the balance',
  },
  'controllers top up': {
    clause: 'management/top-up-sender',
    number: 37,
    modelled: 'cycles from outside reach a canister only if a controller sends them',
  },
  'not running and accepts': {
    clause: 'inspect-message/not-running-or-frozen',
    number: 59,
    modelled: 'a stopping or stopped canister accepts ingress messages, and they are rejected when their turn comes',
  },
  'frozen and accepts': {
    clause: 'inspect-message/not-running-or-frozen',
    number: 59,
    modelled: 'a frozen canister accepts ingress messages, and they are rejected when their turn comes',
  },
  'empty copies return': {
    clause: 'blobs/size-zero-out-of-bounds',
    number: 55,
    modelled: 'a stable copy of size 0 returns, wherever it begins',
  },
} as const satisfies Readonly<Record<string, Ambiguity & { readonly clause: ClauseId }>>;

/** The name of a reading that a run can take. */
export type Reading = keyof typeof READINGS;

/** Whether a run takes a reading instead of the model's own. */
export type TakesReading = (reading: Reading) => boolean;

/** Ambiguous clauses of which the model takes one reading only, whatever is decided. detection.ts says in which situations that matters. */
export const UNMODELLED = {
  'availability/msg_deadline-context-q': { number: 2, modelled: 'msg_deadline traps in TQ' },
  'module-requirements/start-or-export': { number: 3, modelled: 'a function exported as start is never run' },
  'cycles/no-trap-or-bounds': { number: 4, modelled: 'a dst out of bounds traps' },
  'on-low-wasm-memory/default-never': { number: 8, modelled: 'without a limit, the profile’s maximum is the limit' },
  'on-low-wasm-memory/edge-or-level': { number: 9, modelled: 'management calls that make the memory low schedule the hook, too' },
  'on-low-wasm-memory/callbacks-before': { number: 10, modelled: 'response callbacks may run before the hook, nothing else' },
  'heartbeat/needs-export': { number: 12, modelled: 'a due timer of a module that exports none stays set' },
  'availability/msg_reject_code-in-cc': { number: 14, modelled: 'msg_reject_code traps in CC' },
  'availability/msg_reject_msg-elsewhere': { number: 15, modelled: 'msg_reject_msg_* trap but in Rt and CRt' },
  'responding/append-after-earlier-response': { number: 16, modelled: 'msg_reply_data_append traps after an earlier response' },
  'responding/second-response-in-callback': { number: 17, modelled: 'a second response traps inside the system call' },
  'responding/reject-utf8-stored': { number: 18, modelled: 'a reject message that is not UTF-8 traps' },
  'responding/append-maximum-which': { number: 19, modelled: 'the profile’s one maximum, at the append' },
  'stable-memory/limit-32-of-what': { number: 20, modelled: 'the 32-bit functions trap where the stable memory is larger than 2^32 bytes' },
  'cycle-cost/dst-bounds-and-error': { number: 21, modelled: 'bounds first: dst out of bounds traps' },
  'calls/name-and-callee': { number: 22, modelled: 'call_new traps where the name or the callee is too long' },
  'availability/is_controller-in-start': { number: 23, modelled: 'is_controller answers in (start) as anywhere' },
  'certified-data/set-over-32': { number: 25, modelled: 'more than 32 bytes trap' },
  'calls/composite-memory': { number: 31, modelled: 'a callback sees the writes of all earlier callbacks' },
  'freezing/between-frozen-and-executable': { number: 35, modelled: 'the call is rejected as for a frozen canister' },
  'message-execution/wasm-memory-limit-when': { number: 40, modelled: 'the size at the end of an update' },
  'initialization/initial-memory': { number: 42, modelled: 'active segments are written over a kept memory, too' },
  'module-requirements/declares-a-memory': { number: 43, modelled: 'imported memories, tables and globals are refused' },
  'atomicity/tables-and-segments': { number: 44, modelled: 'tables and dropped segments are state, undone by a trap' },
  'canister-concepts/frozen-executes-nothing': { number: 49, modelled: 'response callbacks of a frozen canister run' },
  'calls/composite-callees': { number: 53, modelled: 'methods of canisters only, none of the management canister' },
  'environment-variables/duplicates': { number: 54, modelled: 'two variables of one name are refused' },
  'module-requirements/custom-section-twice': { number: 57, modelled: 'two public sections of one name, or two private ones, are accepted' },
  'module-requirements/webassembly-version': { number: 56, modelled: 'the features of spec/wasm/features.ts' },
  'callbacks/width-changed': { number: 58, modelled: 'the low 32 bits of the number, where 64-bit code has been replaced' },
} as const satisfies Readonly<Record<ClauseId, Ambiguity>>; // prettier-ignore

/** The other ambiguous clauses: why no conforming target is accused of its reading, or, of 32, who is. */
export const ELSEWHERE: Readonly<Record<ClauseId, string>> = {
  'calls/perform-result-code': 'any number but 0 passes (open-values.ts)',
  'canister-version/by-replicated-query': 'the increment is not guaranteed (figures.ts)',
  'canister-version/by-balance': 'versions may be higher',
  'canister-version/by-hook-and-snapshot': 'the increment is not guaranteed (figures.ts)',
  'canister-version/by-waiting-stop': 'the increment is not guaranteed (figures.ts)',
  'global-timer/passed-or-reached':
    'no timer is set to the very nanosecond of a target with a clock of its own; timers may be late',
  'global-timer/snapshot-load': 'no snapshots',
  'environment-variables/order': 'orders are tried (open-values.ts)',
  'atomicity/log-of-trap': 'logs are not shown',
  'debugging-aids/trimming': 'logs are not shown',
  'calls/safely-attached': 'what is left of a balance follows from fees (detection.ts)',
  'calls/perform-zero-uninstalled': 'nothing is left that could show the callback',
  'call-contexts/spontaneous-reject-code':
    'SYS_FATAL and SYS_TRANSIENT pass; another code is refuted, because its description (HTTPS interface) says what it is for, and any wrong reject could be called spontaneous',
  'uninstall/reject-code': 'both codes are tried (readings.ts)',
  'public-methods/missing-method':
    'the codes are tried (readings.ts), and SYS_TRANSIENT passes as a spontaneous reject',
  'message-execution/sender-canister-version': 'no stimulus carries one',
  'freezing/management-ingress': 'stimuli need no cycles of the canister',
  'initialization/failed-install-effects': 'balances may be lower',
  'management/creation-fee': 'up to half of the cycles may go (open-values.ts)',
  'management/snapshot-content': 'no snapshots',
  'uninstall/chunk-store': 'no chunk store',
  'canister-concepts/queue-order': 'whoever may reorder may let calls of one pair overtake each other (queues.ts)',
  'module-requirements/memory-size': 'a target says which widths it knows, and memories may be limited',
  'cycle-cost/http-request-default-size': 'costs are tried (open-values.ts)',
  'query-calls/delegations': 'no delegations',
  'query-calls/read-state-paths': 'no read_state',
};

/** Situations that no clause leaves open, and of whose outcomes no list would be complete. */
export const BOUNDLESS = {
  heartbeats: 'a heartbeat may run any number of times at any time',
  'canister id in a text': 'whether bytes of an id are UTF-8 follows from how the target numbers its canisters',
  'other performance counters': 'there may be more of them than the specification names',
  'many environment variables': 'how many there may be, and of how many bytes, is up to the implementation',
  'balance about spent': 'what is left of a balance, and whether the canister outlives it, follows from fees',
  'end of a gzip stream':
    'a decompressor need not examine the checksum and the length at the end (RFC 1952, section 2.3.1.2)',
  'order of composite calls': 'the calls of a composite query may be evaluated in any order',
} as const;

/** A situation of which the model knows one outcome only, while the specification allows others. */
export type Situation = keyof typeof UNMODELLED | keyof typeof BOUNDLESS;

/** Situations that stay open for an implementation that follows the profile, with its readings and its fees. */
const OPEN_IN_PROFILES: readonly Situation[] = ['heartbeats', 'canister id in a text', 'order of composite calls'];

/**
 * Whether more than one outcome is allowed in a situation.
 * @param play what is idle costs by the time, so without a clock of the harness's a balance is not known to the last cycle
 */
export function isOpen(situation: Situation, { tier, controlsTime }: Pick<Play, 'tier' | 'controlsTime'>): boolean {
  if (tier === 'spec' || OPEN_IN_PROFILES.includes(situation)) return true;
  return situation === 'balance about spent' && !controlsTime;
}

/** Is told that a situation has come up: from the stroke that is run now nothing is asserted. */
export type StopAsserting = (because: Situation) => void;

/** Why nothing is asserted once a situation has come up, as people read it. */
export function reasonText(because: Situation): string {
  return because in BOUNDLESS
    ? 'no list of what is allowed would be complete (docs/black-boxes.md)'
    : `readings differ (${UNMODELLED[because as keyof typeof UNMODELLED].number} in docs/ambiguities.md)`;
}
