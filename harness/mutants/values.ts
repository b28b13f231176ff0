// table: mutants whose System API functions compute, copy or check something wrong — canister-interface.md#system-api
import type { Execution } from '../../executor/execution.js';
import { copyOut } from '../../executor/system-api/blobs.js';
import { entry, executorMutants, part, systemCall } from './mutant.js';

const LOW_WORD = 0xffff_ffff;
/** An address in no memory. */
const BEYOND = 1n << 63n;

/** The memory's size in bytes. */
const memoryBytes = ({ instance }: Execution) => instance.bytes().length;

export const values = executorMutants('values', [
  [
    'copy-destination-off-by-one',
    'msg_arg_data_copy refuses to write the last byte of the memory.',
    [
      'blobs/copy-destination-bounds',
      'blobs/copy-source-bounds',
      'blobs/size-zero-at-end',
      'method-arguments/argument',
    ],
    systemCall('msg_arg_data_copy', (copy) => (execution, dst, offset, size) => {
      copy(execution, dst + size >= memoryBytes(execution) ? Infinity : dst, offset, size);
    }),
  ],
  [
    'copy-source-off-by-one',
    'msg_caller_copy refuses to copy up to the end of the blob.',
    ['blobs/copy-source-bounds', 'method-arguments/caller', 'blobs/copy-offset-at-end', 'blobs/copy-copies-range'],
    systemCall('msg_caller_copy', (copy) => (execution, dst, offset, size) => {
      copy(execution, dst, offset + size >= execution.caller.length ? Infinity : offset, size);
    }),
  ],
  [
    'copy-source-shorter',
    'msg_arg_data_copy beyond the end of the blob copies what there is instead of trapping.',
    ['blobs/copy-source-bounds', 'method-arguments/argument'],
    systemCall('msg_arg_data_copy', () => (execution, dst, offset, size) => {
      copyOut(execution, dst, 0, size, new Uint8Array(Math.min(size, memoryBytes(execution))));
      execution.instance.bytes().set(execution.arg.subarray(offset, offset + size), dst);
    }),
  ],
  [
    'copy-sum-wraps',
    'canister_self_copy adds offset and size in 32 bits.',
    [
      'blobs/copy-source-bounds',
      'blobs/copy-destination-bounds',
      'blobs/sums-exact',
      'interpretation-of-numbers/sums-do-not-wrap',
    ],
    systemCall('canister_self_copy', (copy) => (execution, dst, offset, size) => {
      if (offset + size > LOW_WORD && (offset + size) >>> 0 <= execution.canister.idBytes.length) return;
      copy(execution, dst, offset, size);
    }),
  ],
  [
    'copy-size-zero-is-not-checked',
    'msg_arg_data_copy of size 0 never traps.',
    ['blobs/copy-destination-bounds', 'blobs/size-zero-out-of-bounds', 'blobs/copy-source-bounds'],
    systemCall('msg_arg_data_copy', (copy) => (execution, dst, offset, size) => {
      if (size !== 0) copy(execution, dst, offset, size);
    }),
  ],
  [
    'copy-ignores-offset',
    'msg_arg_data_copy copies from the start whatever the offset.',
    ['transform/argument', 'blobs/copy-copies-range', 'method-arguments/argument'],
    systemCall('msg_arg_data_copy', () => (execution, dst, offset, size) => {
      copyOut(execution, dst, offset, size, execution.arg);
      execution.instance.bytes().set(execution.arg.subarray(0, size), dst);
    }),
  ],
  [
    'argument-size-includes-null',
    'msg_arg_data_size counts one byte more than there is.',
    ['blobs/size-gives-length', 'method-arguments/argument', 'public-methods/argument-on-demand'],
    systemCall('msg_arg_data_size', (size) => (execution) => size(execution) + 1),
  ],
  [
    'argument-of-method-in-callback',
    'A reply callback sees an empty argument instead of the reply.',
    [
      'method-arguments/reply-is-argument',
      'callbacks/reply-argument',
      'calls/reply-readable',
      'blobs/size-gives-length',
    ],
    systemCall('msg_arg_data_size', (size) => (execution) => (execution.letter === 'Ry' ? 0 : size(execution))),
  ],
  [
    'caller-in-callback-is-callee',
    'In a callback the caller is the canister itself.',
    ['method-arguments/caller-in-callback', 'blobs/copy-source-bounds', 'blobs/copy-copies-range'],
    systemCall('msg_caller_copy', (copy) => (execution, dst, offset, size) => {
      if (execution.letter === 'Ry' || execution.letter === 'Rt')
        copyOut(execution, dst, offset, size, execution.canister.idBytes);
      else copy(execution, dst, offset, size);
    }),
  ],
  [
    'caller-in-system-task-is-self',
    "In a system task the caller has the size of the canister's id.",
    ['method-arguments/caller-in-system-task'],
    systemCall(
      'msg_caller_size',
      (size) => (execution) => (execution.letter === 'T' ? execution.canister.idBytes.length : size(execution)),
    ),
  ],
  [
    'deadline-in-seconds',
    'msg_deadline is in seconds.',
    ['method-arguments/deadline-value'],
    systemCall('msg_deadline', (deadline) => (execution) => deadline(execution) / 1_000_000_000n),
  ],
  [
    'timeout-not-capped',
    'A timeout over MAX_CALL_TIMEOUT is shortened by one second only.',
    ['method-arguments/deadline-value', 'calls/best-effort-capped'],
    systemCall('call_with_best_effort_response', (turn) => (execution, timeout) => {
      turn(
        execution,
        Number(execution.profile.limits.callTimeoutSeconds) < timeout
          ? Number(execution.profile.limits.callTimeoutSeconds) - 1
          : timeout,
      );
    }),
  ],
  [
    'best-effort-twice',
    'call_with_best_effort_response twice takes the last timeout instead of trapping.',
    ['calls/best-effort-at-most-once'],
    systemCall('call_with_best_effort_response', (turn) => (execution, timeout) => {
      if (execution.pending !== undefined) execution.pending.timeoutSeconds = undefined;
      turn(execution, timeout);
    }),
  ],
  [
    'cleanup-twice',
    'call_on_cleanup twice takes the last function instead of trapping.',
    ['calls/cleanup-at-most-once'],
    systemCall('call_on_cleanup', (on) => (execution, fun, env) => {
      if (execution.pending !== undefined) execution.pending.onCleanup = undefined;
      on(execution, fun, env);
    }),
  ],
  [
    'append-after-reply',
    'msg_reply_data_append after msg_reply does nothing instead of trapping.',
    ['responding/append-after-response'],
    systemCall('msg_reply_data_append', (append) => (execution, src, size) => {
      if (execution.response === undefined) append(execution, src, size);
    }),
  ],
  [
    'reply-twice',
    'A second msg_reply replaces the first instead of trapping.',
    ['responding/reply-at-most-once'],
    systemCall('msg_reply', (reply) => (execution) => {
      execution.response = undefined;
      reply(execution);
    }),
  ],
  [
    'append-replaces',
    'msg_reply_data_append keeps only what was appended last.',
    ['responding/append-adds'],
    systemCall('msg_reply_data_append', (append) => (execution, src, size) => {
      if (execution.response === undefined && src + size <= memoryBytes(execution)) execution.replyParts.length = 0;
      append(execution, src, size);
    }),
  ],
  [
    'reply-maximum-exclusive',
    'msg_reply_data_append traps at exactly the maximum response size.',
    ['responding/append-maximum', 'profile/limits'],
    systemCall('msg_reply_data_append', (append) => (execution, src, size) => {
      const { limits } = execution.profile;
      append(execution, src, execution.replyBytes + size === limits.replyBytes ? Infinity : size);
    }),
  ],
  [
    'reject-with-reply-code',
    'msg_reject does not check that the message is UTF-8.',
    ['responding/reject-utf8', 'responding/reject-utf8-stored'],
    systemCall('msg_reject', (reject) => (execution, src, size) => {
      try {
        reject(execution, src, size);
      } catch (trap) {
        if (!execution.mayRespond || execution.response !== undefined || src + size > memoryBytes(execution))
          throw trap;
        execution.response = { kind: 'reject', message: '' };
      }
    }),
  ],
  [
    'call-data-replaces',
    'call_data_append keeps only what was appended last.',
    ['calls/data-append'],
    systemCall('call_data_append', (append) => (execution, src, size) => {
      if (execution.pending !== undefined && src + size <= memoryBytes(execution)) execution.pending.arg.length = 0;
      append(execution, src, size);
    }),
  ],
  [
    'call-envs-swapped',
    'call_new gives the reply callback the env of the reject callback.',
    ['calls/callback-env'],
    systemCall(
      'call_new',
      (begin) => (execution, calleeSrc, calleeSize, nameSrc, nameSize, replyFun, replyEnv, rejectFun, rejectEnv) => {
        begin(execution, calleeSrc, calleeSize, nameSrc, nameSize, replyFun, rejectEnv, rejectFun, replyEnv);
      },
    ),
  ],
  [
    'cleanup-env-truncated',
    'The env of the cleanup callback has 16 bits.',
    ['calls/cleanup-env'],
    systemCall('call_on_cleanup', (on) => (execution, fun, env) => {
      on(execution, fun, env & 0xffffn);
    }),
  ],
  [
    'perform-leaves-builder',
    'After call_perform the call can still be changed.',
    ['calls/builder-after-perform', 'calls/perform-outside-builder'],
    systemCall('call_perform', (perform) => (execution) => {
      const { pending } = execution;
      const result = perform(execution);
      execution.pending = pending === undefined ? undefined : { ...pending, arg: [], argBytes: 0, cycles: 0n };
      return result;
    }),
  ],
  [
    'stable-write-source-off-by-one',
    'stable64_write refuses the last byte of the Wasm memory.',
    ['stable-memory/write-source-bounds', 'stable-memory/write-copies'],
    systemCall('stable64_write', (write) => (execution, offset, src, size) => {
      write(execution, offset, src + size >= BigInt(memoryBytes(execution)) ? BEYOND : src, size);
    }),
  ],
  [
    'stable-write-sum-wraps',
    'stable_write adds offset and size in 32 bits.',
    [
      'stable-memory/write-stable-bounds',
      'interpretation-of-numbers/sums-do-not-wrap',
      'stable-memory/write-32-copies',
      'stable-memory/write-32-traps',
    ],
    systemCall('stable_write', (write) => (execution, offset, src, size) => {
      if (offset + size > LOW_WORD && src + size <= memoryBytes(execution)) return;
      write(execution, offset, src, size);
    }),
  ],
  [
    'stable-size-zero-is-not-checked',
    'stable64_read of size 0 never traps.',
    ['stable-memory/read-stable-bounds', 'stable-memory/read-destination-bounds', 'blobs/size-zero-out-of-bounds'],
    systemCall('stable64_read', (read) => (execution, dst, offset, size) => {
      if (size !== 0n) read(execution, dst, offset, size);
    }),
  ],
  [
    'stable-grow-by-nothing-when-full',
    'stable64_grow by no pages fails where the stable memory is as large as it may be.',
    ['stable-memory/grow-limit', 'stable-memory/grow-previous', 'stable-memory/grow-failure'],
    systemCall('stable64_grow', (grow) => (execution, pages) => {
      const full = execution.canister.stable.size === execution.profile.limits.stablePages;
      return full ? (1n << 64n) - 1n : grow(execution, pages);
    }),
  ],
  [
    'stable-grow-gives-new-size',
    'stable64_grow returns the new size.',
    ['stable-memory/grow-previous'],
    systemCall('stable64_grow', (grow) => (execution, pages) => {
      const before = grow(execution, pages);
      return before === 0xffff_ffff_ffff_ffffn ? before : before + pages;
    }),
  ],
  [
    'stable-grow-limit-exclusive',
    'stable_grow to exactly 2^32 bytes fails.',
    ['stable-memory/grow-32-failure', 'stable-memory/grow-32-previous'],
    systemCall(
      'stable_grow',
      (grow) => (execution, pages) =>
        execution.canister.stable.size + BigInt(pages) === 65_536n ? -1 : grow(execution, pages),
    ),
  ],
  [
    'stable-32-works-beyond-4-gib',
    'stable_size works above 2^32 bytes.',
    ['stable-memory/size-32-traps'],
    systemCall(
      'stable_size',
      () =>
        ({ canister }) =>
          Number(canister.stable.size),
    ),
  ],
  [
    'timer-gives-new-value',
    'global_timer_set returns the new value.',
    ['global-timer/previous-value', 'global-timer/previous-zero'],
    systemCall('global_timer_set', (set) => (execution, timestamp) => {
      set(execution, timestamp);
      return timestamp;
    }),
  ],
  [
    'certified-data-33-bytes',
    'certified_data_set takes 33 bytes.',
    ['certified-data/set-at-most-32', 'certified-data/set-over-32'],
    systemCall('certified_data_set', (set) => (execution, src, size) => {
      set(execution, src, size === 33 ? 32 : size);
    }),
  ],
  [
    'controller-of-first-only',
    'is_controller knows the first controller only.',
    ['controller-check/is-controller'],
    systemCall('is_controller', (is) => (execution, src, size) => {
      const result = is(execution, src, size);
      const [first] = execution.canister.settings.controllers;
      return result === 1 && Buffer.from(execution.instance.bytes().slice(src, src + size)).toString('hex') !== first
        ? 0
        : result;
    }),
  ],
  [
    'counter-excludes-itself',
    'performance_counter(0) leaves out what it costs itself.',
    ['profile/performance-counter', 'performance-counter/type-0'],
    systemCall(
      'performance_counter',
      (counter) => (execution, type) => counter(execution, type) - (type === 0 ? 200n : 0n),
    ),
  ],
  [
    'counter-1-is-counter-0',
    'performance_counter(1) counts the current execution only.',
    [
      'performance-counter/type-1-replicated',
      'profile/performance-counter',
      'performance-counter/type-1-composite',
      'performance-counter/monotonic',
    ],
    systemCall('performance_counter', (counter) => (execution, type) => counter(execution, type === 1 ? 0 : type)),
  ],
  [
    'replicated-in-query',
    'in_replicated_execution is 1 in composite queries.',
    ['replicated-execution-check/non-replicated'],
    systemCall('in_replicated_execution', (is) => (execution) => (execution.letter === 'CQ' ? 1 : is(execution))),
  ],
  [
    'not-replicated-in-cleanup',
    'in_replicated_execution is 0 in cleanup callbacks.',
    ['replicated-execution-check/replicated'],
    systemCall('in_replicated_execution', (is) => (execution) => (execution.letter === 'C' ? 0 : is(execution))),
  ],
  [
    'status-of-stopping-is-stopped',
    'canister_status is 3 while the canister is stopping.',
    ['canister-status/stopping'],
    systemCall(
      'canister_status',
      (status) => (execution) => Math.max(status(execution), status(execution) === 2 ? 3 : 0),
    ),
  ],
  [
    'version-without-current',
    'canister_version shows the value after the execution.',
    ['canister-version/value', 'canister-version/pre-upgrade-sees-old', 'canister-version/post-upgrade-sees-new'],
    systemCall('canister_version', (version) => (execution) => version(execution) + 1n),
  ],
  [
    'environment-index-at-count',
    'env_var_name_size at index count gives 0 instead of trapping.',
    ['environment-variables/name-size-index'],
    systemCall(
      'env_var_name_size',
      (size) => (execution, index) =>
        index === execution.canister.settings.environmentVariables.length ? 0 : size(execution, index),
    ),
  ],
  [
    'environment-name-exists-by-prefix',
    'env_var_name_exists finds the empty name.',
    ['environment-variables/name-exists'],
    systemCall(
      'env_var_name_exists',
      (exists) => (execution, src, size) => (exists(execution, src, size) === 1 || size === 0 ? 1 : 0),
    ),
  ],
  [
    'debug-print-traps',
    'debug_print out of bounds traps.',
    ['debugging-aids/print-never-traps'],
    systemCall('debug_print', (print) => (execution, src, size) => {
      if (src + size > memoryBytes(execution)) copyOut(execution, Infinity, 0, 0, new Uint8Array(0));
      print(execution, src, size);
    }),
  ],
  [
    'trap-logs-nothing',
    'ic0.trap leaves no record in the log.',
    ['debugging-aids/trap-logs', 'profile/log'],
    systemCall('trap', (trap) => (execution, src, size) => {
      const { log } = execution.canister;
      try {
        return trap(execution, src, size);
      } finally {
        execution.canister.log = log;
      }
    }),
  ],
  [
    'accept-message-twice',
    'accept_message can be called twice.',
    ['inspect-message/accept-twice'],
    systemCall('accept_message', () => (execution) => {
      execution.messageAccepted = true;
    }),
  ],
  [
    'ecdsa-curve-1',
    'cost_sign_with_ecdsa knows curve 1.',
    ['cycle-cost/ecdsa-curves', 'cycle-cost/invalid-curve'],
    systemCall(
      'cost_sign_with_ecdsa',
      (cost) => (execution, src, size, curve, dst) => cost(execution, src, size, curve === 1 ? 0 : curve, dst),
    ),
  ],
  [
    'vetkd-invalid-key-succeeds',
    'cost_vetkd_derive_key gives 1 for an unknown key.',
    ['cycle-cost/invalid-key', 'cycle-cost/vetkd-curves'],
    systemCall('cost_vetkd_derive_key', (cost) => (execution, src, size, curve, dst) => {
      const result = cost(execution, src, size, curve, dst);
      return result === 2 ? 1 : result;
    }),
  ],
  [
    'stable-memory-forgets-last-page-on-write',
    'A stable write that spans two pages loses its second part.',
    ['stable-memory/write-copies', 'stable-memory/write-32-copies'],
    entry('newStableMemory', (make) => () => {
      const memory = make();
      const { write } = memory;
      memory.write = (offset, data) => {
        write.call(memory, offset, data.subarray(0, 4096 - (offset % 4096)));
      };
      return memory;
    }),
  ],
  [
    'stable-places-repeat',
    'Places of the stable memory that are 4 GiB apart are one.',
    ['stable-memory/write-copies'],
    entry('newStableMemory', (make) => () => {
      const memory = make();
      const { write, read } = memory;
      memory.write = (offset, data) => {
        write.call(memory, offset % (LOW_WORD + 1), data);
      };
      memory.read = (offset, into) => {
        read.call(memory, offset % (LOW_WORD + 1), into);
      };
      return memory;
    }),
  ],
  [
    'call-payloads-add-up',
    'The maximum payload is one of all calls of an execution.',
    ['calls/data-maximum'],
    systemCall('call_data_append', (append) => (execution, src, size) => {
      const before = execution.calls.reduce((sum, { argBytes }) => sum + argBytes, execution.pending?.argBytes ?? 0);
      append(execution, src, before + size > execution.profile.limits.callBytes ? Infinity : size);
    }),
  ],
  [
    'debug-print-address-has-32-bits',
    'debug_print takes the lower 32 bits of the address.',
    ['debugging-aids/print-logs'],
    systemCall('debug_print', (print) => (execution, src, size) => {
      print(execution, src % (LOW_WORD + 1), size);
    }),
  ],
  [
    'update-version-by-two',
    'An update increments the canister version by two.',
    ['canister-version/by-update', 'profile/version'],
    part('versionIncrements', 'canister_update', () => 2n),
  ],
]);
