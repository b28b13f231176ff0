// spec-shaped: a call context comes before every execution — abstract-behavior.md#call-context-creation

import type { EntryPoint } from '../../../spec/vocabulary/entry-point.js';
import type { MessageId } from '../../../spec/vocabulary/ids.js';
import type { Principal } from '../../../spec/vocabulary/brands.js';
import { Crash } from '../../../spec/vocabulary/engine.js';
import { maxCyclesPerMessage } from '../charging.js';
import { codeOf, contextParams } from '../new-execution.js';
import { widthOf, type CallContext, type CallMessage, type CallOrigin, type Canister } from '../state.js';
import { rejectFor, type World } from '../world.js';

/** Takes a call message from its queue: it is rejected by rule, or a call context is made and the method runs. */
export function executeCall(w: World, id: MessageId): void {
  const message = w.draft.messages.get(id);
  if (message?.kind !== 'call') throw new Crash(`no call message ${id}`);
  w.draft.removeMessage(id);
  const cause = w.assembly.transitions.rejectionOf(w, message);
  if (cause !== undefined) {
    w.assembly.transitions.respond(w, message.origin, rejectFor(w.profile, cause), message.transferredCycles);
    return;
  }
  runPublicMethod(w, message);
}

/** Call context creation: Public entry points. */
function runPublicMethod(w: World, message: CallMessage): void {
  const canister = w.draft.canister(message.callee);
  const context = newCallContext(w, canister, message.origin, message.transferredCycles);
  const kind = codeOf(canister).module.methods.get(message.methodName);
  if (kind === undefined || kind === 'canister_composite_query') {
    w.draft.putCallContext({ ...context, needsToRespond: false, availableCycles: 0n });
    w.assembly.transitions.respond(w, message.origin, rejectFor(w.profile, 'no-such-method'), context.availableCycles);
    return;
  }
  const query = kind === 'canister_query';
  const params = { ...contextParams(message.origin), arg: message.arg };
  w.assembly.transitions.executeMessage(w, context.id, {
    entryPoint: query ? 'canister_query replicated' : 'canister_update',
    exportName: `${kind} ${message.methodName}`,
    method: message.methodName,
    // queries have no deadline
    params: query ? { ...params, deadline: 0n } : params,
  });
}

/** System tasks. */
type SystemTask = Extract<EntryPoint, 'canister_heartbeat' | 'canister_global_timer' | 'canister_on_low_wasm_memory'>;

/** Call context creation: Heartbeat, Global timer, On low wasm memory. */
export function executeSystemTask(w: World, id: Principal, task: SystemTask): void {
  const canister = w.draft.canister(id);
  if (task === 'canister_global_timer') w.draft.put({ ...canister, globalTimer: 0n });
  if (task === 'canister_on_low_wasm_memory') w.draft.put({ ...canister, lowMemoryHook: 'executed' });
  const context = newCallContext(w, w.draft.canister(id), { kind: 'system-task' }, 0n);
  const params = contextParams(context.origin);
  w.assembly.transitions.executeMessage(w, context.id, { entryPoint: task, exportName: task, params });
}

function newCallContext(w: World, canister: Canister, origin: CallOrigin, availableCycles: bigint): CallContext {
  const context: CallContext = {
    id: w.draft.nextCallContextId(),
    canister: canister.id,
    origin,
    needsToRespond: origin.kind !== 'system-task',
    deleted: false,
    availableCycles,
    instructions: 0n,
    trapped: false,
  };
  w.draft.putCallContext(context);
  return context;
}

/** Sets MAX_CYCLES_PER_MESSAGE aside for the execution that follows; gives the amount. */
export function withdrawForMessage(w: World, id: Principal): bigint {
  const canister = w.draft.canister(id);
  const amount = maxCyclesPerMessage(w.profile, widthOf(canister));
  w.draft.put({ ...canister, balance: canister.balance - amount });
  return amount;
}
