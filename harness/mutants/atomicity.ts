// table: mutants that keep what a trap must undo, or lose what must stay — canister-interface.md#entry-points
import { isReplicated, type Execution } from '../../executor/execution.js';
import { contextOf } from '../../spec/vocabulary/entry-point.js';
import { entry, executorMutants, part } from './mutant.js';

const NOTHING = () => undefined;
/** What keeps what should be undone: at once, as a commit would. */
const KEEP = {
  wasmMemory: ({ instance }: Execution) => instance.memory?.commit(),
  globals: ({ instance }: Execution) => {
    instance.commitGlobals();
  },
};
const CALLBACKS = new Set(['Ry', 'Rt', 'C']);
const isCallback = ({ entryPoint }: Execution) => CALLBACKS.has(contextOf(entryPoint));
const TASKS = new Set(['canister_heartbeat', 'canister_global_timer', 'canister_on_low_wasm_memory']);

/** What breaks as well where rollback itself is at fault: queries and inspection are rolled back too. */
const ROLLBACK = [
  'transform/leaves-no-trace',
  'atomicity/any-trap',
  'query-calls/leaves-no-trace',
  'inspect-message/changes-nothing',
];

export const atomicity = executorMutants('atomicity', [
  [
    'trap-keeps-wasm-memory',
    'After a trap the writes to the Wasm memory stay.',
    ['atomicity/wasm-memory', ...ROLLBACK, 'message-execution/query-changes-nothing'],
    part('undo', 'wasmMemory', () => KEEP.wasmMemory),
  ],
  [
    'trap-keeps-wasm-memory-in-callbacks',
    'After a trap in a callback the writes to the Wasm memory stay.',
    ['atomicity/wasm-memory', 'atomicity/reply-callback', 'atomicity/reject-callback', 'atomicity/cleanup'],
    part('undo', 'wasmMemory', (undo) => (execution) => (!isCallback(execution) ? undo : KEEP.wasmMemory)(execution)),
  ],
  [
    'trap-keeps-wasm-memory-in-system-tasks',
    'After a trap in a heartbeat, timer or low-memory hook the writes to the Wasm memory stay.',
    ['atomicity/wasm-memory', 'atomicity/heartbeat', 'atomicity/global-timer', 'atomicity/on-low-wasm-memory'],
    part(
      'undo',
      'wasmMemory',
      (undo) => (execution) => (!TASKS.has(execution.entryPoint) ? undo : KEEP.wasmMemory)(execution),
    ),
  ],
  [
    'trap-keeps-high-wasm-memory',
    'Rollback restores the first Wasm page only.',
    ['atomicity/wasm-memory', ...ROLLBACK],
    part('undo', 'wasmMemory', (undo) => (execution) => {
      const kept = execution.instance.bytes().slice(65_536);
      undo(execution);
      if (kept.length > 0) execution.instance.bytes().set(kept, 65_536);
      execution.instance.memory?.commit();
    }),
  ],
  [
    'trap-keeps-globals',
    'After a trap globals keep their new values.',
    ['atomicity/globals', 'atomicity/tables-and-segments', ...ROLLBACK],
    part('undo', 'globals', () => KEEP.globals),
  ],
  [
    'trap-keeps-globals-in-updates',
    'After a trap in an update globals keep their new values.',
    ['atomicity/globals', 'atomicity/tables-and-segments', 'atomicity/update'],
    part(
      'undo',
      'globals',
      (undo) => (execution) => (execution.entryPoint !== 'canister_update' ? undo : KEEP.globals)(execution),
    ),
  ],
  [
    'trap-keeps-globals-in-cleanup',
    'After a trap in a cleanup callback globals keep their new values.',
    ['atomicity/globals', 'atomicity/tables-and-segments', 'atomicity/cleanup'],
    part(
      'undo',
      'globals',
      (undo) => (execution) => (contextOf(execution.entryPoint) !== 'C' ? undo : KEEP.globals)(execution),
    ),
  ],
  [
    'trap-keeps-memory-size',
    'After a trap the Wasm memory keeps the pages it grew by.',
    ['atomicity/wasm-memory-size', ...ROLLBACK],
    part('undo', 'wasmSize', () => KEEP.wasmMemory),
  ],
  [
    'trap-keeps-stable-writes',
    'After a trap the writes to the stable memory stay.',
    ['atomicity/stable-memory', ...ROLLBACK],
    part('undo', 'stableMemory', () => NOTHING),
  ],
  [
    'trap-keeps-stable-size',
    'After a trap the stable memory keeps the pages it grew by.',
    ['atomicity/stable-memory-size', ...ROLLBACK],
    part('undo', 'stableSize', () => NOTHING),
  ],
  [
    'trap-keeps-stable-writes-in-callbacks',
    'After a trap in a callback the writes to the stable memory stay.',
    ['atomicity/stable-memory', 'atomicity/reply-callback', 'atomicity/reject-callback', 'atomicity/cleanup'],
    part('undo', 'stableMemory', (undo) => (execution) => {
      if (!isCallback(execution)) undo(execution);
    }),
  ],
  [
    'trap-keeps-certified-data',
    'After a trap the new certified data stay.',
    ['atomicity/certified-data'],
    part('undo', 'certifiedData', () => NOTHING),
  ],
  [
    'trap-clears-certified-data',
    'A trap clears the certified data instead of restoring them.',
    ['atomicity/certified-data'],
    part('undo', 'certifiedData', () => ({ canister, entryPoint }) => {
      if (isReplicated(entryPoint)) canister.certifiedData = new Uint8Array(0);
    }),
  ],
  [
    'trap-keeps-timer',
    'After a trap the newly set global timer stays.',
    ['atomicity/global-timer-value'],
    part('undo', 'globalTimer', () => NOTHING),
  ],
  [
    'trap-clears-timer',
    'A trap deactivates the global timer that was set before.',
    ['atomicity/global-timer-value', 'global-timer/previous-value'],
    part('undo', 'globalTimer', () => ({ canister, entryPoint }) => {
      if (isReplicated(entryPoint)) canister.globalTimer = 0n;
    }),
  ],
  [
    'trapped-timer-runs-again',
    'A timer whose execution trapped is active again.',
    ['atomicity/timer-stays-off', 'global-timer/not-again-unless-set'],
    part('choices', 'global-timer', (run) => (machine, choice) => {
      const due = machine.subnet.canisters.get(choice.canister)?.globalTimer ?? 0n;
      run(machine, choice);
      const canister = machine.subnet.canisters.get(choice.canister);
      if (machine.log.executions.at(-1)?.outcome.kind === 'trapped' && canister !== undefined)
        canister.globalTimer = due;
    }),
  ],
  [
    'trap-keeps-accepted-cycles',
    'After a trap the cycles accepted stay in the balance.',
    ['atomicity/cycles', 'cycles/accepted-plus-refunded'],
    part('undo', 'accepted', () => NOTHING),
  ],
  [
    'trap-loses-accepted-cycles',
    'After a trap the accepted cycles leave the balance, but do not go back to the call context.',
    ['atomicity/cycles', 'atomicity/attached-cycles-stay', 'cycles/accepted-plus-refunded'],
    part('undo', 'accepted', () => ({ canister, accepted, lost }) => {
      canister.balance -= accepted - lost;
    }),
  ],
  [
    'trap-duplicates-accepted-cycles',
    'After a trap the accepted cycles are in the balance and in the call context.',
    ['atomicity/cycles', 'cycles/conserved'],
    part('undo', 'accepted', () => ({ context, accepted }) => {
      if (context !== undefined) context.available += accepted;
    }),
  ],
  [
    'trap-keeps-burned-cycles',
    'Cycles burned by a trapped execution are gone.',
    ['atomicity/cycles', 'cycles/conserved'],
    part('undo', 'burned', () => NOTHING),
  ],
  [
    'trap-loses-cycles-of-calls',
    'Cycles attached to the calls of a trapped execution do not come back.',
    ['atomicity/cycles', 'cycles/conserved'],
    part('undo', 'calls', () => (execution) => {
      for (const { cost, setAside } of execution.calls) execution.canister.balance += cost + setAside;
      execution.calls.length = 0;
    }),
  ],
  [
    'trap-loses-cost-of-calls',
    'What was set aside for the responses to the calls of a trapped execution does not come back.',
    ['atomicity/cycles', 'cycles/conserved', 'query-calls/no-cycles'],
    part('undo', 'calls', () => (execution) => {
      for (const { cost, cycles } of execution.calls) execution.canister.balance += cost + cycles;
      execution.calls.length = 0;
    }),
  ],
  [
    'trap-discards-response-set-before',
    'A trapped callback is taken for the answer: its call context no longer waits.',
    [
      'atomicity/response',
      'call-contexts/response-after-trap',
      'call-contexts/one-response',
      'call-contexts/starvation-after-trap',
    ],
    part('undo', 'response', (undo) => (execution) => {
      if (isCallback(execution) && execution.context !== undefined && execution.response !== undefined)
        execution.context.needsToRespond = false;
      undo(execution);
    }),
  ],
  [
    'trap-increments-version',
    'A trapped execution increments the canister version.',
    ['atomicity/version'],
    part('undo', 'response', (undo) => (execution) => {
      undo(execution);
      if (isReplicated(execution.entryPoint)) execution.canister.version += 1n;
    }),
  ],
  [
    'trap-clears-log',
    'A trap removes what was logged before it.',
    ['atomicity/log-of-trap', 'profile/log'],
    part('undo', 'response', (undo) => (execution) => {
      undo(execution);
      if (isReplicated(execution.entryPoint)) execution.canister.log = [];
    }),
  ],
  [
    'trap-discards-log-of-execution',
    'A trapped replicated execution leaves no log.',
    ['atomicity/log-of-trap', 'profile/log'],
    part('undo', 'response', (undo) => (execution) => {
      undo(execution);
      execution.canister.log = execution.before.log as Uint8Array[];
    }),
  ],
  [
    'query-keeps-writes',
    'A query that returned leaves its writes to the Wasm memory.',
    ['query-calls/leaves-no-trace'],
    part(
      'undo',
      'wasmMemory',
      (undo) => (execution) => (execution.entryPoint !== 'canister_query' ? undo : KEEP.wasmMemory)(execution),
    ),
  ],
  [
    'query-keeps-globals',
    'A query that returned leaves its globals.',
    ['query-calls/leaves-no-trace'],
    part(
      'undo',
      'globals',
      (undo) => (execution) => (execution.entryPoint !== 'canister_query' ? undo : KEEP.globals)(execution),
    ),
  ],
  [
    'query-keeps-stable-writes',
    'A query that returned leaves its writes to the stable memory.',
    ['query-calls/leaves-no-trace'],
    part('undo', 'stableMemory', (undo) => (execution) => {
      if (execution.entryPoint !== 'canister_query') undo(execution);
    }),
  ],
  [
    'query-keeps-log',
    'A query leaves records in the canister log.',
    ['transform/leaves-no-trace', 'query-calls/leaves-no-trace', 'profile/log'],
    entry('undoLog', () => NOTHING),
  ],
  [
    'replicated-query-keeps-writes',
    'A query in replicated mode leaves its writes to the Wasm memory as an update does.',
    [
      'query-calls/leaves-no-trace',
      'message-execution/query-changes-nothing',
      'atomicity/replicated-query',
      'atomicity/wasm-memory',
    ],
    part(
      'undo',
      'wasmMemory',
      (undo) => (execution) => (execution.letter !== 'RQ' ? undo : KEEP.wasmMemory)(execution),
    ),
  ],
  [
    'replicated-query-keeps-globals',
    'A query in replicated mode leaves its globals as an update does.',
    [
      'query-calls/leaves-no-trace',
      'message-execution/query-changes-nothing',
      'atomicity/replicated-query',
      'atomicity/globals',
      'atomicity/tables-and-segments',
    ],
    part('undo', 'globals', (undo) => (execution) => (execution.letter !== 'RQ' ? undo : KEEP.globals)(execution)),
  ],
  [
    'replicated-query-keeps-tables',
    'A replicated query leaves its changes of the tables.',
    ['message-execution/query-changes-nothing', 'atomicity/tables-and-segments'],
    part('undo', 'tables', (undo) => (one) => {
      if (one.letter === 'RQ' && one.response !== undefined) one.instance.commitTables();
      else undo(one);
    }),
  ],
  [
    'replicated-query-keeps-stable-memory',
    'A query in replicated mode leaves its writes to the stable memory.',
    ['message-execution/query-changes-nothing'],
    entry('undoStateOrder', (order) => order.filter((step) => step !== 'stableMemory')),
  ],
  [
    'replicated-query-keeps-stable-size',
    'A query in replicated mode leaves the stable memory larger.',
    ['message-execution/query-changes-nothing'],
    entry('undoStateOrder', (order) => order.filter((step) => step !== 'stableSize')),
  ],
  [
    'inspect-keeps-writes',
    'canister_inspect_message leaves its writes to the Wasm memory.',
    ['inspect-message/changes-nothing'],
    part(
      'undo',
      'wasmMemory',
      (undo) => (execution) =>
        (execution.entryPoint !== 'canister_inspect_message' ? undo : KEEP.wasmMemory)(execution),
    ),
  ],
  [
    'inspect-keeps-globals',
    'canister_inspect_message leaves its globals.',
    ['inspect-message/changes-nothing'],
    part(
      'undo',
      'globals',
      (undo) => (execution) => (execution.entryPoint !== 'canister_inspect_message' ? undo : KEEP.globals)(execution),
    ),
  ],
  [
    'update-does-not-commit-stable-memory',
    'What an update wrote to the stable memory is gone when it returned.',
    ['atomicity/returned-commits', 'stable-memory/write-copies'],
    part('commit', 'stableMemory', (commit) => (execution) => {
      execution.canister.stable.undoWrites();
      commit(execution);
    }),
  ],
  [
    'calls-commit-with-their-answer',
    'An execution that makes calls is not committed: a later trap in a callback takes its memory back as well.',
    ['atomicity/returned-commits'],
    part('commit', 'wasmMemory', (commit) => (execution) => {
      if (execution.calls.length === 0) commit(execution);
    }),
  ],
  [
    'cleanup-does-not-commit',
    'What a cleanup callback did to the Wasm memory is discarded although it returned.',
    ['calls/cleanup-commits', 'atomicity/returned-commits'],
    part('commit', 'wasmMemory', (commit) => (execution) => {
      if (contextOf(execution.entryPoint) === 'C') execution.instance.memory?.undoWrites();
      commit(execution);
    }),
  ],
  [
    'failed-install-keeps-code',
    'An installation that traps leaves the new code.',
    ['atomicity/init', 'atomicity/upgrade', 'management/install-atomic'],
    part('undoInstall', 'instance', () => NOTHING),
  ],
  [
    'failed-upgrade-keeps-memory-of-pre-upgrade',
    'A failed upgrade keeps what pre_upgrade wrote to the Wasm memory.',
    ['atomicity/upgrade'],
    part(
      'undoInstall',
      'wasmMemory',
      () =>
        ({ instance }) =>
          instance?.memory?.commit(),
    ),
  ],
  [
    'failed-upgrade-keeps-globals-of-pre-upgrade',
    'A failed upgrade keeps what pre_upgrade did to globals.',
    ['atomicity/upgrade'],
    part(
      'undoInstall',
      'globals',
      () =>
        ({ instance }) =>
          instance?.commitGlobals(),
    ),
  ],
  [
    'failed-upgrade-keeps-stable-writes',
    'A failed upgrade keeps what pre_upgrade, start and post_upgrade wrote to the stable memory.',
    ['atomicity/upgrade', 'atomicity/init'],
    part('undoInstall', 'stableMemory', () => ({ canister, stable }) => {
      canister.stable = stable;
      stable.undoSize();
    }),
  ],
  [
    'failed-upgrade-keeps-stable-size',
    'A failed upgrade keeps the growth of the stable memory.',
    ['atomicity/upgrade', 'atomicity/init'],
    part('undoInstall', 'stableMemory', () => ({ canister, stable }) => {
      canister.stable = stable;
      stable.undoWrites();
    }),
  ],
  [
    'failed-install-keeps-certified-data',
    'A failed installation keeps the certified data that it set or cleared.',
    ['atomicity/upgrade', 'atomicity/init'],
    part('undoInstall', 'certifiedData', () => NOTHING),
  ],
  [
    'failed-install-drops-timer',
    'A failed installation deactivates the global timer.',
    ['atomicity/upgrade', 'atomicity/init'],
    part('undoInstall', 'globalTimer', () => NOTHING),
  ],
  [
    'failed-install-increments-version',
    'A failed installation increments the canister version.',
    ['atomicity/upgrade', 'atomicity/init', 'atomicity/version'],
    part('undoInstall', 'version', () => NOTHING),
  ],
  [
    'failed-install-keeps-burned',
    'Cycles burned in a failed installation are gone.',
    ['atomicity/upgrade', 'atomicity/init', 'atomicity/cycles', 'cycles/conserved'],
    part('undoInstall', 'burned', () => NOTHING),
  ],
  [
    'trapped-callback-loses-refund',
    'When a callback traps, the cycles refunded with the response are taken back.',
    ['atomicity/refund-stays', 'cycles/conserved'],
    part('undo', 'response', (undo) => (execution) => {
      undo(execution);
      if (isCallback(execution)) execution.canister.balance -= execution.refunded;
    }),
  ],
  [
    'trap-loses-attached-cycles',
    'A trapped method takes the cycles that came with its call with it.',
    [
      'atomicity/attached-cycles-stay',
      'cycles/conserved',
      'call-contexts/starvation-refunds',
      'cycles/accepted-plus-refunded',
    ],
    part('undo', 'response', (undo) => (execution) => {
      undo(execution);
      if (execution.context !== undefined) execution.context.available = 0n;
    }),
  ],
]);
