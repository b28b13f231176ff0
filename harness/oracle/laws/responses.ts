// spec-shaped: at most one response, and exactly one unless the caller is gone — canister-interface.md#responding
import type { CallContextId, MessageId, RequestId } from '../../../spec/vocabulary/ids.js';
import type { ExecutionRecord } from '../../../spec/vocabulary/record.js';
import type { Bench, Law, Observation } from '../law.js';

const ONCE = 'responding/at-most-one-response';
const EXACTLY = 'calls/perform-zero-one-callback';
const CLEANUP = 'calls/cleanup-after-trap';
const NOT_CLEANUP = 'calls/cleanup-not-after-success';

/** Cycles with which a canister can pay for a message, whatever it costs. */
const PAYS = 10n ** 13n;

export const responses: Law = {
  name: 'responses',
  clauses: [ONCE, EXACTLY, CLEANUP, NOT_CLEANUP, 'call-contexts/one-response'],
  judge: (bench) => {
    const answered = new Set<MessageId>();
    const callOf = new Map<MessageId, MessageId>();
    const calls = new Set<MessageId>();
    const responded = new Set<CallContextId>();
    const open = new Set<RequestId>();
    const ended = new Set<RequestId>();
    let uninstalls = false;

    /** The thing is answered; a second time is a violation. */
    const once = <T>(seen: Set<T>, item: T, what: string) => {
      bench.check(ONCE);
      if (seen.has(item)) {
        bench.violate({
          rule: ONCE,
          tier: 'spec',
          kind: 'response',
          expected: `one response to ${what} ${item}`,
          actual: 'a second one',
        });
      }
      seen.add(item);
    };

    return {
      transition: (observation) => {
        const { record, outcome, world } = observation;
        for (const execution of record.executions) {
          for (const { message } of execution.calls) if (message >= 0) calls.add(message);
          if (execution.response !== undefined && execution.callContext !== undefined) {
            once(responded, execution.callContext, 'call context');
          }
        }
        if (outcome?.kind === 'accepted') open.add(outcome.request);
        for (const { request } of record.ended) once(ended, request, 'request');
        // A response that expires is taken back: SYS_UNKNOWN comes in its place.
        if (record.cause.kind === 'expire-message') {
          const call = callOf.get(record.cause.message);
          if (call !== undefined) answered.delete(call);
        }
        for (const message of record.messages) {
          if (message.kind !== 'response') continue;
          callOf.set(message.id, message.to);
          once(answered, message.to, 'call');
        }
        for (const { canister, moduleHash } of record.after)
          uninstalls ||= moduleHash === undefined && world.canister(canister)?.moduleHash !== undefined;
        judgeCallbacks(bench, observation);
      },
      end: (end, world) => {
        // Without messages under way everybody has got an answer; a stop request waits for what others hold back.
        if (end !== 'quiescent') return;
        const canisters = [...world.canisters()];
        // A call to a canister that can pay for being there, and for no message, may wait (ambiguity 35).
        if (canisters.some(({ balance }) => balance < PAYS)) return;
        const waits = canisters.some(({ status }) => status === 'stopping');
        if (!uninstalls) judgeAllAnswered(bench, calls, answered, EXACTLY, 'call');
        if (!waits) judgeAllAnswered(bench, open, ended, 'call-contexts/one-response', 'request');
      },
    };
  },
};

function judgeAllAnswered<T>(bench: Bench, asked: Set<T>, answered: Set<T>, rule: string, what: string): void {
  for (const item of asked) {
    bench.check(rule);
    if (answered.has(item)) continue;
    bench.violate({
      rule,
      tier: 'spec',
      kind: 'response',
      expected: `${what} ${item} is answered`,
      actual: 'nothing is under way any more, and it is not',
    });
  }
}

/** One callback for a response, of the right kind; the cleanup if and only if it trapped. */
function judgeCallbacks(bench: Bench, { record }: Observation): void {
  if (record.cause.kind !== 'deliver') return;
  const callbacks = record.executions.filter(
    ({ entryPoint }) => entryPoint === 'reply callback' || entryPoint === 'reject callback',
  );
  bench.check(EXACTLY);
  if (callbacks.length > 1) {
    bench.violate({
      rule: EXACTLY,
      tier: 'spec',
      kind: 'callback',
      expected: 'one callback',
      actual: `${callbacks.length} callbacks`,
    });
  }
  const callback = callbacks[0];
  const cleanup = record.executions.find(isCleanup);
  if (cleanup === undefined) return;
  const rule = callback?.outcome.kind === 'returned' ? NOT_CLEANUP : CLEANUP;
  bench.check(rule);
  if (callback?.outcome.kind === 'trapped') return;
  bench.violate({
    rule,
    tier: 'spec',
    kind: 'callback',
    entryPoint: cleanup.entryPoint,
    expected: 'the cleanup runs only after a callback that trapped',
    actual: callback === undefined ? 'no callback ran' : 'the callback returned',
  });
}

function isCleanup({ entryPoint }: ExecutionRecord): boolean {
  return entryPoint === 'cleanup callback after reply' || entryPoint === 'cleanup callback after reject';
}
