// spec-shaped: a call message is executed: rejected by rule, or a call context is made and the method runs — abstract-behavior.md#call-context-creation
import { principalBytes } from '../blob.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { MANAGEMENT_CANISTER } from '../../spec/vocabulary/ids.js';
import type { Choice } from '../../spec/vocabulary/scenario.js';
import { memorySizes } from '../cycles.js';
import { NO_INFO, type ExecutionInput } from '../execution.js';
import type { CanisterInstance } from '../instance.js';
import { messageById, newContext, rejection, respond, respondToContext, type Machine } from '../machine.js';
import { charge, credit, type CallContext, type CallMessage, type Canister } from '../state.js';
import { executeMessage, responseOf, type Finished } from './message-execution.js';

/** A canister that may run the message, or why not. */
type Checked = { readonly canister: Canister; readonly instance: CanisterInstance } | { readonly cause: RejectCause };

/** The conditions of this rule and of the rules that reject, in the order of CHARGING.md, 3; each replaceable. */
export interface CallChecks {
  readonly running: (canister: Canister) => boolean;
  readonly enoughAttached: (canister: Canister, message: CallMessage) => boolean;
  readonly notFrozen: (machine: Machine, canister: Canister, instance: CanisterInstance) => boolean;
}

export const standardCallChecks: CallChecks = {
  running: ({ status }) => status === 'running',
  enoughAttached: ({ id, settings }, { origin, caller, cycles }) =>
    origin.kind !== 'canister' || caller === id || cycles >= settings.minimumIncomingCanisterCallCycles,
  notFrozen: ({ fees }, canister, { width }) => fees.liquid(canister) >= fees.maxMessage(width),
};

function check(machine: Machine, message: CallMessage): Checked {
  const { callChecks } = machine.assembly;
  if (message.callee === MANAGEMENT_CANISTER) return { cause: 'management-method' };
  const canister = machine.subnet.canisters.get(message.callee);
  if (canister === undefined) return { cause: 'no-such-canister' };
  const { instance } = canister;
  if (instance === undefined) return { cause: 'empty-canister' };
  if (!callChecks.running(canister)) return { cause: 'not-running' };
  if (!callChecks.enoughAttached(canister, message)) return { cause: 'insufficient-cycles-attached' };
  if (!callChecks.notFrozen(machine, canister, instance)) return { cause: 'frozen' };
  return { canister, instance };
}

/** When the caller of the call context stops waiting; 0: never. */
export function deadlineOf({ origin }: CallContext): bigint {
  return origin.kind === 'canister' ? (origin.call.deadline ?? 0n) : 0n;
}

/**
 * Runs code with MAX_CYCLES_PER_MESSAGE withdrawn; what is not used is given back, after a return and a trap alike.
 * @param execute runs it, judging what returned with what would be given back
 */
export function withMessageCycles(
  { subnet, fees }: Machine,
  canister: Canister,
  { width }: CanisterInstance,
  execute: (givenBack: (instructions: bigint) => bigint) => Finished,
): Finished {
  const most = fees.maxMessage(width);
  const cost = (instructions: bigint) => fees.messageExecution + fees.instructions(width, instructions);
  canister.balance -= most;
  const finished = execute((instructions) => most - cost(instructions));
  const used = cost(finished.instructions);
  canister.balance += used;
  charge(subnet, canister, used);
  credit(subnet, canister, most - used);
  return finished;
}

/** Executes a call message. */
export function execute(machine: Machine, choice: Extract<Choice, { kind: 'execute' }>): void {
  const message = messageById(machine, choice.message);
  if (message.kind !== 'call') throw new Crash(`message ${message.id} is not a call`);
  machine.subnet.messages.delete(message.id);

  // Rejected by rule: the attached cycles go back.
  const checked = check(machine, message);
  if ('cause' in checked) {
    respond(machine, message.origin, rejection(machine, checked.cause), message.cycles);
    return;
  }
  const { canister, instance } = checked;
  machine.log.touched.add(canister);

  // The call context holds the attached cycles from here on.
  const context = newContext(machine, canister, message.origin, message.cycles);
  const method = instance.compiled.canister.methods.get(message.method);
  if (method === undefined || method.kind === 'composite_query') {
    respondToContext(machine, context, rejection(machine, 'no-such-method'));
    return;
  }
  runMethod(machine, context, message, instance, method);
}

function runMethod(
  machine: Machine,
  context: CallContext,
  message: CallMessage,
  instance: CanisterInstance,
  method: { readonly kind: string; readonly function: number },
): void {
  const { assembly, fees } = machine;
  const { canister } = context;
  const update = method.kind === 'update';
  const sizesBefore = memorySizes(canister);
  const input: ExecutionInput = {
    entryPoint: update ? 'canister_update' : 'canister_query replicated',
    canister,
    instance,
    caller: principalBytes(message.caller),
    info: message.origin.kind === 'user' ? message.origin.info : NO_INFO,
    arg: message.arg,
    method: message.method,
    deadline: update ? deadlineOf(context) : 0n,
    context,
    mayRespond: true,
    limit: machine.options.profile.limits.updateInstructions,
  };
  const { execution, trap } = withMessageCycles(machine, canister, instance, (givenBack) =>
    executeMessage(machine, {
      input,
      run: (running) => instance.run(method.function, running),
      keep: update ? 'all' : 'cycles',
      judge: (_, instructions) => {
        const sizes = update ? memorySizes(canister) : sizesBefore;
        const poor = assembly.endTests.insufficientCycles(fees, canister, givenBack(instructions), sizes);
        return poor ?? (update ? assembly.endTests.wasmMemoryLimit(canister) : undefined);
      },
    }),
  );
  context.trapped = trap !== undefined;
  if (trap !== undefined) return;
  canister.version += assembly.versionIncrements[input.entryPoint] ?? 0n;
  if (execution.response !== undefined) respondToContext(machine, context, responseOf(execution.response));
}
