// table: mutants that create, lose or miscount cycles — canister-interface.md#system-api-cycles, CHARGING.md
import { memorySizes, standardCharges } from '../../executor/cycles.js';
import type { Execution } from '../../executor/execution.js';
import { copyCycles, wide } from '../../executor/system-api/blobs.js';
import { callCyclesAdd128 } from '../../executor/system-api/call-cycles-add128.js';
import { callNew } from '../../executor/system-api/call-new.js';
import { callPerform } from '../../executor/system-api/call-perform.js';
import { acceptCycles, availableCycles, liquidCycles } from '../../executor/system-api/cycles.js';
import { systemCallTrap } from '../../executor/trap.js';
import { MAX_CYCLES } from '../../spec/vocabulary/brands.js';
import { executorMutants, part, systemCall } from './mutant.js';

const LOW_HALF = (1n << 64n) - 1n;

/** Moves cycles from the call to the balance without a look at what is available. */
function acceptBlindly({ context, canister }: Execution, amount: bigint): bigint {
  if (context === undefined) return 0n;
  context.available -= amount < context.available ? amount : context.available;
  canister.balance += amount;
  return amount;
}

/** The smaller one. */
const least = (a: bigint, b: bigint) => (a < b ? a : b);

export const cycles = executorMutants('cycles', [
  [
    'accept-more-than-available',
    'msg_cycles_accept128 moves what was asked for, whether the call has it or not.',
    ['cycles/accept-after-response', 'cycles/accept-at-most-available', 'cycles/accept-moves', 'cycles/conserved'],
    systemCall('msg_cycles_accept128', () => (execution, high, low, dst) => {
      copyCycles(execution, dst, acceptBlindly(execution, wide(high, low)));
    }),
  ],
  [
    'accept-64-more-than-available',
    'msg_cycles_accept moves what was asked for, whether the call has it or not.',
    ['cycles/accept-at-most-available', 'cycles/accept-64', 'cycles/conserved'],
    systemCall('msg_cycles_accept', () => (execution, most) => acceptBlindly(execution, most)),
  ],
  [
    'accept-one-too-few',
    'msg_cycles_accept128 leaves one cycle in the call when all are asked for.',
    ['cycles/accept-as-many-as-possible', 'cycles/accept-moves'],
    systemCall('msg_cycles_accept128', () => (execution, high, low, dst) => {
      const most = least(wide(high, low), availableCycles(execution));
      copyCycles(execution, dst, acceptCycles(execution, most > 0n ? most - 1n : 0n));
    }),
  ],
  [
    'accept-ignores-high-half',
    'msg_cycles_accept128 looks at the low 64 bits of the amount only.',
    ['cycles/accept-as-many-as-possible', 'cycles/128-bit', 'cycles/accept-moves', 'availability/amounts-high-low'],
    systemCall('msg_cycles_accept128', (accept) => (execution, _, low, dst) => {
      accept(execution, 0n, low, dst);
    }),
  ],
  [
    'accept-swaps-halves',
    'msg_cycles_accept128 takes the low half for the high one.',
    ['cycles/accept-at-most-asked', 'cycles/128-bit', 'cycles/accept-moves', 'availability/amounts-high-low'],
    systemCall('msg_cycles_accept128', (accept) => (execution, high, low, dst) => {
      accept(execution, low, high, dst);
    }),
  ],
  [
    'accept-leaves-available',
    'Accepted cycles stay available, and can be accepted again.',
    ['cycles/available-after-accept', 'cycles/accept-many-times', 'cycles/accepted-plus-refunded', 'cycles/conserved'],
    systemCall('msg_cycles_accept128', (accept) => (execution, high, low, dst) => {
      const before = execution.context?.available ?? 0n;
      accept(execution, high, low, dst);
      if (execution.context !== undefined) execution.context.available = before;
    }),
  ],
  [
    'accept-does-not-credit',
    'Accepted cycles leave the call and do not reach the balance.',
    ['cycles/add-deducted-at-once', 'cycles/balance', 'cycles/accept-moves', 'cycles/conserved'],
    systemCall('msg_cycles_accept128', (accept) => (execution, high, low, dst) => {
      const before = execution.canister.balance;
      accept(execution, high, low, dst);
      execution.canister.balance = before;
    }),
  ],
  [
    'accept-reports-what-was-asked',
    'msg_cycles_accept128 writes the amount asked for, not the amount moved.',
    ['cycles/accept-after-response', 'cycles/accept-moves', 'cycles/accept-at-most-available'],
    systemCall('msg_cycles_accept128', (accept) => (execution, high, low, dst) => {
      accept(execution, high, low, dst);
      copyCycles(execution, dst, wide(high, low));
    }),
  ],
  [
    'accept-after-response',
    'Cycles can still be accepted after msg_reply.',
    [
      'cycles/accept-after-response',
      'cycles/available-zero-after-response',
      'responding/refund-with-response',
      'cycles/accept-moves',
    ],
    systemCall('msg_cycles_accept128', (accept) => (execution, high, low, dst) => {
      const { response } = execution;
      execution.response = undefined;
      accept(execution, high, low, dst);
      execution.response = response;
    }),
  ],
  [
    'available-ignores-response',
    'msg_cycles_available128 still shows the cycles of the call after msg_reply.',
    ['cycles/available-zero-after-response', 'cycles/available'],
    systemCall('msg_cycles_available128', () => (execution, dst) => {
      copyCycles(execution, dst, execution.context?.available ?? 0n);
    }),
  ],
  [
    'available-zero-in-callbacks',
    'Callbacks see no cycles of the call.',
    ['cycles/available-in-callback', 'cycles/available'],
    systemCall('msg_cycles_available128', (available) => (execution, dst) => {
      if (execution.letter === 'Ry' || execution.letter === 'Rt') copyCycles(execution, dst, 0n);
      else available(execution, dst);
    }),
  ],
  [
    'available-64-truncates',
    'msg_cycles_available gives the low 64 bits of a larger amount.',
    ['cycles/available-64-traps'],
    systemCall('msg_cycles_available', () => (execution) => availableCycles(execution) & LOW_HALF),
  ],
  [
    'balance-64-truncates',
    'canister_cycle_balance gives the low 64 bits of a larger balance.',
    ['cycles/balance-64-traps'],
    systemCall(
      'canister_cycle_balance',
      () =>
        ({ canister }) =>
          canister.balance & LOW_HALF,
    ),
  ],
  [
    'balance-64-saturates',
    'canister_cycle_balance gives 2^64 - 1 for a larger balance.',
    ['cycles/balance-64-traps'],
    systemCall(
      'canister_cycle_balance',
      () =>
        ({ canister }) =>
          least(canister.balance, LOW_HALF),
    ),
  ],
  [
    'refunded-64-truncates',
    'msg_cycles_refunded gives the low 64 bits of a larger amount.',
    ['cycles/refunded-64-traps'],
    systemCall(
      'msg_cycles_refunded',
      () =>
        ({ refunded }) =>
          refunded & LOW_HALF,
    ),
  ],
  [
    'refunded-is-zero-after-reject',
    'msg_cycles_refunded128 is 0 in reject callbacks.',
    ['cycles/refunded'],
    systemCall('msg_cycles_refunded128', (refunded) => (execution, dst) => {
      if (execution.letter === 'Rt') copyCycles(execution, dst, 0n);
      else refunded(execution, dst);
    }),
  ],
  [
    'amounts-have-eight-bytes',
    'canister_cycle_balance128 writes the low eight bytes only.',
    ['cycles/balance', 'cycles/little-endian', 'cycles/128-bit'],
    systemCall('canister_cycle_balance128', () => (execution, dst) => {
      const bytes = execution.instance.bytes();
      const high = bytes.slice(dst + 8, dst + 16);
      copyCycles(execution, dst, execution.canister.balance);
      bytes.set(high, dst + 8);
    }),
  ],
  [
    'amounts-are-big-endian',
    'canister_liquid_cycle_balance128 writes its 16 bytes in the wrong order.',
    ['freezing/liquid-balance', 'cycles/little-endian', 'cycles/liquid-at-most-balance'],
    systemCall('canister_liquid_cycle_balance128', (balance) => (execution, dst) => {
      balance(execution, dst);
      execution.instance
        .bytes()
        .subarray(dst, dst + 16)
        .reverse();
    }),
  ],
  [
    'liquid-ignores-freezing-limit',
    'canister_liquid_cycle_balance128 gives the whole balance.',
    ['freezing/liquid-balance', 'cycles/liquid-at-most-balance'],
    systemCall('canister_liquid_cycle_balance128', () => (execution, dst) => {
      copyCycles(execution, dst, execution.canister.balance);
    }),
  ],
  [
    'balance-shows-liquid',
    'canister_cycle_balance128 gives the liquid balance.',
    ['cycles/balance'],
    systemCall('canister_cycle_balance128', () => (execution, dst) => {
      copyCycles(execution, dst, liquidCycles(execution));
    }),
  ],
  [
    'burn-more-than-liquid',
    'cycles_burn128 burns what is frozen as well.',
    ['cycles/burn-at-most-liquid', 'cycles/burn-reports'],
    systemCall('cycles_burn128', () => (execution, high, low, dst) => {
      const amount = least(wide(high, low), execution.canister.balance);
      copyCycles(execution, dst, amount);
      execution.canister.balance -= amount;
      execution.burned += amount;
    }),
  ],
  [
    'burn-reports-what-was-asked',
    'cycles_burn128 writes the amount asked for.',
    ['cycles/burn-reports', 'cycles/burn-at-most-liquid'],
    systemCall('cycles_burn128', (burn) => (execution, high, low, dst) => {
      burn(execution, high, low, dst);
      copyCycles(execution, dst, wide(high, low));
    }),
  ],
  [
    'burn-leaves-balance',
    'Burned cycles are counted and stay in the balance.',
    ['cycles/balance', 'cycles/burn-leaves-balance', 'cycles/conserved', 'cycles/burn-reports'],
    systemCall('cycles_burn128', (burn) => (execution, high, low, dst) => {
      const { balance } = execution.canister;
      burn(execution, high, low, dst);
      execution.canister.balance = balance;
    }),
  ],
  [
    'burn-ignores-high-half',
    'cycles_burn128 looks at the low 64 bits of the amount only.',
    ['cycles/burn-as-many-as-possible', 'cycles/128-bit', 'cycles/burn-reports', 'availability/amounts-high-low'],
    systemCall('cycles_burn128', (burn) => (execution, _, low, dst) => {
      burn(execution, 0n, low, dst);
    }),
  ],
  [
    'add-not-deducted',
    'Cycles added to a call stay in the balance.',
    ['cycles/add-deducted-at-once', 'cycles/add-moves', 'cycles/conserved'],
    systemCall('call_cycles_add128', (add) => (execution, high, low) => {
      const { balance } = execution.canister;
      add(execution, high, low);
      execution.canister.balance = balance;
    }),
  ],
  [
    'add-replaces',
    'A second call_cycles_add128 replaces the amount of the first.',
    ['cycles/add-many-times', 'cycles/add-moves', 'cycles/conserved'],
    systemCall('call_cycles_add128', (add) => (execution, high, low) => {
      const before = execution.pending?.cycles ?? 0n;
      add(execution, high, low);
      if (execution.pending !== undefined) execution.pending.cycles -= before;
    }),
  ],
  [
    'add-over-liquid-takes-what-is-there',
    'call_cycles_add128 above the liquid balance attaches what there is instead of trapping.',
    ['cycles/add-over-liquid'],
    systemCall('call_cycles_add128', (add) => (execution, high, low) => {
      const amount = least(wide(high, low), liquidCycles(execution));
      add(execution, amount >> 64n, amount & LOW_HALF);
    }),
  ],
  [
    'add-leaves-one-cycle',
    'call_cycles_add128 traps where a single cycle is liquid, and is asked for.',
    ['cycles/add-over-liquid', 'cycles/add-moves'],
    systemCall('call_cycles_add128', (add) => (execution, high, low) => {
      if (liquidCycles(execution) === 1n && wide(high, low) === 1n)
        systemCallTrap('more cycles than the liquid balance');
      add(execution, high, low);
    }),
  ],
  [
    'add-64-over-balance-does-nothing',
    'call_cycles_add above the liquid balance is silently ignored.',
    ['cycles/add-over-liquid'],
    systemCall('call_cycles_add', (add) => (execution, amount) => {
      if (amount <= liquidCycles(execution) || execution.pending === undefined) add(execution, amount);
    }),
  ],
  [
    'call-new-loses-cycles',
    'Cycles attached to a call that call_new discards are lost.',
    ['cycles/add-returns-on-failure', 'calls/discarded-by-call-new', 'cycles/balance', 'cycles/conserved'],
    systemCall('call_new', (begin) => (execution, ...args) => {
      execution.pending = undefined;
      begin(execution, ...args);
    }),
  ],
  [
    'failed-perform-loses-cycles',
    'Cycles attached to a call that call_perform refuses are lost.',
    ['cycles/add-returns-on-failure', 'cycles/balance', 'cycles/add-deducted-at-once', 'cycles/conserved'],
    systemCall('call_perform', (perform) => (execution) => {
      const attached = execution.pending?.cycles ?? 0n;
      const result = perform(execution);
      if (result !== 0) execution.canister.balance -= attached;
      return result;
    }),
  ],
  [
    'perform-below-freezing-limit',
    'call_perform looks at the whole balance, not at what is above the freezing limit.',
    ['calls/perform-frozen-fails', 'cycle-cost/call-below-refused', 'calls/perform-result'],
    systemCall('call_perform', (perform) => (execution) => {
      const { reserved } = execution.canister;
      execution.canister.reserved = MAX_CYCLES;
      try {
        return perform(execution);
      } finally {
        execution.canister.reserved = reserved;
      }
    }),
  ],
  [
    'perform-forgets-what-grew',
    'call_perform takes what is frozen from the Wasm memory as it was when the execution began.',
    ['calls/perform-frozen-fails', 'cycle-cost/call-below-refused', 'calls/perform-result'],
    systemCall('call_perform', (perform) => (execution) => {
      const { canister, fees, instance } = execution;
      const sizes = memorySizes(canister);
      const wasmPages = instance.memory?.committedPages ?? 0n;
      const late = fees.frozenBelow(canister, sizes) - fees.frozenBelow(canister, { ...sizes, wasmPages });
      canister.balance += late;
      try {
        return perform(execution);
      } finally {
        canister.balance -= late;
      }
    }),
  ],
  [
    'perform-without-set-aside',
    'call_perform sets nothing aside for the response.',
    ['cycle-cost/call-upper-bound', 'calls/perform-sets-aside', 'profile/call-fee', 'cycles/conserved'],
    part('charges', 'maxResponse', () => () => 0n),
  ],
  [
    'trap-is-free',
    'A message that fails after its execution is charged nothing for it.',
    ['message-execution/trap-charges', 'profile/message-fee', 'cycles/conserved', 'profile/fees'],
    part('undo', 'response', (undo) => (execution) => {
      undo(execution);
      if (execution.entryPoint === 'canister_update') execution.canister.balance += execution.fees.messageExecution;
    }),
  ],
  [
    'message-fee-forgotten',
    'An execution costs its instructions, without the base fee.',
    ['profile/install-fee', 'profile/message-fee', 'profile/fees'],
    part('charges', 'messageExecution', () => () => 0n),
  ],
  [
    'wasm64-at-half-price',
    'Instructions of a wasm64 canister cost what those of a wasm32 canister cost.',
    ['profile/message-fee', 'profile/fees', 'profile/install-fee'],
    part('charges', 'instructions', (charge) => (profile, _, instructions) => charge(profile, 'i32', instructions)),
  ],
  [
    'instructions-paid-in-tens',
    'Instructions are divided by ten before they are multiplied by their price.',
    ['profile/message-fee', 'profile/fees', 'profile/install-fee', 'profile/instructions'],
    part(
      'charges',
      'instructions',
      () =>
        ({ fees }, width, instructions) =>
          (instructions / 10n) * fees.tenInstructions[width],
    ),
  ],
  [
    'ingress-fee-without-name',
    'The fee of an ingress message leaves out its bytes.',
    ['profile/ingress-fee', 'profile/fees'],
    part('charges', 'ingress', (charge) => (profile) => charge(profile, 0)),
  ],
  [
    'call-fee-without-bytes',
    'The fee of a call leaves out its bytes.',
    ['cycles/add-deducted-at-once', 'cycles/balance', 'profile/call-fee', 'profile/fees'],
    part('charges', 'call', (charge) => (profile) => charge(profile, 0)),
  ],
  [
    'response-bytes-free',
    'The bytes of a response cost nothing.',
    ['cycles/balance', 'profile/response-refund', 'profile/call-fee', 'profile/fees'],
    part(
      'charges',
      'responseBytes',
      (charge) => (profile, bytes) => (bytes < profile.limits.replyBytes ? 0n : charge(profile, bytes)),
    ),
  ],
  [
    'idle-burn-ignores-stable-memory',
    'Stable memory costs nothing, and does not raise the freezing limit.',
    [
      'message-execution/balance-suffices',
      'profile/idle-fee',
      'profile/freezing-limit',
      'profile/fees',
      'freezing/liquid-balance',
    ],
    part(
      'charges',
      'idlePerDay',
      (charge) => (profile, canister, sizes) => charge(profile, canister, { ...sizes, stablePages: 0n }),
    ),
  ],
  [
    'idle-burn-adds-allocation',
    'A memory allocation is paid in addition to the memory in use.',
    ['profile/idle-fee', 'profile/freezing-limit', 'profile/fees', 'freezing/liquid-balance'],
    part(
      'charges',
      'idlePerDay',
      (charge) => (profile, canister, sizes) =>
        charge(profile, canister, sizes) +
        charge(profile, canister, { wasmPages: 0n, stablePages: 0n, moduleBytes: 0n }),
    ),
  ],
  [
    'idle-burn-ignores-compute-allocation',
    'A compute allocation costs nothing.',
    [
      'uninstall/out-of-cycles',
      'profile/idle-fee',
      'profile/freezing-limit',
      'profile/fees',
      'freezing/liquid-balance',
    ],
    part(
      'charges',
      'idlePerDay',
      (charge) => (profile, canister, sizes) =>
        charge(profile, canister, sizes) -
        canister.settings.computeAllocation * profile.fees.computePercentSecond * 86_400n,
    ),
  ],
  [
    'frozen-canister-executes',
    'A frozen canister still executes calls.',
    ['freezing/calls-rejected', 'freezing/between-frozen-and-executable'],
    part(
      'callChecks',
      'notFrozen',
      () =>
        ({ fees }, canister, { width }) =>
          canister.balance >= fees.maxMessage(width),
    ),
  ],
  [
    'frozen-canister-answers-queries',
    'A frozen canister still answers queries.',
    ['freezing/queries-rejected'],
    part('queryChecks', 'notFrozen', () => () => true),
  ],
  [
    'minimum-cycles-exclusive',
    'A call with exactly the minimum of incoming cycles is rejected.',
    ['management/minimum-incoming-cycles'],
    part(
      'callChecks',
      'enoughAttached',
      () =>
        ({ settings }, { origin, cycles }) =>
          origin.kind !== 'canister' ||
          settings.minimumIncomingCanisterCallCycles === 0n ||
          cycles > settings.minimumIncomingCanisterCallCycles,
    ),
  ],
  [
    'minimum-cycles-ignored',
    'A call with fewer cycles than the minimum is executed.',
    ['management/minimum-incoming-cycles'],
    part('callChecks', 'enoughAttached', () => () => true),
  ],
  [
    'freezes-by-its-own-growth',
    'An execution may leave the canister below its freezing limit.',
    ['message-execution/balance-suffices'],
    part('endTests', 'insufficientCycles', () => () => undefined),
  ],
  [
    'query-freezes-by-its-growth',
    'A replicated query is judged with the memory that it grew, which is gone when it ends.',
    ['message-execution/balance-suffices'],
    part(
      'endTests',
      'insufficientCycles',
      (test) => (fees, canister, givenBack) => test(fees, canister, givenBack, memorySizes(canister)),
    ),
  ],
  [
    'silent-query-accepts-nothing',
    'What a replicated query accepted goes back to its caller where it does not respond.',
    ['cycles/accepted-plus-refunded', 'cycles/conserved', 'cycles/accept-moves', 'call-contexts/starvation-refunds'],
    part('choices', 'execute', (execute) => (machine, choice) => {
      execute(machine, choice);
      const record = machine.log.executions.at(-1);
      if (record?.entryPoint !== 'canister_query replicated' || record.response !== undefined) return;
      const context = record.callContext === undefined ? undefined : machine.subnet.contexts.get(record.callContext);
      if (context === undefined) return;
      context.canister.balance -= record.accepted;
      context.available += record.accepted;
    }),
  ],
  [
    'installation-judged-by-old-module',
    'Whether a canister can pay for a new module is judged with the size of the old one.',
    ['management/install-atomic'],
    (all) => {
      let replaced: bigint | undefined;
      const { endTests, stimuli } = all;
      return {
        ...all,
        endTests: {
          ...endTests,
          insufficientCycles: (fees, canister, givenBack, sizes) =>
            endTests.insufficientCycles(fees, canister, givenBack, {
              ...sizes,
              moduleBytes: replaced ?? sizes.moduleBytes,
            }),
        },
        stimuli: {
          ...stimuli,
          install(machine, stimulus) {
            const canister = machine.subnet.canisters.get(stimulus.canister);
            replaced = canister?.instance && memorySizes(canister).moduleBytes;
            const outcome = stimuli.install(machine, stimulus);
            replaced = undefined;
            return outcome;
          },
        },
      };
    },
  ],
  [
    'unperformed-call-counts-as-spent',
    'An execution is judged as if the cycles of a call that it did not perform were gone.',
    ['message-execution/balance-suffices'],
    (all) => {
      let attached = 0n;
      const { endTests, systemCalls } = all;
      return {
        ...all,
        endTests: {
          ...endTests,
          insufficientCycles(fees, canister, givenBack, sizes) {
            const away = attached;
            attached = 0n;
            return endTests.insufficientCycles(fees, canister, givenBack - away, sizes);
          },
        },
        systemCalls: {
          ...systemCalls,
          call_new(...args: Parameters<typeof callNew>) {
            attached = 0n;
            callNew(...args);
          },
          call_cycles_add128(...[one, high, low]: Parameters<typeof callCyclesAdd128>) {
            callCyclesAdd128(one, high, low);
            attached += wide(high, low);
          },
          call_perform(one: Execution) {
            attached = 0n;
            return callPerform(one);
          },
        },
      };
    },
  ],
  [
    'starvation-keeps-cycles',
    'When a call is rejected for silence, its cycles do not go back.',
    ['call-contexts/starvation-refunds', 'cycles/accepted-plus-refunded', 'cycles/conserved'],
    part('bookkeeping', 'starvation', (starve) => (machine) => {
      for (const context of machine.subnet.contexts.values()) {
        if (context.needsToRespond && context.outstanding === 0) context.available = 0n;
      }
      return starve(machine);
    }),
  ],
  [
    'spontaneous-reject-keeps-cycles',
    'A call that the system rejects loses its cycles.',
    ['call-contexts/spontaneous-reject', 'cycles/accepted-plus-refunded', 'cycles/conserved'],
    part('choices', 'reject', (reject) => (machine, choice) => {
      const message = machine.subnet.messages.get(choice.message);
      if (message?.kind === 'call') machine.subnet.messages.set(message.id, { ...message, cycles: 0n });
      reject(machine, choice);
    }),
  ],
  [
    'expired-call-refunds',
    'SYS_UNKNOWN comes with the cycles of the call, though the callee may have them.',
    ['expiry/unknown-without-refund', 'cycles/conserved'],
    part('choices', 'expire-context', (expire) => (machine, choice) => {
      const context = machine.subnet.contexts.get(choice.context);
      if (context?.origin.kind === 'canister') context.origin.call.caller.balance += context.available;
      expire(machine, choice);
    }),
  ],
  [
    'deposit-wraps',
    'A deposit above 2^128 - 1 wraps around.',
    ['cycles/saturates', 'management/deposit-adds', 'cycles/conserved'],
    part('stimuli', 'deposit', (deposit) => (machine, stimulus) => {
      const canister = machine.subnet.canisters.get(stimulus.canister);
      const sum = (canister?.balance ?? 0n) + stimulus.cycles;
      const outcome = deposit(machine, stimulus);
      if (canister !== undefined) canister.balance = sum & MAX_CYCLES;
      return outcome;
    }),
  ],
  [
    'reserved-pays-last',
    'Idle resources are paid from the balance first.',
    ['freezing/reserved-first', 'profile/idle-fee'],
    part('stimuli', 'advance-time', (advance) => (machine, stimulus) => {
      const before = [...machine.subnet.canisters.values()].map((canister) => ({
        canister,
        reserved: canister.reserved,
        balance: canister.balance,
      }));
      const outcome = advance(machine, stimulus);
      for (const { canister, reserved, balance } of before) {
        const due = reserved + balance - canister.reserved - canister.balance;
        canister.balance = balance - least(due, balance);
        canister.reserved = reserved - (due - least(due, balance));
      }
      return outcome;
    }),
  ],
  [
    'out-of-cycles-keeps-code',
    'A canister that ran out of cycles keeps its code.',
    ['uninstall/out-of-cycles'],
    part('bookkeeping', 'outOfCycles', () => () => false),
  ],
  [
    'cost-call-without-payload',
    'cost_call leaves out the payload.',
    ['cycle-cost/call-monotonic', 'cycle-cost/call-upper-bound', 'profile/costs'],
    systemCall('cost_call', (cost) => (execution, nameSize, _, dst) => {
      cost(execution, nameSize, 0n, dst);
    }),
  ],
  [
    'cost-call-without-response',
    'cost_call leaves out what is set aside for the response.',
    ['cycle-cost/call-upper-bound', 'profile/costs', 'cycle-cost/call-monotonic'],
    systemCall('cost_call', () => (execution, nameSize, payloadSize, dst) => {
      const { call, callByte } = execution.profile.fees;
      copyCycles(execution, dst, least(call + callByte * (nameSize + payloadSize), MAX_CYCLES));
    }),
  ],
  [
    'cost-call-wraps',
    'cost_call adds the sizes in 64 bits.',
    [
      'cycle-cost/wrong-inputs-still-answer',
      'profile/costs',
      'cycle-cost/call-monotonic',
      'cycle-cost/call-upper-bound',
      'interpretation-of-numbers/sums-do-not-wrap',
    ],
    systemCall('cost_call', (cost) => (execution, nameSize, payloadSize, dst) => {
      cost(execution, (nameSize + payloadSize) & LOW_HALF, 0n, dst);
    }),
  ],
  [
    'cost-http-per-node-once',
    'cost_http_request forgets that each node makes the request.',
    ['cycle-cost/http-request', 'profile/costs'],
    systemCall('cost_http_request', () => (execution, requestSize, maxResponseBytes, dst) => {
      const {
        fees: { httpRequest },
        subnetNodes,
      } = execution.profile;
      const each =
        httpRequest.base +
        httpRequest.node * subnetNodes +
        httpRequest.requestByte * requestSize +
        httpRequest.responseByte * maxResponseBytes;
      copyCycles(execution, dst, least(each, MAX_CYCLES));
    }),
  ],
  [
    'system-calls-are-free',
    'System calls cost no instructions.',
    ['profile/performance-counter', 'profile/system-call-charge', 'profile/instructions'],
    part('charges', 'systemCall', () => () => ({ base: 0n, perByte: 0n })),
  ],
  [
    'system-call-bytes-are-free',
    'System calls cost their base, whatever they copy.',
    ['profile/performance-counter', 'profile/system-call-charge', 'profile/instructions'],
    part('charges', 'systemCall', (charge) => (profile, name) => ({ ...charge(profile, name), perByte: 0n })),
  ],
  [
    'stable-pages-are-free',
    'A page of the stable memory that is written for the first time costs no instructions.',
    ['profile/stable-page-charge', 'profile/instructions'],
    part('charges', 'stablePages', () => () => 0n),
  ],
  [
    'response-cost-from-wrong-limit',
    'What is set aside for a response leaves out the cleanup callback.',
    ['cycle-cost/call-upper-bound', 'profile/call-fee', 'calls/perform-sets-aside', 'profile/fees', 'profile/costs'],
    part('charges', 'maxResponse', () => (profile, width) => {
      const { fees, limits } = profile;
      return (
        fees.callByte * BigInt(limits.replyBytes) +
        fees.messageExecution +
        standardCharges.instructions(profile, width, limits.callbackInstructions)
      );
    }),
  ],
]);
