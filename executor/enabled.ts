// spec-shaped: the transitions that are possible now — abstract-behavior.md#state-transitions
import type { Choice } from '../spec/vocabulary/scenario.js';
import { REJECT_CODES } from '../spec/reject-codes.js';
import type { Machine } from './machine.js';
import type { CallContext, CallMessage, Canister, Message } from './state.js';
import { hookGoesFirst, mayRun } from './transitions/system-tasks.js';

function expires(message: Message): boolean {
  if (message.kind === 'response') return message.call.deadline !== undefined && !message.call.expired;
  return message.origin.kind === 'canister' && message.origin.call.deadline !== undefined;
}

function byId(a: Canister, b: Canister): number {
  return a.id < b.id ? -1 : 1;
}

/** Everything that may happen next, in the order of CHOICE_KINDS. */
export function enabled(machine: Machine): Choice[] {
  const { subnet } = machine;
  const canisters = [...subnet.canisters.values()].sort(byId);
  const messages = [...subnet.messages.values()];
  const found: Choice[] = [];

  for (const message of messages) {
    if (message.kind === 'call' && mayExecute(machine, message)) found.push({ kind: 'execute', message: message.id });
  }
  for (const { kind, id } of messages) if (kind === 'response') found.push({ kind: 'deliver', message: id });

  for (const kind of TASK_CHOICES) {
    for (const canister of canisters) {
      if (mayRun(machine, canister, TASKS[kind])) found.push({ kind, canister: canister.id });
    }
  }

  const code = REJECT_CODES.SYS_TRANSIENT;
  for (const { kind, id } of messages) if (kind === 'call') found.push({ kind: 'reject', message: id, code });
  for (const message of messages) if (expires(message)) found.push({ kind: 'expire-message', message: message.id });
  for (const context of subnet.contexts.values()) {
    if (contextExpires(context)) found.push({ kind: 'expire-context', context: context.id });
  }

  for (const { id } of canisters) found.push({ kind: 'bump-version', canister: id });
  return found;
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
const TASK_CHOICES = ['heartbeat', 'global-timer', 'low-wasm-memory'] as const;

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
