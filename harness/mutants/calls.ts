// table: mutants of messages between canisters: building, sending, answering, expiring — canister-interface.md#system-api-call
import type { Execution } from '../../executor/execution.js';
import { discardPendingCall } from '../../executor/system-api/calls.js';
import type { Machine } from '../../executor/machine.js';
import { respondToContext } from '../../executor/machine.js';
import type { CallContext, Message } from '../../executor/state.js';
import { CanisterTrap } from '../../executor/trap.js';
import { contextOf } from '../../spec/vocabulary/entry-point.js';
import { entry, executorMutants, part, systemCall } from './mutant.js';

const isCallback = ({ entryPoint }: Execution) => ['Ry', 'Rt', 'C'].includes(contextOf(entryPoint));

const refuse = (why: string): never => {
  throw new CanisterTrap('system-call', why);
};

/** The reply data that earlier executions of a call context left. */
const leftOver = new WeakMap<CallContext, Uint8Array[]>();

/** What a system call gave when a call context asked for it first. */
function asAtFirst<T>(now: (execution: Execution) => T): (execution: Execution) => T {
  const first = new WeakMap<CallContext, { readonly value: T }>();
  return (execution) => {
    const { context } = execution;
    if (context === undefined) return now(execution);
    const known = first.get(context) ?? { value: now(execution) };
    first.set(context, known);
    return known.value;
  };
}

/** Changes the responses that a transition sends to canisters. */
function changeResponses(machine: Machine, change: (message: Extract<Message, { kind: 'response' }>) => void): void {
  for (const { id, kind } of machine.log.messages) {
    const message = kind === 'response' ? machine.subnet.messages.get(id) : undefined;
    if (message?.kind === 'response') change(message);
  }
}

