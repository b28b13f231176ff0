// spec-shaped: one run of an entry point, committed or undone — abstract-behavior.md#rule-message-execution
import { hexOfBlob } from '../blob.js';
import { nanoseconds, type Nanoseconds, type Cycles, type Hex } from '../../spec/vocabulary/brands.js';
import { REJECT_CODES } from '../../spec/reject-codes.js';
import type { MessageId } from '../../spec/vocabulary/ids.js';
import type { ExecutionRecord, OutgoingCall, Response } from '../../spec/vocabulary/record.js';
import type { Draft } from '../draft.js';
import { Execution, type ExecutionInput, type ExecutionResponse, type PerformedCall } from '../execution.js';
import type { Run } from '../instance.js';
import { countCall, nextMessage, type Machine } from '../machine.js';
import type { Call, CallContext } from '../state.js';
import { discardPendingCall } from '../system-api/calls.js';
import type { CanisterTrap } from '../trap.js';

const MAX_TIME = (1n << 64n) - 1n;
const NO_MESSAGE = -1 as MessageId;

/** How an execution ended. */
export interface Finished {
  readonly execution: Execution;
  /** Undefined: it returned. */
  readonly trap: CanisterTrap | undefined;
  /** Reported instructions: what was used, at most the limit. */
  readonly instructions: bigint;
  readonly record: ExecutionRecord;
}

/** What happens to the changes of an execution that returned. */
type Keep =
  /** Everything stays. */
  | 'all'
  /** A replicated query: the balance and the log stay. */
  | 'cycles'
  /** A non-replicated execution: nothing stays, but somebody may want the state first. */
  | 'nothing'
  /** A step of an installation: kept or undone with the others. */
  | 'undecided';

interface Plan {
  readonly input: ExecutionInput;
  readonly run: (execution: Execution) => Run;
  readonly keep: Keep;
  /** Tests after the execution returned; a trap undoes it. */
  readonly judge?: (execution: Execution, instructions: bigint) => CanisterTrap | undefined;
  /** Sees the state that a non-replicated execution left before it is undone. */
  readonly inspect?: (execution: Execution) => void;
}

/** The response as others see it. */
export function responseOf(response: ExecutionResponse): Response {
  return response.kind === 'reply'
    ? { kind: 'reply', data: hexOfBlob(response.data) }
    : { kind: 'reject', code: REJECT_CODES.CANISTER_REJECT, message: response.message };
}

function argOf(call: PerformedCall): Hex {
  return hexOfBlob(Buffer.concat(call.arg));
}

function deadlineOf(machine: Machine, call: PerformedCall): Nanoseconds | undefined {
  if (call.timeoutSeconds === undefined) return undefined;
  const most = machine.options.profile.limits.callTimeoutSeconds;
  const seconds = BigInt(call.timeoutSeconds) < most ? BigInt(call.timeoutSeconds) : most;
  const deadline = machine.subnet.time + seconds * 1_000_000_000n;
  return nanoseconds(deadline > MAX_TIME ? MAX_TIME : deadline);
}

/** Puts the performed calls under way. */
function send(machine: Machine, execution: Execution, context: CallContext): OutgoingCall[] {
  const { subnet, log } = machine;
  const { canister } = execution;
  return execution.calls.map((performed) => {
    const deadline = deadlineOf(machine, performed);
    const id = nextMessage(machine);
    const call: Call = {
      message: id,
      caller: canister,
      context,
      callee: performed.callee,
      onReply: performed.onReply,
      onReject: performed.onReject,
      onCleanup: performed.onCleanup,
      deadline,
      setAside: performed.setAside,
      expired: false,
    };
    countCall(call, 1);
    subnet.calls.add(call);
    const { callee, method, cycles } = performed;
    const arg = Buffer.concat(performed.arg);
    subnet.messages.set(id, {
      kind: 'call',
      id,
      origin: { kind: 'canister', call },
      caller: canister.id,
      callee,
      method,
      arg,
      cycles,
    });
    log.messages.push({ kind: 'call', id, caller: canister.id, callee, method });
    return outgoing(performed, id, deadline);
  });
}

function outgoing(call: PerformedCall, message: MessageId, deadline: OutgoingCall['deadline']): OutgoingCall {
  const { callee, method, cycles } = call;
  const record: Draft<OutgoingCall> = { message, callee, method, arg: argOf(call), cycles: cycles as Cycles };
  if (deadline !== undefined) record.deadline = deadline;
  return record;
}

/** Undoes everything that the execution did, step by step. */
function undo({ assembly }: Machine, execution: Execution, keepsLog: boolean): void {
  for (const step of assembly.undoOrder) assembly.undo[step](execution);
  if (!keepsLog) assembly.undoLog(execution);
}

function settle(machine: Machine, { execution, keep }: { execution: Execution; keep: Keep }): void {
  const { assembly, subnet } = machine;
  switch (keep) {
    case 'all':
      for (const step of assembly.commitOrder) assembly.commit[step](execution);
      break;
    case 'cycles':
      for (const step of assembly.undoStateOrder) assembly.undo[step](execution);
      break;
    case 'nothing':
      undo(machine, execution, false);
      return;
    case 'undecided':
      return;
  }
  subnet.totals.burned += execution.burned;
  subnet.totals.lost += execution.lost;
  for (const { cost } of execution.calls) subnet.totals.charged += cost;
}

/** Runs an entry point, commits or undoes it, and records it. */
export function executeMessage(machine: Machine, { input, run, keep, judge, inspect }: Plan): Finished {
  const { canister, context, instance, method, entryPoint } = input;
  const replicated = keep === 'all' || keep === 'cycles';
  const execution = new Execution(machine.subnet, machine.fees, machine.options.trace, input);

  // Changes are made in place; stable memory notes what it overwrites.
  if (keep !== 'undecided') canister.stable.begin();
  const ran = run(execution);
  const instructions = BigInt(Math.min(ran.used, execution.limit));
  discardPendingCall(execution);

  // What returned may still fail: then it trapped.
  const trap = ran.trap ?? judge?.(execution, instructions);

  let calls: OutgoingCall[] = [];
  const response = trap === undefined && execution.response !== undefined ? responseOf(execution.response) : undefined;
  if (trap !== undefined) {
    if (keep !== 'undecided') undo(machine, execution, replicated);
  } else {
    inspect?.(execution);
    if (keep === 'all' && context !== undefined) calls = send(machine, execution, context);
    else calls = execution.calls.map((call) => outgoing(call, NO_MESSAGE, deadlineOf(machine, call)));
    settle(machine, { execution, keep });
  }
  if (keep !== 'undecided') canister.stable.commit();
  if (context !== undefined) context.instructions += instructions;
  if (replicated) machine.assembly.judgeLowMemory(machine, canister);

  const record: Draft<ExecutionRecord> = {
    canister: canister.id,
    entryPoint,
    width: instance.width,
    trace: execution.trace ?? [],
    outcome: trap === undefined ? { kind: 'returned' } : { kind: 'trapped', trap: trap.kind, detail: trap.detail },
    instructions,
    calls,
    accepted: (trap === undefined ? execution.accepted : 0n) as Cycles,
    burned: (trap === undefined ? execution.burned : 0n) as Cycles,
  };
  if (method !== undefined) record.method = method;
  if (context !== undefined) record.callContext = context.id;
  if (response !== undefined) record.response = response;
  machine.log.executions.push(record);
  machine.log.touched.add(canister);
  return { execution, trap, instructions, record };
}
