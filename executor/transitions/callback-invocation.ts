// spec-shaped: a response reaches its call context: callback, and cleanup if that traps — abstract-behavior.md#callback-invocation
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { NO_BLOB, blobOf, principalBytes } from '../blob.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { MANAGEMENT_CANISTER } from '../../spec/vocabulary/ids.js';
import type { Response } from '../../spec/vocabulary/record.js';
import type { Choice } from '../../spec/vocabulary/scenario.js';
import { NO_INFO, type ExecutionInput } from '../execution.js';
import { countCall, messageById, respondToContext, type Machine } from '../machine.js';
import { charge, credit, type Blob, type CallContext, type ResponseMessage } from '../state.js';
import { deadlineOf } from './call-context-creation.js';
import { executeMessage, responseOf, type Finished } from './message-execution.js';

/** What callbacks see of a response. */
export function responseInput(response: Response): { arg: Blob; rejectCode: number; rejectMessage: Blob } {
  if (response.kind === 'reply') return { arg: blobOf(response.data), rejectCode: 0, rejectMessage: NO_BLOB };
  return { arg: NO_BLOB, rejectCode: response.code, rejectMessage: Buffer.from(response.message) };
}

function callerOf({ origin }: CallContext): Blob {
  switch (origin.kind) {
    case 'user':
      return principalBytes(origin.sender);
    case 'canister':
      return origin.call.caller.idBytes;
    case 'system':
      return principalBytes(MANAGEMENT_CANISTER);
  }
}

function bytesOfResponse(response: Response): number {
  return response.kind === 'reply' ? response.data.length / 2 : Buffer.byteLength(response.message);
}

/** Delivers a response message. */
export function deliver(machine: Machine, choice: Extract<Choice, { kind: 'deliver' }>): void {
  const message = messageById(machine, choice.message);
  if (message.kind !== 'response') throw new Crash(`message ${message.id} is not a response`);
  const { subnet } = machine;
  const { call } = message;
  const { caller, context } = call;
  subnet.messages.delete(message.id);
  subnet.calls.delete(call);
  countCall(call, -1);
  machine.log.touched.add(caller);

  // To a canister that is gone: all of it is lost. To a deleted call context: refund and set-aside come back, nothing runs.
  if (subnet.canisters.get(caller.id) !== caller) {
    subnet.totals.lost += message.refunded + call.setAside;
    return;
  }
  if (context.deleted || caller.instance === undefined) {
    credit(subnet, caller, message.refunded + call.setAside);
    return;
  }
  invoke(machine, message, context);
}

function invoke(machine: Machine, message: ResponseMessage, context: CallContext): void {
  const { subnet, fees, assembly } = machine;
  const { limits } = machine.options.profile;
  const { call, response, refunded } = message;
  const { canister } = context;
  const instance = canister.instance ?? crash();

  // The refund, and what was set aside for a longer response, come back before the callback runs.
  const bytes = Math.min(bytesOfResponse(response), limits.replyBytes);
  const transmission = fees.responseBytes(limits.replyBytes);
  const transmitted = fees.responseBytes(bytes);
  credit(subnet, canister, refunded + transmission - transmitted);
  subnet.totals.charged += transmitted;
  const rest = call.setAside - transmission;

  const { arg, rejectCode, rejectMessage } = responseInput(response);
  const caller = callerOf(context);
  const info = context.origin.kind === 'user' ? context.origin.info : NO_INFO;
  const deadline = deadlineOf(context);
  // Field by field: what is added behind a spread gives each object a hidden class of its own.
  const input = (entryPoint: EntryPoint, limit: bigint, mayRespond: boolean): ExecutionInput => ({
    entryPoint,
    canister,
    instance,
    limit,
    caller,
    info,
    arg,
    rejectCode,
    rejectMessage,
    deadline,
    refunded,
    context,
    mayRespond,
    earlier: context.instructions,
  });
  const onAnswer: EntryPoint = response.kind === 'reply' ? 'reply callback' : 'reject callback';
  const callback = executeMessage(machine, {
    input: input(onAnswer, limits.callbackInstructions, context.needsToRespond),
    run: (execution) => instance.callback(response.kind === 'reply' ? call.onReply : call.onReject, execution),
    keep: 'all',
  });
  context.trapped = callback.trap !== undefined;

  let cleanup: Finished | undefined;
  const onCleanup = callback.trap === undefined ? undefined : assembly.cleanupOf(call);
  if (callback.trap === undefined) {
    canister.version += assembly.versionIncrements[onAnswer] ?? 0n;
  } else if (onCleanup !== undefined) {
    const entryPoint = response.kind === 'reply' ? 'cleanup callback after reply' : 'cleanup callback after reject';
    cleanup = executeMessage(machine, {
      input: input(entryPoint, limits.cleanupInstructions, false),
      run: (execution) => instance.callback(onCleanup, execution),
      keep: 'all',
    });
    if (cleanup.trap === undefined) canister.version += assembly.versionIncrements[entryPoint] ?? 0n;
  }

  // What the callback and its cleanup did not use comes back; the sum is taken before rounding.
  const used =
    fees.messageExecution + fees.instructions(instance.width, callback.instructions + (cleanup?.instructions ?? 0n));
  const charged = used < rest ? used : rest;
  canister.balance += charged;
  charge(subnet, canister, charged);
  credit(subnet, canister, rest - charged);

  if (callback.trap === undefined && callback.execution.response !== undefined) {
    respondToContext(machine, context, responseOf(callback.execution.response));
  }
}

function crash(): never {
  throw new Crash('a call context of an empty canister is not deleted');
}
