// table: mutants of what code sees and does while it runs, and of entry points that are no calls — canister-interface.md#entry-points
import type { Execution } from '../../executor/execution.js';
import type { Canister } from '../../executor/state.js';
import { copyCycles, wide } from '../../executor/system-api/blobs.js';
import { liquidCycles } from '../../executor/system-api/cycles.js';
import { CanisterTrap } from '../../executor/trap.js';
import { MAX_CYCLES } from '../../spec/vocabulary/brands.js';
import { ENTRY_POINTS } from '../../spec/vocabulary/entry-point.js';
import { entry, executorMutants, part, systemCall } from './mutant.js';

const LOW_HALF = (1n << 64n) - 1n;
const TASKS: ReadonlySet<string> = new Set([
  'canister_heartbeat',
  'canister_global_timer',
  'canister_on_low_wasm_memory',
]);
const least = (a: bigint, b: bigint) => (a < b ? a : b);
const memoryBytes = ({ instance }: Execution) => instance.bytes().length;

const refuse = (why: string): never => {
  throw new CanisterTrap('system-call', why);
};

/** Canisters whose last execution returned and then failed a test. */
const failedAtTheEnd = new WeakSet<Canister>();

export const execution = [
  ...executorMutants('atomicity', [
    [
      'failed-end-test-keeps-stable-writes',
      'An execution that returned with too large a Wasm memory keeps its writes to the stable memory.',
      ['atomicity/stable-memory', 'atomicity/any-trap', 'message-execution/wasm-memory-limit'],
      (all) => ({
        ...all,
        endTests: {
          ...all.endTests,
          wasmMemoryLimit: (canister) => {
            const trap = all.endTests.wasmMemoryLimit(canister);
            if (trap !== undefined) failedAtTheEnd.add(canister);
            return trap;
          },
        },
        undo: {
          ...all.undo,
          stableMemory: (one) => {
            if (!failedAtTheEnd.delete(one.canister)) all.undo.stableMemory(one);
          },
        },
      }),
    ],
    [
      'trap-keeps-timer-in-system-tasks',
      'After a trap in a heartbeat, timer or hook the newly set timer stays.',
      ['atomicity/global-timer-value', 'atomicity/timer-stays-off'],
      part('undo', 'globalTimer', (undo) => (one) => {
        if (!TASKS.has(one.entryPoint)) undo(one);
      }),
    ],
    [
      'trap-keeps-certified-data-in-callbacks',
      'After a trap in a reply callback the new certified data stay.',
      ['atomicity/certified-data'],
      part('undo', 'certifiedData', (undo) => (one) => {
        if (one.letter !== 'Ry') undo(one);
      }),
    ],
    [
      'trap-keeps-accepted-in-callbacks',
      'Cycles that a trapped callback accepted stay in the balance.',
      ['cycles/balance', 'atomicity/cycles', 'cycles/accepted-plus-refunded', 'cycles/conserved'],
      part('undo', 'accepted', (undo) => (one) => {
        if (one.letter !== 'Ry' && one.letter !== 'Rt') undo(one);
      }),
    ],
    [
      'trap-keeps-burned-in-cleanup',
      'Cycles that a trapped cleanup callback burned are gone.',
      ['atomicity/cycles', 'cycles/conserved'],
      part('undo', 'burned', (undo) => (one) => {
        if (one.letter !== 'C') undo(one);
      }),
    ],
    [
      'trap-in-replicated-query-keeps-memory',
      'A replicated query that traps keeps its writes to the Wasm memory.',
      ['atomicity/wasm-memory', 'atomicity/replicated-query', 'message-execution/query-changes-nothing'],
      part('undo', 'wasmMemory', (undo) => (one) => {
        if (one.letter === 'RQ' && one.response === undefined) one.instance.memory?.commit();
        else undo(one);
      }),
    ],
    [
      'replicated-query-gives-back-accepted',
      'A replicated query that returned gives back the cycles that it accepted.',
      [
        'cycles/accept-moves',
        'message-execution/query-changes-nothing',
        'cycles/accepted-plus-refunded',
        'cycles/conserved',
        'cycles/balance',
      ],
      entry('undoStateOrder', (order) => [...order, 'accepted' as never]),
    ],
    [
      'query-counts',
      'A query increments the version.',
      ['query-calls/leaves-no-trace', 'canister-version/value', 'profile/version'],
      part('undo', 'response', (undo) => (one) => {
        undo(one);
        if (ENTRY_POINTS[one.entryPoint] === 'NRQ') one.canister.version += 1n;
      }),
    ],
    [
      'inspection-keeps-stable-writes',
      'canister_inspect_message leaves its writes to the stable memory.',
      ['inspect-message/changes-nothing'],
      part('undo', 'stableMemory', (undo) => (one) => {
        if (one.letter !== 'F') undo(one);
      }),
    ],
    [
      'transform-keeps-writes',
      'A transform leaves its writes to the Wasm memory.',
      ['transform/leaves-no-trace'],
      part('undo', 'wasmMemory', (undo) => (one) => {
        if (one.letter === 'TQ') one.instance.memory?.commit();
        else undo(one);
      }),
    ],
    [
      'composite-query-keeps-globals',
      'A composite query leaves its globals.',
      ['query-calls/leaves-no-trace', 'atomicity/composite-query'],
      part('undo', 'globals', (undo) => (one) => {
        if (one.letter === 'CQ') one.instance.commitGlobals();
        else undo(one);
      }),
    ],
    [
      'composite-callback-keeps-stable-size',
      'A callback of a composite query leaves the stable memory larger.',
      ['query-calls/leaves-no-trace', 'atomicity/composite-query'],
      part('undo', 'stableSize', (undo) => (one) => {
        if (one.letter !== 'CRy' && one.letter !== 'CRt') undo(one);
      }),
    ],
    [
      'failed-install-gives-burned-back-twice',
      'Cycles burned before a later step of an installation traps come back twice.',
      ['atomicity/cycles', 'atomicity/init', 'atomicity/upgrade', 'cycles/conserved'],
      part('undoInstall', 'burned', (undo) => (before) => {
        undo(before);
        if (before.executions.length > 1) undo(before);
      }),
    ],
    [
      'failed-upgrade-keeps-tables',
      'A failed upgrade keeps what pre_upgrade did to tables.',
      ['atomicity/upgrade', 'atomicity/tables-and-segments'],
      entry('undoInstallOrder', (order) => order.filter((step) => String(step) !== 'tables')),
    ],
  ]),
  ...executorMutants('lifecycle', [
    [
      'silent-inspection-accepts',
      'canister_inspect_message that returns without accept_message accepts.',
      ['inspect-message/no-accept-refuses', 'inspect-message/decides'],
      part('undo', 'response', (undo) => (one) => {
        undo(one);
        one.messageAccepted = true;
      }),
    ],
    [
      'inspection-that-prints-refuses',
      'A message is refused when canister_inspect_message printed to the log.',
      ['inspect-message/decides', 'inspect-message/accept-accepts'],
      part('undo', 'response', (undo) => (one) => {
        undo(one);
        if (one.letter === 'F' && one.canister.log.length > one.before.log.length) one.messageAccepted = false;
      }),
    ],
  ]),
  ...executorMutants('cycles', [
    [
      'accept-nothing-in-callbacks',
      'msg_cycles_accept moves nothing in callbacks.',
      ['cycles/accept-64', 'cycles/accept-as-many-as-possible', 'cycles/accept-moves'],
      systemCall(
        'msg_cycles_accept',
        (accept) => (one, most) => (one.letter === 'Ry' || one.letter === 'Rt' ? 0n : accept(one, most)),
      ),
    ],
    [
      'accept-amount-is-signed',
      'msg_cycles_accept takes 2^63 and more for nothing.',
      ['cycles/accept-64', 'cycles/accept-as-many-as-possible', 'interpretation-of-numbers/unsigned'],
      systemCall('msg_cycles_accept', (accept) => (one, most) => accept(one, most >> 63n === 1n ? 0n : most)),
    ],
    [
      'accept-128-moves-at-most-64-bits',
      'msg_cycles_accept128 moves at most 2^64 - 1 cycles at once.',
      ['cycles/accept-moves', 'cycles/accept-as-many-as-possible', 'cycles/128-bit'],
      systemCall('msg_cycles_accept128', (accept) => (one, high, low, dst) => {
        accept(one, 0n, high > 0n ? LOW_HALF : low, dst);
      }),
    ],
    [
      'accept-overflows-balance',
      'Accepting makes the balance larger than 2^128 - 1.',
      ['cycles/saturates', 'cycles/conserved', 'cycles/accept-moves', 'cycles/balance'],
      systemCall('msg_cycles_accept128', (accept) => (one, high, low, dst) => {
        const { lost } = one;
        accept(one, high, low, dst);
        one.canister.balance = BigInt.asUintN(128, one.canister.balance + one.lost - lost);
        one.lost = lost;
      }),
    ],
    [
      'available-counts-accepted',
      'msg_cycles_available shows what came with the call, accepted or not.',
      ['cycles/available-after-accept', 'cycles/available-64'],
      systemCall(
        'msg_cycles_available',
        (available) => (one) => (one.response === undefined ? available(one) + one.accepted : 0n),
      ),
    ],
    [
      'balance-includes-call-under-construction',
      'canister_cycle_balance128 still shows the cycles that were added to a call.',
      ['cycles/add-deducted-at-once', 'cycles/balance'],
      systemCall('canister_cycle_balance128', () => (one, dst) => {
        copyCycles(one, dst, least(one.canister.balance + (one.pending?.cycles ?? 0n), MAX_CYCLES));
      }),
    ],
    [
      'add-from-the-whole-balance',
      'call_cycles_add128 looks at the balance, not at what is above the freezing limit.',
      ['cycles/add-over-liquid'],
      systemCall('call_cycles_add128', (add) => (one, high, low) => {
        const { canister, pending } = one;
        const amount = wide(high, low);
        if (pending === undefined || amount > canister.balance || amount <= liquidCycles(one)) {
          add(one, high, low);
          return;
        }
        canister.balance -= amount;
        pending.cycles += amount;
      }),
    ],
    [
      'add-64-is-signed',
      'call_cycles_add takes 2^63 cycles and more for nothing.',
      [
        'cycles/add-64',
        'cycles/add-over-liquid',
        'interpretation-of-numbers/unsigned',
        'cycles/add-moves',
        'cycles/add-deducted-at-once',
      ],
      systemCall('call_cycles_add', (add) => (one, amount) => {
        add(one, amount >> 63n === 1n ? 0n : amount);
      }),
    ],
    [
      'add-exactly-liquid-refused',
      'Exactly the liquid balance cannot be attached.',
      ['cycles/add-over-liquid', 'cycles/liquid-attachable', 'calls/safely-attached'],
      systemCall('call_cycles_add128', (add) => (one, high, low) => {
        if (one.pending !== undefined && wide(high, low) > 0n && wide(high, low) === liquidCycles(one))
          refuse('more cycles than the liquid balance');
        add(one, high, low);
      }),
    ],
    [
      'burn-64-bits-at-once',
      'cycles_burn128 burns at most 2^64 - 1 cycles at once.',
      ['cycles/burn-as-many-as-possible', 'cycles/burn-reports', 'cycles/128-bit'],
      systemCall('cycles_burn128', (burn) => (one, high, low, dst) => {
        burn(one, 0n, high > 0n ? LOW_HALF : low, dst);
      }),
    ],
    [
      'refunded-high-half-only',
      'msg_cycles_refunded128 gives the high half only.',
      ['cycles/refunded', 'cycles/128-bit'],
      systemCall('msg_cycles_refunded128', () => (one, dst) => {
        copyCycles(one, dst, one.refunded & ~LOW_HALF);
      }),
    ],
  ]),
  ...executorMutants('values', [
    [
      'status-always-running-in-upgrades',
      'canister_status is 1 in canister_post_upgrade, also when the canister is stopped.',
      ['canister-status/stopped', 'canister-status/stopping'],
      systemCall(
        'canister_status',
        (status) => (one) => (one.entryPoint === 'canister_post_upgrade' ? 1 : status(one)),
      ),
    ],
    [
      'version-in-cleanup-counts-callback',
      'canister_version in cleanup callbacks counts the trapped callback.',
      ['canister-version/value'],
      systemCall('canister_version', (version) => (one) => version(one) + (one.letter === 'C' ? 1n : 0n)),
    ],
    [
      'controller-of-30-bytes',
      'is_controller gives 0 for 30 bytes, which are no principal.',
      ['controller-check/invalid-principal'],
      systemCall(
        'is_controller',
        (is) => (one, src, size) => (size > 29 && src + size <= memoryBytes(one) ? 0 : is(one, src, size)),
      ),
    ],
    [
      'controller-of-empty-blob',
      'is_controller traps for the empty principal.',
      ['controller-check/invalid-principal', 'controller-check/is-not-controller', 'controller-check/is-controller'],
      systemCall(
        'is_controller',
        (is) => (one, src, size) => (size === 0 ? refuse('not a principal') : is(one, src, size)),
      ),
    ],
    [
      'canister-controls-itself',
      'is_controller is 1 for the canister itself.',
      ['controller-check/is-not-controller', 'controller-check/is-controller'],
      systemCall('is_controller', (is) => (one, src, size) => {
        const result = is(one, src, size);
        return Buffer.compare(one.instance.bytes().slice(src, src + size), one.canister.idBytes) === 0 ? 1 : result;
      }),
    ],
    [
      'counter-2-is-0',
      'performance_counter of another type gives 0.',
      ['performance-counter/other-types'],
      systemCall('performance_counter', (counter) => (one, type) => (type > 1 ? 0n : counter(one, type))),
    ],
    [
      'counter-type-has-8-bits',
      'performance_counter looks at the low 8 bits of the type.',
      ['performance-counter/other-types'],
      systemCall('performance_counter', (counter) => (one, type) => counter(one, type & 0xff)),
    ],
    [
      'counter-1-forgets-callback-in-cleanup',
      'performance_counter(1) in cleanup callbacks counts the cleanup only.',
      ['performance-counter/type-1-replicated', 'profile/performance-counter', 'performance-counter/monotonic'],
      systemCall(
        'performance_counter',
        (counter) => (one, type) => counter(one, one.letter === 'C' && type === 1 ? 0 : type),
      ),
    ],
    [
      'timer-in-the-past-is-ignored',
      'global_timer_set to a time that has passed leaves the timer as it was.',
      ['global-timer/previous-value', 'global-timer/runs-when-passed', 'global-timer/zero-deactivates'],
      systemCall(
        'global_timer_set',
        (set) => (one, timestamp) =>
          timestamp !== 0n && timestamp < one.subnet.time ? one.canister.globalTimer : set(one, timestamp),
      ),
    ],
    [
      'timer-is-signed',
      'global_timer_set to 2^63 or more deactivates the timer.',
      ['global-timer/previous-value', 'interpretation-of-numbers/unsigned', 'global-timer/zero-deactivates'],
      systemCall('global_timer_set', (set) => (one, timestamp) => set(one, timestamp >> 63n === 1n ? 0n : timestamp)),
    ],
    [
      'timer-zero-is-ignored',
      'global_timer_set(0) leaves the timer active.',
      ['global-timer/zero-deactivates', 'global-timer/previous-zero', 'global-timer/previous-value'],
      systemCall(
        'global_timer_set',
        (set) => (one, timestamp) => (timestamp === 0n ? one.canister.globalTimer : set(one, timestamp)),
      ),
    ],
    [
      'empty-certified-data-ignored',
      'certified_data_set of size 0 leaves the data as they were.',
      ['certified-data/set'],
      systemCall('certified_data_set', (set) => (one, src, size) => {
        if (size > 0 || src > memoryBytes(one)) set(one, src, size);
      }),
    ],
    [
      'certified-data-padded',
      'certified_data_set pads the data to 32 bytes.',
      ['certified-data/set'],
      systemCall('certified_data_set', (set) => (one, src, size) => {
        set(one, src, size);
        const data = new Uint8Array(32);
        data.set(one.canister.certifiedData);
        one.canister.certifiedData = data;
      }),
    ],
    [
      'time-is-in-microseconds',
      'time is cut to whole microseconds.',
      ['time/nanoseconds'],
      systemCall('time', (time) => (one) => time(one) - (time(one) % 1_000n)),
    ],
    [
      'stable-grow-to-limit-fails',
      'stable64_grow to exactly the limit fails.',
      ['stable-memory/grow-limit', 'stable-memory/grow-failure', 'stable-memory/grow-previous', 'profile/limits'],
      systemCall(
        'stable64_grow',
        (grow) => (one, pages) =>
          one.canister.stable.size + pages === one.profile.limits.stablePages
            ? 0xffff_ffff_ffff_ffffn
            : grow(one, pages),
      ),
    ],
    [
      'stable-grow-zero-fails',
      'stable_grow(0) gives -1.',
      ['stable-memory/grow-32-previous', 'stable-memory/grow-32-failure'],
      systemCall('stable_grow', (grow) => (one, pages) => (pages === 0 ? -1 : grow(one, pages))),
    ],
    [
      'stable-grow-pages-wrap',
      'stable64_grow adds the pages in 64 bits.',
      ['stable-memory/grow-failure', 'stable-memory/grow-previous', 'interpretation-of-numbers/sums-do-not-wrap'],
      systemCall(
        'stable64_grow',
        (grow) => (one, pages) =>
          one.canister.stable.size + pages > LOW_HALF ? one.canister.stable.size : grow(one, pages),
      ),
    ],
    [
      'stable-offset-has-32-bits',
      'stable64_write looks at the low 32 bits of the offset.',
      [
        'stable-memory/write-copies',
        'stable-memory/write-stable-bounds',
        'canister-concepts/stable-memory-beyond-4gib',
      ],
      systemCall('stable64_write', (write) => (one, offset, src, size) => {
        write(one, BigInt.asUintN(32, offset), src, size);
      }),
    ],
    [
      'stable-read-stops-at-page',
      'stable64_read copies up to the end of the first 64 KiB page.',
      ['stable-memory/read-copies', 'stable-memory/read-32-copies'],
      systemCall('stable64_read', (read) => (one, dst, offset, size) => {
        const kept =
          size <= BigInt(memoryBytes(one))
            ? one.instance.bytes().slice(Number(BigInt.asUintN(53, dst)), Number(BigInt.asUintN(53, dst + size)))
            : undefined;
        read(one, dst, offset, size);
        const within = 65_536n - (offset % 65_536n);
        if (kept !== undefined && size > within)
          one.instance.bytes().set(kept.subarray(Number(within)), Number(dst + within));
      }),
    ],
    [
      'environment-in-descending-order',
      'env_var_name_size counts the variables from the last one.',
      ['environment-variables/order', 'environment-variables/name-size', 'environment-variables/enumerate'],
      systemCall('env_var_name_size', (size) => (one, index) => {
        const count = one.canister.settings.environmentVariables.length;
        return size(one, index < count ? count - 1 - index : index);
      }),
    ],
    [
      'environment-name-too-long-is-unknown',
      'env_var_name_exists of a name that is too long gives 0.',
      [
        'environment-variables/name-exists-maximum',
        'environment-variables/name-exists-utf8',
        'environment-variables/name-exists-bounds',
      ],
      systemCall(
        'env_var_name_exists',
        (exists) => (one, src, size) =>
          size > one.profile.limits.environmentVariableNameBytes && src + size <= memoryBytes(one)
            ? 0
            : exists(one, src, size),
      ),
    ],
    [
      'environment-value-of-unknown-is-empty',
      'env_var_value_size of an unknown name is 0.',
      ['environment-variables/value-size-unknown', 'environment-variables/value-size-utf8'],
      systemCall('env_var_value_size', (size) => (one, src, length) => {
        try {
          return size(one, src, length);
        } catch (trap) {
          if (src + length > memoryBytes(one) || length > one.profile.limits.environmentVariableNameBytes) throw trap;
          return 0;
        }
      }),
    ],
    [
      'environment-value-counts-characters',
      'env_var_value_size counts characters, not bytes.',
      ['environment-variables/value-size'],
      systemCall('env_var_value_size', (size) => (one, src, length) => {
        size(one, src, length);
        const name = new TextDecoder().decode(one.instance.bytes().slice(src, src + length));
        const variable = one.canister.settings.environmentVariables.find((each) => each.name === name);
        return [...new TextDecoder().decode(variable?.value)].length;
      }),
    ],
    [
      'invalid-curve-is-not-bounded',
      'cost_sign_with_ecdsa of an unknown curve does not look at its addresses.',
      ['cycle-cost/dst-bounds-and-error', 'cycle-cost/key-bounds', 'cycle-cost/dst-bounds'],
      systemCall(
        'cost_sign_with_ecdsa',
        (cost) => (one, src, size, curve, dst) => (curve > 0 ? 1 : cost(one, src, size, curve, dst)),
      ),
    ],
    [
      'failed-cost-writes-zero',
      'cost_sign_with_schnorr writes 0 to dst when it fails.',
      ['cycle-cost/invalid-curve', 'cycle-cost/invalid-key', 'cycle-cost/schnorr-algorithms'],
      systemCall('cost_sign_with_schnorr', (cost) => (one, src, size, algorithm, dst) => {
        const result = cost(one, src, size, algorithm, dst);
        if (result !== 0) copyCycles(one, dst, 0n);
        return result;
      }),
    ],
    [
      'schnorr-algorithm-2',
      'cost_sign_with_schnorr knows algorithm 2.',
      ['cycle-cost/schnorr-algorithms', 'cycle-cost/invalid-curve'],
      systemCall(
        'cost_sign_with_schnorr',
        (cost) => (one, src, size, algorithm, dst) => cost(one, src, size, algorithm === 2 ? 1 : algorithm, dst),
      ),
    ],
    [
      'http-sizes-swapped',
      'cost_http_request takes the size of the request for that of the response.',
      ['cycle-cost/http-request'],
      systemCall('cost_http_request', (cost) => (one, request, response, dst) => {
        cost(one, response, request, dst);
      }),
    ],
    [
      'log-drops-the-newest',
      'What does not fit into the log is not logged.',
      ['debugging-aids/print-trims', 'debugging-aids/trimming', 'debugging-aids/print-logs', 'profile/log'],
      systemCall('debug_print', (print) => (one, src, size) => {
        const { log } = one.canister;
        print(one, src, size);
        if (one.canister.log.length <= log.length) one.canister.log = log;
      }),
    ],
    [
      'trap-message-cut-at-zero',
      'ic0.trap logs its message up to the first zero byte.',
      ['debugging-aids/trap-logs', 'debugging-aids/trap-message', 'profile/log'],
      systemCall('trap', (trap) => (one, src, size) => {
        const bytes =
          src + size <= memoryBytes(one) ? one.instance.bytes().subarray(src, src + size) : new Uint8Array(0);
        const zero = bytes.indexOf(0);
        return trap(one, src, zero < 0 ? size : zero);
      }),
    ],
    [
      'root-key-copy-ignores-offset',
      'root_key_copy copies from the start whatever the offset.',
      ['certified-data/root-key', 'blobs/copy-copies-range'],
      systemCall('root_key_copy', (copy) => (one, dst, offset, size) => {
        copy(one, dst, offset, size);
        copy(one, dst, 0, size);
      }),
    ],
    [
      'install-is-not-replicated',
      'in_replicated_execution is 0 in canister_init, canister_post_upgrade and canister_pre_upgrade.',
      ['replicated-execution-check/replicated', 'replicated-execution/install-replicated'],
      systemCall('in_replicated_execution', (is) => (one) => (one.letter === 'I' || one.letter === 'G' ? 0 : is(one))),
    ],
    [
      'method-name-copy-off-by-one',
      'msg_method_name_copy refuses to copy up to the end of the name.',
      ['inspect-message/method-name', 'blobs/copy-source-bounds'],
      systemCall('msg_method_name_copy', (copy) => (one, dst, offset, size) => {
        copy(one, dst, size > 0 && offset + size === Buffer.byteLength(one.method ?? '') ? Infinity : offset, size);
      }),
    ],
  ]),
];
