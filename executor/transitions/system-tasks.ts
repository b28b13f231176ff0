// spec-shaped: heartbeat, global timer and low-memory hook — abstract-behavior.md#call-context-creation
import { Crash } from '../../spec/vocabulary/engine.js';
import type { Choice } from '../../spec/vocabulary/scenario.js';
import { memorySizes } from '../cycles.js';
import type { SystemEntryPoint } from '../instrument/requirements.js';
import { canisterById, newContext, type Machine } from '../machine.js';
import type { Canister } from '../state.js';
import { withMessageCycles } from './call-context-creation.js';
import { executeMessage } from './message-execution.js';

type SystemTask = 'canister_heartbeat' | 'canister_global_timer' | 'canister_on_low_wasm_memory';

/** Whether the canister has the entry point and could run it now: running, and with enough cycles. */
function couldRun({ fees }: Machine, canister: Canister, entryPoint: SystemEntryPoint): boolean {
  const { instance } = canister;
  return (
    instance?.compiled.canister.system.has(entryPoint) === true &&
    canister.status === 'running' &&
    fees.liquid(canister) >= fees.maxMessage(instance.width)
  );
}

/** Whether a low-memory hook that is ready goes before everything else of the canister. */
export function hookGoesFirst(machine: Machine, canister: Canister): boolean {
  return canister.hook === 'ready' && couldRun(machine, canister, 'canister_on_low_wasm_memory');
}

/** Whether the task may run now. */
export function mayRun(machine: Machine, canister: Canister, task: SystemTask): boolean {
  if (!couldRun(machine, canister, task)) return false;
  switch (task) {
    case 'canister_heartbeat':
      return !hookGoesFirst(machine, canister);
    case 'canister_global_timer':
      return (
        canister.globalTimer !== 0n && machine.subnet.time >= canister.globalTimer && !hookGoesFirst(machine, canister)
      );
    case 'canister_on_low_wasm_memory':
      return canister.hook === 'ready';
  }
}

/** Runs a system task: a call context that nobody waits for, then the execution. */
function runTask(machine: Machine, canister: Canister, task: SystemTask): void {
  const { instance } = canister;
  const index = instance?.compiled.canister.system.get(task);
  if (instance === undefined || index === undefined) throw new Crash(`canister ${canister.id} has no ${task}`);
  const { assembly, fees } = machine;
  const context = newContext(machine, canister, { kind: 'system' }, 0n);
  const { trap } = withMessageCycles(machine, canister, instance, (givenBack) =>
    executeMessage(machine, {
      input: {
        entryPoint: task,
        canister,
        instance,
        context,
        limit: machine.options.profile.limits.updateInstructions,
      },
      run: (execution) => instance.run(index, execution),
      keep: 'all',
      judge: (_, instructions) =>
        assembly.endTests.insufficientCycles(fees, canister, givenBack(instructions), memorySizes(canister)),
    }),
  );
  context.trapped = trap !== undefined;
  if (trap === undefined) canister.version += assembly.versionIncrements[task] ?? 0n;
}

/** Runs canister_heartbeat. */
export function heartbeat(machine: Machine, choice: Extract<Choice, { kind: 'heartbeat' }>): void {
  runTask(machine, canisterById(machine, choice.canister), 'canister_heartbeat');
}

/** The timer is deactivated when its function is scheduled, and stays so after a trap. */
export function globalTimer(machine: Machine, choice: Extract<Choice, { kind: 'global-timer' }>): void {
  const canister = canisterById(machine, choice.canister);
  canister.globalTimer = 0n;
  runTask(machine, canister, 'canister_global_timer');
}

/** The hook counts as executed even when it traps. */
export function lowWasmMemory(machine: Machine, choice: Extract<Choice, { kind: 'low-wasm-memory' }>): void {
  const canister = canisterById(machine, choice.canister);
  canister.hook = 'executed';
  runTask(machine, canister, 'canister_on_low_wasm_memory');
}