export const calls = [
  ...executorMutants('values', [
    [
      'reject-code-is-always-5',
      'A callback sees reject code 5 whatever the reason of the rejection.',
      ['method-arguments/reject-code', 'calls/reject-readable', 'method-arguments/reject-code-in-cleanup'],
      systemCall('msg_reject_code', (code) => (execution) => (code(execution) === 0 ? 0 : 5)),
    ],
    [
      'reject-code-in-cleanup-is-of-the-trap',
      'A cleanup callback sees reject code 5, because the callback before it trapped.',
      ['method-arguments/reject-code-zero', 'method-arguments/reject-code-in-cleanup', 'method-arguments/reject-code'],
      systemCall('msg_reject_code', (code) => (execution) => (execution.letter === 'C' ? 5 : code(execution))),
    ],
    [
      'reject-message-counts-characters',
      'msg_reject_msg_size counts characters, not bytes.',
      ['method-arguments/reject-message', 'blobs/size-gives-length', 'calls/reject-readable'],
      systemCall(
        'msg_reject_msg_size',
        () =>
          ({ rejectMessage }) =>
            [...new TextDecoder().decode(rejectMessage)].length,
      ),
    ],
    [
      'method-name-counts-characters',
      'msg_method_name_size counts characters, not bytes.',
      ['inspect-message/method-name', 'blobs/size-gives-length'],
      systemCall(
        'msg_method_name_size',
        () =>
          ({ method }) =>
            [...(method ?? '')].length,
      ),
    ],
    [
      'caller-in-callback-of-task-is-self',
      "In a callback of a call that a heartbeat or a timer made the caller has the size of the canister's id.",
      ['method-arguments/caller-in-callback', 'method-arguments/caller-in-system-task'],
      systemCall(
        'msg_caller_size',
        (size) => (execution) =>
          isCallback(execution) && execution.context?.origin.kind === 'system'
            ? execution.canister.idBytes.length
            : size(execution),
      ),
    ],
    [
      'caller-gone-in-callback',
      'In a callback the caller has no bytes once it is stopped, which only one whose call has expired can be.',
      ['method-arguments/caller-in-callback', 'method-arguments/caller'],
      systemCall('msg_caller_size', (size) => (execution) => {
        const origin = execution.context?.origin;
        const gone = origin?.kind === 'canister' && origin.call.caller.status === 'stopped';
        return isCallback(execution) && gone ? 0 : size(execution);
      }),
    ],
    [
      'caller-info-lost-in-callbacks',
      'What the caller said of itself is gone in callbacks.',
      ['method-arguments/caller-info-in-callback', 'method-arguments/caller-info-data'],
      systemCall('msg_caller_info_data_size', (size) => (execution) => (isCallback(execution) ? 0 : size(execution))),
    ],
    [
      'caller-info-in-inspection-only',
      'msg_caller_info_signer_size is 0 in an update.',
      ['method-arguments/caller-info-signer'],
      systemCall(
        'msg_caller_info_signer_size',
        (size) => (execution) => (execution.letter === 'U' ? 0 : size(execution)),
      ),
    ],
    [
      'status-is-of-the-call-context',
      'A call context sees the status that the canister had when it asked first.',
      ['canister-status/stopping', 'canister-status/running', 'canister-status/stopped'],
      systemCall('canister_status', asAtFirst),
    ],
    [
      'status-in-answered-context-is-stopped',
      'The last callback of a context that has answered sees a stopping canister as stopped.',
      ['canister-status/stopping', 'canister-status/stopped'],
      systemCall('canister_status', (status) => (execution) => {
        const { context } = execution;
        const last = context !== undefined && context.outstanding === 0 && !context.needsToRespond;
        return last && execution.canister.status === 'stopping' ? 3 : status(execution);
      }),
    ],
    [
      'environment-is-of-the-call-context',
      'A call context sees as many environment variables as there were when it asked first.',
      ['environment-variables/count'],
      systemCall('env_var_count', asAtFirst),
    ],
    [
      'deadline-in-whole-seconds',
      'msg_deadline is cut to whole seconds.',
      ['method-arguments/deadline-value'],
      systemCall(
        'msg_deadline',
        (deadline) => (execution) => deadline(execution) - (deadline(execution) % 1_000_000_000n),
      ),
    ],
    [
      'deadline-zero-in-callbacks',
      'msg_deadline is 0 in callbacks.',
      ['method-arguments/deadline-value'],
      systemCall('msg_deadline', (deadline) => (execution) => (isCallback(execution) ? 0n : deadline(execution))),
    ],
    [
      'timeout-zero-is-unbounded',
      'call_with_best_effort_response(0) leaves the call without a bound.',
      ['calls/best-effort-capped', 'calls/best-effort-any-timeout', 'calls/best-effort-bounded'],
      systemCall('call_with_best_effort_response', (turn) => (execution, timeout) => {
        turn(execution, timeout);
        if (timeout === 0 && execution.pending !== undefined) execution.pending.timeoutSeconds = undefined;
      }),
    ],
    [
      'timeout-is-signed',
      'A timeout of 2^31 seconds or more is taken for a negative one, that is 0.',
      [
        'calls/best-effort-any-timeout',
        'calls/best-effort-capped',
        'interpretation-of-numbers/unsigned',
        'method-arguments/deadline-value',
      ],
      systemCall('call_with_best_effort_response', (turn) => (execution, timeout) => {
        turn(execution, Math.max(timeout | 0, 0));
      }),
    ],
    [
      'reply-data-survive-the-execution',
      'What an execution appended and did not send becomes part of the reply of a later callback.',
      ['responding/buffer-discarded', 'responding/reply-sends-buffer', 'responding/append-adds'],
      systemCall('msg_reply_data_append', (append) => (execution, src, size) => {
        const { context, replyParts } = execution;
        if (context !== undefined && replyParts.length === 0) replyParts.push(...(leftOver.get(context) ?? []));
        append(execution, src, size);
        if (context !== undefined) leftOver.set(context, [...replyParts]);
      }),
    ],
    [
      'reply-maximum-of-queries-in-replicated-query',
      'A replicated query may reply with as much as a query.',
      ['responding/append-maximum', 'profile/limits', 'responding/append-maximum-which'],
      systemCall('msg_reply_data_append', (append) => (execution, src, size) => {
        const { replyBytes } = execution;
        if (execution.letter === 'RQ' && replyBytes + size <= execution.profile.limits.queryReplyBytes)
          execution.replyBytes = 0;
        append(execution, src, size);
        execution.replyBytes = replyBytes + size;
      }),
    ],
    [
      'reply-maximum-of-updates-in-queries',
      'A query may reply with no more than an update.',
      ['responding/append-maximum', 'profile/limits', 'responding/append-maximum-which'],
      systemCall('msg_reply_data_append', (append) => (execution, src, size) => {
        if (
          execution.replyBytes + size > execution.profile.limits.replyBytes &&
          size <= execution.instance.bytes().length
        )
          refuse('the reply is too large');
        append(execution, src, size);
      }),
    ],
    [
      'reply-maximum-per-append',
      'The maximum size of a reply is tested for each piece alone.',
      ['responding/append-maximum', 'profile/limits'],
      systemCall('msg_reply_data_append', (append) => (execution, src, size) => {
        execution.replyBytes = 0;
        append(execution, src, size);
      }),
    ],
    [
      'reject-message-without-maximum',
      'msg_reject takes a message of any size.',
      ['profile/limits', 'responding/reject-bounds', 'responding/reject-utf8'],
      systemCall('msg_reject', (reject) => (execution, src, size) => {
        reject(execution, src, Math.min(size, execution.profile.limits.replyBytes));
      }),
    ],
    [
      'call-data-maximum-per-append',
      'The maximum size of an argument is tested for each piece alone.',
      ['calls/data-maximum', 'profile/limits'],
      systemCall('call_data_append', (append) => (execution, src, size) => {
        const before = execution.pending?.argBytes ?? 0;
        if (execution.pending !== undefined) execution.pending.argBytes = 0;
        append(execution, src, size);
        if (execution.pending !== undefined) execution.pending.argBytes += before;
      }),
    ],
    [
      'call-data-maximum-exclusive',
      'call_data_append traps at exactly the maximum size.',
      ['calls/data-maximum', 'profile/limits'],
      systemCall('call_data_append', (append) => (execution, src, size) => {
        append(execution, src, size);
        if (execution.pending?.argBytes === execution.profile.limits.callBytes) refuse('the argument is too large');
      }),
    ],
    [
      'method-name-maximum-exclusive',
      'call_new traps at a method name of exactly the maximum size.',
      ['calls/name-and-callee', 'profile/limits'],
      systemCall('call_new', (begin) => (execution, calleeSrc, calleeSize, nameSrc, nameSize, ...closures) => {
        begin(
          execution,
          calleeSrc,
          calleeSize,
          nameSrc,
          nameSize === execution.profile.limits.methodNameBytes ? Infinity : nameSize,
          ...closures,
        );
      }),
    ],
    [
      'callee-of-29-bytes-refused',
      'call_new traps at a callee of 29 bytes.',
      ['calls/name-and-callee'],
      systemCall('call_new', (begin) => (execution, calleeSrc, calleeSize, ...rest) => {
        begin(execution, calleeSrc, calleeSize === 29 ? Infinity : calleeSize, ...rest);
      }),
    ],
    [
      'new-call-keeps-cleanup',
      'call_new keeps the cleanup callback of a call that it discards.',
      ['calls/discarded-by-call-new', 'calls/cleanup-at-most-once', 'calls/cleanup-after-trap'],
      systemCall('call_new', (begin) => (execution, ...args) => {
        const cleanup = execution.pending?.onCleanup;
        begin(execution, ...args);
        if (execution.pending !== undefined) execution.pending.onCleanup = cleanup;
      }),
    ],
    [
      'new-call-keeps-data',
      'call_new keeps the argument of a call that it discards.',
      ['calls/discarded-by-call-new', 'calls/data-initially-empty', 'calls/data-append'],
      systemCall('call_new', (begin) => (execution, ...args) => {
        const arg = execution.pending?.arg ?? [];
        begin(execution, ...args);
        execution.pending?.arg.push(...arg);
      }),
    ],
    [
      'new-call-keeps-timeout',
      'call_new keeps the timeout of a call that it discards.',
      [
        'calls/discarded-by-call-new',
        'calls/best-effort-per-call',
        'calls/best-effort-at-most-once',
        'calls/best-effort-capped',
      ],
      systemCall('call_new', (begin) => (execution, ...args) => {
        const timeout = execution.pending?.timeoutSeconds;
        begin(execution, ...args);
        if (execution.pending !== undefined) execution.pending.timeoutSeconds = timeout;
      }),
    ],
    [
      'best-effort-for-later-calls',
      'Once a call of an execution has a timeout, the calls after it have it too.',
      [
        'calls/best-effort-any-timeout',
        'calls/best-effort-per-call',
        'calls/best-effort-capped',
        'calls/best-effort-at-most-once',
      ],
      systemCall('call_new', (begin) => (execution, ...args) => {
        begin(execution, ...args);
        const timeout = execution.calls.at(-1)?.timeoutSeconds;
        if (execution.pending !== undefined) execution.pending.timeoutSeconds = timeout;
      }),
    ],
    [
      'cleanup-gets-env-of-reply',
      'The cleanup callback gets the env of the reply callback.',
      ['calls/cleanup-env'],
      systemCall('call_on_cleanup', (on) => (execution, fun) => {
        on(execution, fun, execution.pending?.onReply.env ?? 0n);
      }),
    ],
    [
      'envs-are-signed',
      'The highest bit of the env of a reply callback is lost.',
      ['calls/callback-env'],
      systemCall(
        'call_new',
        (begin) =>
          (execution, calleeSrc, calleeSize, nameSrc, nameSize, replyFun, replyEnv, ...reject) => {
            const bits = execution.instance.width === 'i32' ? 31 : 63;
            begin(
              execution,
              calleeSrc,
              calleeSize,
              nameSrc,
              nameSize,
              replyFun,
              BigInt.asUintN(bits, replyEnv),
              ...reject,
            );
          },
      ),
    ],
    [
      'queue-full-over-all-callees',
      'call_perform counts the calls under way to all callees together.',
      ['calls/perform-may-fail', 'calls/perform-result', 'profile/queue-capacity'],
      systemCall('call_perform', (perform) => (execution) => {
        const sum = (counts: ReadonlyMap<unknown, number> | undefined) =>
          [...(counts?.values() ?? [])].reduce((a, b) => a + b, 0);
        const all = sum(execution.evaluation ?? execution.canister.outstanding) + sum(execution.performed);
        if (execution.pending === undefined || all < execution.profile.limits.queueCapacity) return perform(execution);
        discardPendingCall(execution);
        return 2;
      }),
    ],
    [
      'queue-counts-this-execution-only',
      'call_perform forgets the calls that earlier executions have under way.',
      ['calls/perform-may-fail', 'calls/perform-result', 'profile/queue-capacity'],
      systemCall('call_perform', (perform) => (execution) => {
        const { outstanding } = execution.canister;
        const before = new Map(outstanding);
        outstanding.clear();
        try {
          return perform(execution);
        } finally {
          for (const [callee, count] of before) outstanding.set(callee, count);
        }
      }),
    ],
    [
      'failed-call-can-be-added-to',
      'A call that call_perform could not perform stays under construction, without its cycles.',
      ['calls/builder-after-failed-perform'],
      systemCall('call_perform', (perform) => (execution) => {
        const { pending } = execution;
        const code = perform(execution);
        if (code !== 0 && pending !== undefined) execution.pending = Object.assign(pending, { cycles: 0n });
        return code;
      }),
    ],
    [
      'composite-query-calls-for-free',
      'A composite query sets nothing aside for its calls, and makes them with too few cycles.',
      ['calls/perform-sets-aside', 'query-calls/no-cycles', 'calls/perform-frozen-fails'],
      systemCall('call_perform', (perform) => (execution) => {
        const { canister, evaluation, fees, instance } = execution;
        if (evaluation !== undefined && execution.pending !== undefined)
          canister.balance += fees.maxResponse(instance.width);
        return perform(execution);
      }),
    ],
    [
      'cleanup-ends-composite-query',
      'A composite query ends with a callback that trapped, although its cleanup returned.',
      ['query-calls/composite-callback-trap'],
      entry('afterCompositeCleanup', () => (callback) => callback),
    ],
  ]),
  ...executorMutants('lifecycle', [
    [
      'trapped-callback-ends-the-call',
      'A trapped callback rejects the call although other calls are under way.',
      [
        'call-contexts/no-starvation-with-calls',
        'call-contexts/response-after-trap',
        'call-contexts/starvation-after-trap',
      ],
      part('bookkeeping', 'starvation', (starve) => (machine) => {
        for (const context of machine.subnet.contexts.values()) {
          if (!context.needsToRespond || !context.trapped || context.outstanding === 0) continue;
          respondToContext(machine, context, {
            kind: 'reject',
            code: 5,
            message: machine.options.profile.rejectMessages.trapped,
          });
        }
        return starve(machine);
      }),
    ],
    [
      'silence-after-a-trap-is-not-responding',
      'A call whose last callback trapped is rejected for not responding.',
      ['call-contexts/starvation-after-trap', 'profile/reject-messages', 'call-contexts/starvation-rejects'],
      part('bookkeeping', 'starvation', (starve) => (machine) => {
        for (const context of machine.subnet.contexts.values())
          if (context.outstanding === 0 && context.instructions > 0n) context.trapped = false;
        return starve(machine);
      }),
    ],
    [
      'trap-rejects-as-the-canister-would',
      'A call whose execution trapped is rejected with CANISTER_REJECT.',
      ['call-contexts/starvation-after-trap', 'profile/reject-codes', 'call-contexts/starvation-rejects'],
      part('bookkeeping', 'starvation', (starve) => (machine) => {
        for (const context of machine.subnet.contexts.values()) {
          if (!context.needsToRespond || !context.trapped || context.outstanding > 0) continue;
          machine.log.touched.add(context.canister);
          respondToContext(machine, context, {
            kind: 'reject',
            code: 4,
            message: machine.options.profile.rejectMessages.trapped,
          });
        }
        return starve(machine);
      }),
    ],
    [
      'expired-call-leaves-queue',
      'A call that has expired makes room in its queue before the caller has been told.',
      ['calls/perform-result', 'calls/perform-may-fail', 'profile/queue-capacity'],
      systemCall('call_perform', (perform) => (execution) => {
        const { pending, canister, evaluation, subnet } = execution;
        if (pending === undefined || evaluation !== undefined) return perform(execution);
        const { callee } = pending;
        const underWay = canister.outstanding.get(callee);
        const expired = [...subnet.calls].filter(
          (one) => one.expired && one.caller === canister && one.callee === callee,
        );
        if (underWay === undefined || expired.length === 0) return perform(execution);
        canister.outstanding.set(callee, underWay - expired.length);
        const code = perform(execution);
        canister.outstanding.set(callee, underWay);
        return code;
      }),
    ],
    [
      'unexecuted-call-loses-cycles',
      'A call that is rejected by rule, because the callee is stopped or frozen, loses its cycles.',
      [
        'cycles/accepted-plus-refunded',
        'cycles/conserved',
        'freezing/calls-rejected',
        'stopping/calls-rejected',
        'call-contexts/one-response',
      ],
      part('choices', 'execute', (execute) => (machine, choice) => {
        execute(machine, choice);
        if (machine.log.executions.length > 0) return;
        changeResponses(machine, (message) => {
          machine.subnet.messages.set(message.id, { ...message, refunded: 0n });
        });
      }),
    ],
    [
      'expired-message-refunds',
      'The cycles of a call message that expires go back to the caller.',
      ['expiry/unknown-without-refund', 'cycles/conserved'],
      part('choices', 'expire-message', (expire) => (machine, choice) => {
        const message = machine.subnet.messages.get(choice.message);
        expire(machine, choice);
        if (message?.kind !== 'call' || message.origin.kind !== 'canister') return;
        message.origin.call.caller.balance += message.cycles;
        machine.subnet.totals.lost -= message.cycles;
      }),
    ],
    [
      'expired-response-keeps-refund',
      'The refund of a response that expires still reaches the caller.',
      ['expiry/unknown-without-refund', 'cycles/conserved'],
      part('choices', 'expire-message', (expire) => (machine, choice) => {
        const message = machine.subnet.messages.get(choice.message);
        expire(machine, choice);
        if (message?.kind !== 'response') return;
        machine.subnet.totals.lost -= message.refunded;
        changeResponses(machine, (made) => {
          machine.subnet.messages.set(made.id, { ...made, refunded: message.refunded });
        });
      }),
    ],
    [
      'rejections-are-all-transient',
      'A rejection by the system has code 2, also where it is final.',
      ['call-contexts/spontaneous-reject', 'call-contexts/spontaneous-reject-code'],
      part('choices', 'reject', (reject) => (machine, choice) => {
        reject(machine, { ...choice, code: 2 });
      }),
    ],
    [
      'cleanup-counts-twice',
      'A cleanup callback increments the version by two.',
      ['profile/version', 'calls/cleanup-commits', 'atomicity/version', 'canister-version/by-reject-callback'],
      part('versionIncrements', 'cleanup callback after reject', () => 2n),
    ],
    [
      'cleanup-after-reply-does-not-count',
      'A cleanup callback after a reply does not increment the version.',
      ['profile/version', 'calls/cleanup-commits', 'canister-version/by-reply-callback'],
      part('versionIncrements', 'cleanup callback after reply', () => 0n),
    ],
    [
      'own-calls-need-minimum-cycles',
      'A call of a canister to itself needs the minimum of incoming cycles.',
      ['management/minimum-incoming-cycles'],
      part(
        'callChecks',
        'enoughAttached',
        () =>
          ({ settings }, { origin, cycles }) =>
            origin.kind !== 'canister' || cycles >= settings.minimumIncomingCanisterCallCycles,
      ),
    ],
    [
      'users-need-minimum-cycles',
      'Messages of users are rejected where calls need a minimum of cycles.',
      ['management/minimum-incoming-cycles'],
      part(
        'callChecks',
        'enoughAttached',
        (enough) => (canister, message) =>
          enough(canister, message) &&
          (message.origin.kind === 'canister' || canister.settings.minimumIncomingCanisterCallCycles === 0n),
      ),
    ],
  ]),
];
