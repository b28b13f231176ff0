// spec-shaped: what may happen next — abstract-behavior.md, the conditions of the spontaneous transitions; order of CHOICE_KINDS

import type { Choice } from '../../spec/vocabulary/scenario.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { REJECT_CODES } from '../../spec/reject-codes.js';
import { canPayForMessage } from './charging.js';
import type { CallContext, CallMessage, Canister, Message, ResponseMessage, SystemState } from './state.js';

/** Whether the canister's low-memory hook has to run before anything else of it but response callbacks. */
function hookIsDue(profile: Profile, canister: Canister): boolean {
  return (
    canister.lowMemoryHook === 'ready' &&
    canister.status.kind === 'running' &&
    canister.code?.module.exports.has('canister_on_low_wasm_memory') === true &&
    canPayForMessage(profile, canister)
  );
}

/** Whether the canister runs, and has a system task that it may run. */
function hasTasks({ code, status }: Canister): boolean {
  if (code === undefined || status.kind !== 'running') return false;
  const { exports } = code.module;
  return exports.has('canister_heartbeat') || exports.has('canister_global_timer');
}

/** The heads of their queues among calls: ingress messages are in no queue, calls of one canister to another are in one. */
function queueHeads(calls: readonly CallMessage[]): CallMessage[] {
  const queues = new Set<string>();
  return calls.filter(({ origin, caller, callee }) => {
    if (origin.kind !== 'canister') return true;
    const queue = `${caller}>${callee}`;
    return !queues.has(queue) && queues.add(queue);
  });
}

/** Whether the message is a bounded-wait call that has not been executed, or the answer to one that has not expired. */
function mayExpire(message: Message): boolean {
  if (message.kind === 'response') return message.mayExpire;
  return message.origin.kind === 'canister' && message.origin.deadline !== undefined;
}

/** Whether the caller of the context waits bounded, and has not had an answer. */
function isExpiring({ origin, needsToRespond }: CallContext): boolean {
  return needsToRespond && origin.kind === 'canister' && origin.deadline !== undefined && !origin.expired;
}

/** Every choice that is enabled, by kind in the order of CHOICE_KINDS, then by id. */
export function enabledChoices(profile: Profile, state: SystemState): readonly Choice[] {
  const choices: Choice[] = [];
  const calls: CallMessage[] = [];
  const responses: ResponseMessage[] = [];
  for (const message of state.messages.values()) {
    if (message.kind === 'call') calls.push(message);
    else responses.push(message);
  }
  const due = new Set<Principal>();
  const tasks: Canister[] = [];
  for (const canister of state.canisters.values()) {
    if (hookIsDue(profile, canister)) due.add(canister.id);
    else if (hasTasks(canister) && canPayForMessage(profile, canister)) tasks.push(canister);
  }

  for (const { id, callee } of queueHeads(calls)) {
    if (!due.has(callee)) choices.push({ kind: 'execute', message: id });
  }
  for (const { id } of responses) choices.push({ kind: 'deliver', message: id });
  for (const { id, code } of tasks) {
    if (code?.module.exports.has('canister_heartbeat') === true) choices.push({ kind: 'heartbeat', canister: id });
  }
  for (const { id, code, globalTimer } of tasks) {
    if (code?.module.exports.has('canister_global_timer') !== true) continue;
    if (globalTimer !== 0n && state.time >= globalTimer) choices.push({ kind: 'global-timer', canister: id });
  }
  for (const id of due) choices.push({ kind: 'low-wasm-memory', canister: id });
  for (const { id } of calls) choices.push({ kind: 'reject', message: id, code: REJECT_CODES.SYS_TRANSIENT });
  for (const message of state.messages.values()) {
    if (mayExpire(message)) choices.push({ kind: 'expire-message', message: message.id });
  }
  for (const context of state.callContexts.values()) {
    if (isExpiring(context)) choices.push({ kind: 'expire-context', context: context.id });
  }
  for (const id of state.canisters.keys()) choices.push({ kind: 'bump-version', canister: id });
  return choices;
}

/** Whether a choice is among the enabled ones; a spontaneous reject may have either system code. */
export function isEnabled(enabled: readonly Choice[], choice: Choice): boolean {
  return enabled.some((one) => {
    switch (one.kind) {
      case 'execute':
      case 'deliver':
      case 'expire-message':
        return one.kind === choice.kind && one.message === choice.message;
      case 'reject':
        return (
          one.kind === choice.kind &&
          one.message === choice.message &&
          (choice.code === REJECT_CODES.SYS_FATAL || choice.code === REJECT_CODES.SYS_TRANSIENT)
        );
      case 'expire-context':
        return one.kind === choice.kind && one.context === choice.context;
      case 'heartbeat':
      case 'global-timer':
      case 'low-wasm-memory':
      case 'bump-version':
        return one.kind === choice.kind && one.canister === choice.canister;
    }
  });
}
