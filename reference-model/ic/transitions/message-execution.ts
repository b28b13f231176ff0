// spec-shaped: a message is executed, and what it did is kept or dropped — abstract-behavior.md#rule-message-execution

import type { CallContextId, MessageId } from '../../../spec/vocabulary/ids.js';
import type { EntryPoint } from '../../../spec/vocabulary/entry-point.js';
import type { ExecutionOutcome } from '../../../spec/vocabulary/record.js';
import { executionCycles, liquidBalance, resourcesOf } from '../charging.js';
import {
  discardPendingCall,
  resourcesNow,
  wasmMemoryBytes,
  type Execution,
  type MethodCall,
  type Params,
} from '../execution.js';
import { deadlineOf, executionRecord } from '../execution-record.js';
import { extendedLog } from '../log.js';
import { codeAfter, type Run } from '../machine.js';
import { codeOf, newExecutionIn } from '../new-execution.js';
import type { Canister } from '../state.js';
import type { World } from '../world.js';

/** What is executed. */
interface MessageTask {
  readonly entryPoint: EntryPoint;
  readonly exportName: string;
  /** Absent for system tasks. */
  readonly method?: string;
  readonly params: Params;
}

/** Executes a public method or a system task in its call context. */
export function executeMessage(w: World, contextId: CallContextId, task: MessageTask): void {
  const { transitions } = w.assembly;
  const context = w.draft.callContext(contextId);
  // MAX_CYCLES_PER_MESSAGE is set aside
  const setAside = transitions.withdrawForMessage(w, context.canister);
  const canister = w.draft.canister(context.canister);
  const execution = newExecutionIn(w, context, { entryPoint: task.entryPoint, canister, params: task.params });
  const target = { kind: 'export', name: task.exportName } as const;
  const run = w.machine.run(execution, codeOf(canister), target, w.profile.limits.updateInstructions);

  // what is not used comes back
  const charge = executionCycles(w.profile, execution.width, run.instructions);
  const refund = setAside - charge;
  w.draft.book('charged', charge);
  if (run.outcome.kind === 'returned') discardPendingCall(execution);
  const outcome = transitions.judgedOutcome(run, execution.balance + refund);

  let messages: readonly MessageId[] = [];
  if (outcome.kind === 'returned') messages = transitions.commitExecution(w, run, contextId, refund);
  else transitions.dropExecution(w, canister, contextId, [run], refund);
  const { method } = task;
  const details = { outcome, callContext: contextId, messages, ...(method === undefined ? {} : { method }) };
  w.log.executions.push(executionRecord(run, details));
  transitions.scheduleLowMemoryHook(w, canister.id);
}

/** The outcome after the tests at the end of an execution that is no response callback. */
export function judgedOutcome(run: Run, newBalance: bigint): ExecutionOutcome {
  if (run.outcome.kind === 'trapped') return run.outcome;
  const { execution: es } = run;
  const { profile, canister } = es;
  // a replicated query leaves the memories as they were
  const resources = es.context === 'RQ' ? resourcesOf(canister) : resourcesNow(es);
  if (liquidBalance(profile, newBalance, canister.reservedBalance, resources) < 0n)
    return { kind: 'trapped', trap: 'insufficient-cycles', detail: 'the liquid balance would be negative' };
  if (es.context === 'U' && exceedsMemoryLimit(es))
    return { kind: 'trapped', trap: 'wasm-memory-limit', detail: 'the Wasm memory is larger than wasm_memory_limit' };
  return run.outcome;
}

/** Whether the Wasm memory is larger than the canister's settings allow. */
function exceedsMemoryLimit(es: Execution): boolean {
  const limit = es.canister.settings.wasmMemoryLimit;
  return limit > 0n && wasmMemoryBytes(es) > limit;
}

/** Keeps what an execution did. @returns ids of the calls that it made */
export function commitExecution(w: World, run: Run, contextId: CallContextId, refund: bigint): readonly MessageId[] {
  const { execution: es } = run;
  const { draft } = w;
  const context = draft.callContext(contextId);
  // cycles
  draft.book('burned', es.cyclesBurned);
  draft.book('lost', es.cyclesLost);
  for (const call of es.calls) draft.book('charged', call.fee);
  // the canister
  draft.put({ ...canisterAfter(w, run), balance: draft.add(es.balance, refund) });
  // calls, then the response
  const messages = es.calls.map((call) => makeCall(w, es, contextId, call));
  const responded = es.response !== undefined;
  draft.putCallContext({
    ...context,
    needsToRespond: context.needsToRespond && !responded,
    availableCycles: responded ? 0n : es.cyclesAvailable,
    instructions: context.instructions + run.instructions,
    trapped: false,
  });
  if (es.response !== undefined) w.assembly.transitions.respond(w, context.origin, es.response, es.cyclesRefunded);
  return messages;
}

/** The canister after a run that returned, balance apart. A replicated query changes only its log and version. */
function canisterAfter(w: World, run: Run): Canister {
  const { execution: es } = run;
  const canister = w.draft.canister(es.canister.id);
  const after = {
    ...canister,
    version: canister.version + 1n,
    log: extendedLog(canister.log, es.log, w.profile.limits),
  };
  if (es.context === 'RQ') return after;
  return {
    ...after,
    code: codeAfter(run),
    certifiedData: es.newCertifiedData ?? canister.certifiedData,
    globalTimer: es.newGlobalTimer ?? canister.globalTimer,
  };
}

function makeCall(w: World, es: Execution, context: CallContextId, call: MethodCall): MessageId {
  const { callee, callback, setAside, methodName } = call;
  const caller = es.canister.id;
  const id = w.draft.nextMessageId();
  const deadline = deadlineOf(call, es.env.time);
  w.draft.putCall({ id, context, caller, callee, callback, setAside });
  w.draft.putMessage({
    kind: 'call',
    id,
    origin: { kind: 'canister', call: id, caller, expired: false, ...(deadline === undefined ? {} : { deadline }) },
    caller,
    callee,
    methodName,
    arg: call.arg.bytes(),
    transferredCycles: call.transferredCycles,
  });
  w.log.messages.push({ kind: 'call', id, caller, callee, method: methodName });
  return id;
}

/**
 * Drops what executions did that trapped: their charge and their log alone stay.
 * @param canister as it stood before them
 */
export function dropExecution(
  w: World,
  canister: Canister,
  contextId: CallContextId,
  runs: readonly Run[],
  refund: bigint,
): void {
  const context = w.draft.callContext(contextId);
  const records = runs.flatMap(({ execution }) => execution.log);
  const log = extendedLog(canister.log, records, w.profile.limits);
  w.draft.put({ ...canister, log, balance: w.draft.add(canister.balance, refund) });
  const used = runs.reduce((sum, { instructions }) => sum + instructions, 0n);
  w.draft.putCallContext({ ...context, instructions: context.instructions + used, trapped: true });
}
