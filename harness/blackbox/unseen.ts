// table: mutants that no black box can show at spec tier, and why — the campaign counts over all mutants, and over the others
const FEES = 'fees, charges and what idle resources cost are an implementation’s own';
const LOG = 'canister logs are not shown';
const VERSION =
  'versions may be incremented at any time, and texts differ about hooks, heartbeats, cleanups and replicated queries';
const METERING = 'what an instruction costs, and where a limit is noticed, is an implementation’s own';
const VALUE = 'the value is an implementation’s own';
const EMPTY = 'a canister without code shows no certified data';
const GONE = 'what becomes of the cycles of a deleted canister is shown nowhere';
const REST = 'the engines that are served let no call expire of their own accord';
const GROWTH = 'growth may fail at any time, whatever the size';
const NAN = 'WebAssembly leaves the payload of a NaN open';

const BY_REASON: Readonly<Record<string, readonly string[]>> = {
  [FEES]: [
    'trap-keeps-burned-cycles', 'trap-loses-cost-of-calls', 'failed-install-keeps-burned', 'trap-is-free', 'message-fee-forgotten', 'wasm64-at-half-price',
    'instructions-paid-in-tens', 'ingress-fee-without-name', 'call-fee-without-bytes', 'response-bytes-free', 'idle-burn-ignores-stable-memory',
    'idle-burn-adds-allocation', 'idle-burn-ignores-compute-allocation', 'reserved-pays-last', 'response-cost-from-wrong-limit',
    'trap-keeps-burned-in-cleanup', 'failed-install-gives-burned-back-twice', 'allocation-may-freeze', 'idle-burn-by-whole-days',
    'idle-burn-ignores-module', 'stopped-canister-pays-nothing', 'liquid-forgets-reserved', 'failed-install-is-free',
  ],
  [LOG]: [
    'trap-clears-log', 'trap-discards-log-of-execution', 'query-keeps-log', 'trap-logs-nothing', 'log-drops-the-newest', 'trap-message-cut-at-zero',
    'uninstall-keeps-log', 'reinstall-clears-log',
  ],
  [VERSION]: [
    'trap-increments-version', 'failed-install-increments-version', 'version-without-current', 'update-version-by-two', 'heartbeat-does-not-count',
    'cleanup-counts-twice', 'cleanup-after-reply-does-not-count', 'query-counts', 'version-in-cleanup-counts-callback', 'deposit-counts',
    'hook-does-not-count', 'replicated-query-does-not-count',
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
  [EMPTY]: ['uninstall-keeps-certified-data'],
  [GONE]: ['delete-leaves-reserved'],
  [REST]: ['expired-response-keeps-refund'],
  [GROWTH]: ['stable-grow-zero-fails'],
  [NAN]: ['nan-not-canonical', 'nan-of-f32-not-canonical'],
}; // prettier-ignore

/** By the mutant's name. */
export const UNSEEN: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_REASON).flatMap(([reason, names]) => names.map((name) => [name, reason] as const)),
);
