// spec-shaped: the transitions that are possible now — abstract-behavior.md#state-transitions
import { CHOICE_KINDS, type Choice } from '../spec/vocabulary/scenario.js';
import { REJECT_CODES } from '../spec/reject-codes.js';
import type { Machine } from './machine.js';
import type { CallContext, CallMessage, Canister, Message } from './state.js';
import { hookGoesFirst, mayRun } from './transitions/system-tasks.js';

function expires(message: Message): boolean {
  if (message.kind === 'response')
    return message.call.deadline !== undefined && !message.final && !message.call.expired;
  return message.origin.kind === 'canister' && message.origin.call.deadline !== undefined;
}

function byId(a: Canister, b: Canister): number {
  return a.id < b.id ? -1 : 1;
}

/** Choices by kind. */
function choices(machine: Machine): Record<Choice['kind'], Choice[]> {
  const { subnet } = machine;
  const canisters = [...subnet.canisters.values()].sort(byId);
  const messages = [...subnet.messages.values()];
  return {
    execute: messages
      .filter((message) => message.kind === 'call' && mayExecute(machine, message))
      .map(({ id }) => ({ kind: 'execute', message: id })),
    deliver: messages.filter(({ kind }) => kind === 'response').map(({ id }) => ({ kind: 'deliver', message: id })),
    heartbeat: canisters
      .filter((canister) => mayRun(machine, canister, 'canister_heartbeat'))
      .map(({ id }) => ({ kind: 'heartbeat', canister: id })),
    'global-timer': canisters
      .filter((canister) => mayRun(machine, canister, 'canister_global_timer'))
      .map(({ id }) => ({ kind: 'global-timer', canister: id })),
    'low-wasm-memory': canisters
      .filter((canister) => mayRun(machine, canister, 'canister_on_low_wasm_memory'))
      .map(({ id }) => ({ kind: 'low-wasm-memory', canister: id })),
    reject: messages
      .filter(({ kind }) => kind === 'call')
      .map(({ id }) => ({ kind: 'reject', message: id, code: REJECT_CODES.SYS_TRANSIENT })),
    'expire-message': messages.filter(expires).map(({ id }) => ({ kind: 'expire-message', message: id })),
    'expire-context': [...subnet.contexts.values()]
      .filter(contextExpires)
      .map(({ id }) => ({ kind: 'expire-context', context: id })),
    'bump-version': canisters.map(({ id }) => ({ kind: 'bump-version', canister: id })),
  };
}

/** Everything that may happen next, in the order of CHOICE_KINDS. */
export function enabled(machine: Machine): Choice[] {
  const found = choices(machine);
  return CHOICE_KINDS.flatMap((kind) => found[kind]);
}

/** Whether no older call message of the same queue waits. */
function isHead({ subnet }: Machine, message: CallMessage): boolean {
  if (message.origin.kind !== 'canister') return true;
  for (const other of subnet.messages.values()) {
    if (other.id >= message.id) return true;
    if (other.kind !== 'call' || other.origin.kind !== 'canister') continue;
    if (other.caller === message.caller && other.callee === message.callee) return false;
  }
  return true;
}

function mayExecute(machine: Machine, message: CallMessage): boolean {
  const callee = machine.subnet.canisters.get(message.callee);
  return isHead(machine, message) && (callee === undefined || !hookGoesFirst(machine, callee));
}

function contextExpires({ needsToRespond, origin }: CallContext): boolean {
  return needsToRespond && origin.kind === 'canister' && origin.call.deadline !== undefined && !origin.call.expired;
}

const TASKS = {
  heartbeat: 'canister_heartbeat',
  'global-timer': 'canister_global_timer',
  'low-wasm-memory': 'canister_on_low_wasm_memory',
} as const;

/** Whether a choice may be taken; a rejection with either code. */
export function isEnabled(machine: Machine, choice: Choice): boolean {
  const { messages, canisters, contexts } = machine.subnet;
  switch (choice.kind) {
    case 'execute':
    case 'reject': {
      const message = messages.get(choice.message);
      return message?.kind === 'call' && (choice.kind === 'reject' || mayExecute(machine, message));
    }
    case 'deliver':
      return messages.get(choice.message)?.kind === 'response';
    case 'heartbeat':
    case 'global-timer':
    case 'low-wasm-memory': {
      const canister = canisters.get(choice.canister);
      return canister !== undefined && mayRun(machine, canister, TASKS[choice.kind]);
    }
    case 'expire-message': {
      const message = messages.get(choice.message);
      return message !== undefined && expires(message);
    }
    case 'expire-context': {
      const context = contexts.get(choice.context);
      return context !== undefined && contextExpires(context);
    }
    case 'bump-version':
      return canisters.has(choice.canister);
  }
}
