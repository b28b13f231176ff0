// spec-shaped: a response reaches the caller — abstract-behavior.md, "Callback invocation"; CHARGING.md, section 4

import type { EntryPoint } from '../../../spec/vocabulary/entry-point.js';
import type { MessageId } from '../../../spec/vocabulary/ids.js';
import { Crash } from '../../../spec/vocabulary/engine.js';
import { executionCycles, maxResponseTransmission } from '../charging.js';
import { discardPendingCall, type Params } from '../execution.js';
import { executionRecord } from '../execution-record.js';
import { extendedLog } from '../log.js';
import type { Run } from '../machine.js';
import { codeOf, contextParams, newExecutionIn } from '../new-execution.js';
import type { CallContext, Closure, OpenCall, Response, ResponseMessage } from '../state.js';
import { encodeText, textBytes } from '../text.js';
import type { World } from '../world.js';

/** Delivers a response message: the callback runs, and its cleanup when it traps. */
export function deliverResponse(w: World, id: MessageId): void {
  const { draft } = w;
  const message = draft.messages.get(id);
  if (message?.kind !== 'response') throw new Crash(`no response message ${id}`);
  const call = draft.calls.get(message.to);
  if (call === undefined) throw new Crash(`no open call ${message.to}`);
  draft.removeMessage(id);
  draft.removeCall(call.id);

  const canister = draft.canisters.get(call.caller);
  const context = draft.callContexts.get(call.context);
  // the canister was deleted: all of it is lost
  if (canister === undefined) {
    draft.book('lost', message.refundedCycles + call.setAside);
    return;
  }
  // the canister was uninstalled: the cycles come back, no code runs
  if (context === undefined || context.deleted) {
    draft.put({ ...canister, balance: draft.add(canister.balance, message.refundedCycles + call.setAside) });
    return;
  }
  w.assembly.transitions.invokeCallback(w, message, call, context);
}

/** Bytes of a response that are paid for. */
function responseBytes(response: Response): number {
  return response.kind === 'reply' ? response.data.length : textBytes(response.message);
}

/** Callback invocation for a call context that is alive, and the message execution that follows. */
export function invokeCallback(w: World, message: ResponseMessage, call: OpenCall, context: CallContext): void {
  const { profile, draft } = w;
  const { transitions } = w.assembly;
  const { response, refundedCycles } = message;
  // the refund, and what was set aside for a larger response, are the caller's
  const { replyBytes, callbackInstructions } = profile.limits;
  const bytes = BigInt(Math.min(responseBytes(response), replyBytes));
  const transmission = profile.fees.callByte * bytes;
  const transmissionRefund = maxResponseTransmission(profile) - transmission;
  const before = draft.canister(call.caller);
  draft.put({ ...before, balance: draft.add(before.balance, refundedCycles + transmissionRefund) });
  draft.book('charged', transmission);
  const setAside = call.setAside - maxResponseTransmission(profile);

  // the callback
  const canister = draft.canister(call.caller);
  const code = codeOf(canister);
  const params = responseParams(context, response, refundedCycles);
  const { entryPoint, closure } = callbackEntry(call, response);
  const execution = newExecutionIn(w, context, { entryPoint, canister, params });
  const run = w.machine.run(execution, code, { kind: 'callback', closure }, callbackInstructions);
  const callContext = context.id;
  const charged = (runs: readonly Run[]): bigint => {
    const used = runs.reduce((sum, { instructions }) => sum + instructions, 0n);
    const cycles = executionCycles(profile, execution.width, used);
    return cycles < setAside ? cycles : setAside;
  };

  if (run.outcome.kind === 'returned') {
    discardPendingCall(execution);
    draft.book('charged', charged([run]));
    const messages = transitions.commitExecution(w, run, callContext, setAside - charged([run]));
    w.log.executions.push(executionRecord(run, { callContext, messages }));
  } else {
    w.log.executions.push(executionRecord(run, { callContext }));
    const cleanup = runCleanup(w, call, context, run, params);
    const runs = cleanup === undefined ? [run] : [run, cleanup];
    draft.book('charged', charged(runs));
    const refund = setAside - charged(runs);
    if (cleanup?.outcome.kind === 'returned') {
      // the cleanup's effects are kept, and of the callback its log
      draft.put({ ...canister, log: extendedLog(canister.log, execution.log, profile.limits) });
      draft.putCallContext({ ...context, instructions: context.instructions + run.instructions });
      transitions.commitExecution(w, cleanup, callContext, refund);
      draft.putCallContext({ ...draft.callContext(callContext), trapped: true });
    } else {
      transitions.dropExecution(w, canister, callContext, runs, refund);
    }
    if (cleanup !== undefined) w.log.executions.push(executionRecord(cleanup, { callContext }));
  }
  transitions.scheduleLowMemoryHook(w, canister.id);
}

function responseParams(context: CallContext, response: Response, cyclesRefunded: bigint): Params {
  const params = { ...contextParams(context.origin), cyclesRefunded };
  return response.kind === 'reply'
    ? { ...params, arg: response.data }
    : { ...params, rejectCode: response.code, rejectMessage: encodeText(response.message) };
}

function callbackEntry(call: OpenCall, response: Response): { entryPoint: EntryPoint; closure: Closure } {
  return response.kind === 'reply'
    ? { entryPoint: 'reply callback', closure: call.callback.onReply }
    : { entryPoint: 'reject callback', closure: call.callback.onReject };
}

/** Runs the cleanup callback from the state before the callback that trapped; undefined when there is none. */
function runCleanup(w: World, call: OpenCall, context: CallContext, callback: Run, params: Params): Run | undefined {
  const closure = call.callback.onCleanup;
  if (closure === undefined) return undefined;
  const { canister, context: letter } = callback.execution;
  const entryPoint: EntryPoint = letter === 'Ry' ? 'cleanup callback after reply' : 'cleanup callback after reject';
  const instructionsBefore = context.instructions + callback.instructions;
  const execution = newExecutionIn(w, context, { entryPoint, canister, params, instructionsBefore });
  return w.machine.run(execution, callback.code, { kind: 'callback', closure }, w.profile.limits.cleanupInstructions);
}
