// table: mutants that no black box can show at spec tier, and why — a campaign has to catch a share of the others
const FEES = 'fees, charges and what idle resources cost are an implementation’s own';
const LOG = 'canister logs are not shown';
const VERSION =
  'versions may be incremented at any time, and texts differ about hooks, heartbeats, cleanups and replicated queries';
const METERING = 'what an instruction costs, and where a limit is noticed, is an implementation’s own';
const VALUE = 'the value is an implementation’s own';
const EMPTY = 'a canister without code shows no certified data';
const GONE = 'what becomes of the cycles of a deleted canister is shown nowhere';
const REST = 'the engines that are served reject nothing and let no call expire of their own accord';
const GROWTH = 'growth may fail at any time, whatever the size';
const FREEZING = 'what a canister needs in order not to freeze, to call and to execute follows from fees';
const LIMIT =
  'limits of sizes, queues, stacks, instructions and timeouts are an implementation’s own, and so is the grain of its clock';
const READING = 'readings differ (docs/ambiguities.md)';
const COUNTER = 'there may be more performance counters';
const LATE = 'a hook that has not run may still run';
const MESSAGE = 'the messages of rejects are an implementation’s own';
const ANEW = 'an installation makes anew what was to go before it';
const KEYS = 'which keys there are for signatures is up to the implementation';
const ORDER =
  'the calls of a composite query may be evaluated in any order, and what its cleanup has left only a second callback could tell';
const NAN = 'WebAssembly leaves the payload of a NaN open';

const BY_REASON: Readonly<Record<string, readonly string[]>> = {
  [FEES]: [
    'trap-loses-cost-of-calls', 'trap-is-free', 'message-fee-forgotten', 'wasm64-at-half-price',
    'instructions-paid-in-tens', 'ingress-fee-without-name', 'call-fee-without-bytes', 'response-bytes-free', 'idle-burn-ignores-stable-memory',
    'idle-burn-adds-allocation', 'idle-burn-ignores-compute-allocation', 'reserved-pays-last', 'response-cost-from-wrong-limit',
    'allocation-may-freeze', 'idle-burn-by-whole-days',
    'idle-burn-ignores-module', 'stopped-canister-pays-nothing', 'liquid-forgets-reserved', 'failed-install-is-free',
  ],
  [LOG]: [
    'trap-clears-log', 'trap-discards-log-of-execution', 'query-keeps-log', 'trap-logs-nothing', 'log-drops-the-newest', 'trap-message-cut-at-zero',
    'uninstall-keeps-log', 'reinstall-clears-log', 'debug-print-address-has-32-bits',
  ],
  [VERSION]: [
    'trap-increments-version', 'failed-install-increments-version', 'version-without-current', 'update-version-by-two', 'heartbeat-does-not-count',
    'cleanup-counts-twice', 'cleanup-after-reply-does-not-count', 'query-counts', 'version-in-cleanup-counts-callback', 'deposit-counts',
    'hook-does-not-count', 'replicated-query-does-not-count', 'stop-of-empty-stops-again',
  ],
  [METERING]: [
    'system-calls-are-free', 'system-call-bytes-are-free', 'stable-pages-are-free', 'block-not-charged', 'small-blocks-not-charged', 'entry-not-charged',
    'loop-charged-once-more', 'entry-not-tested', 'bulk-not-charged', 'memory-copy-not-charged', 'counter-not-visible-at-division',
    'counter-not-visible-at-unreachable',
  ],
  [VALUE]: [
    'cost-call-without-payload', 'cost-call-without-response', 'cost-call-wraps', 'cost-http-per-node-once', 'http-sizes-swapped',
    'counter-excludes-itself', 'counter-1-forgets-callback-in-cleanup',
  ],
  [FREEZING]: [
    'liquid-ignores-freezing-limit', 'freezes-by-its-own-growth', 'frozen-canister-executes', 'frozen-canister-answers-queries',
    'perform-below-freezing-limit', 'settings-reset-freezing-threshold', 'out-of-cycles-keeps-code', 'minimum-cycles-exclusive',
    'own-calls-need-minimum-cycles', 'add-leaves-one-cycle', 'add-exactly-liquid-refused', 'add-from-the-whole-balance', 'burn-more-than-liquid',
    'perform-forgets-what-grew', 'query-freezes-by-its-growth', 'installation-judged-by-old-module', 'frozen-canister-has-enough-memory',
  ],
  [LIMIT]: [
    'each-install-step-has-its-own-limit', 'locals-take-no-stack', 'operands-take-no-stack', 'queue-full-over-all-callees',
    'queue-counts-this-execution-only', 'reply-maximum-per-append', 'reply-maximum-of-queries-in-replicated-query', 'call-data-maximum-per-append',
    'reject-message-without-maximum', 'method-name-maximum-exclusive', 'timeout-not-capped', 'time-is-in-microseconds',
    'deadline-in-whole-seconds', 'answers-after-uninstall-fill-queues', 'expired-call-leaves-queue', 'answered-calls-of-a-query-stay-queued',
    'evaluations-share-queues', 'query-call-spends-without-limit', 'query-call-goes-one-deeper', 'query-call-goes-one-less-deep',
  ],
  [READING]: [
    'hook-not-judged-by-settings', 'hook-not-judged-by-install', 'hook-needs-a-limit', 'hook-takes-smallest-limit-for-none',
    'stable-size-zero-is-not-checked', 'certified-data-33-bytes', 'no-controller-check-in-start', 'reject-message-in-cleanup',
    'reject-with-reply-code', 'smallest-memory-limit-is-none', 'deadline-in-transform', 'environment-in-descending-order',
    'reject-message-in-reply-callback', 'hook-takes-limit-of-32-bits-for-64', 'stable-32-works-beyond-4-gib', 'failed-upgrade-keeps-tables',
  ],
  [COUNTER]: ['counter-2-is-0', 'counter-type-has-8-bits'],
  [LATE]: [
    'low-memory-hook-never-ready', 'low-memory-hook-armed-once', 'low-memory-hook-lost-when-frozen',
    'stopping-canister-has-enough-memory', 'empty-canister-has-too-little-memory',
  ],
  [MESSAGE]: ['silence-after-a-trap-is-not-responding', 'respond-in-cleanup'],
  [ANEW]: ['uninstall-keeps-stable-memory', 'uninstall-keeps-timer'],
  [EMPTY]: ['uninstall-keeps-certified-data'],
  [GONE]: ['delete-leaves-reserved'],
  [REST]: [
    'expired-response-keeps-refund', 'expired-call-refunds', 'expired-message-refunds', 'expired-context-answers-twice',
    'spontaneous-reject-keeps-cycles', 'rejections-are-all-transient', 'caller-gone-in-callback',
  ],
  [GROWTH]: ['stable-grow-zero-fails', 'stable-grow-to-limit-fails', 'stable-grow-limit-exclusive', 'stable-grow-by-nothing-when-full'],
  [KEYS]: ['vetkd-invalid-key-succeeds'],
  [ORDER]: ['composite-cleanup-is-cleanup', 'cleanup-ends-composite-query'],
  [NAN]: ['nan-not-canonical', 'nan-of-f32-not-canonical', 'nan-in-local-not-canonical'],
}; // prettier-ignore

/** By the mutant's name. */
export const UNSEEN: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_REASON).flatMap(([reason, names]) => names.map((name) => [name, reason] as const)),
);
