// spec-shaped: the transitions that are possible now — abstract-behavior.md#state-transitions
import { CHOICE_KINDS, type Choice } from '../spec/vocabulary/scenario.js';
import { REJECT_CODES } from '../spec/reject-codes.js';
import type { Machine } from './machine.js';
import type { CallMessage, Canister, Message } from './state.js';
import { hookGoesFirst, mayRun } from './transitions/system-tasks.js';

/** Call messages at the head of their queue: one queue for each pair of canisters, none for users. */
function heads(machine: Machine): CallMessage[] {
  const seen = new Set<string>();
  const found: CallMessage[] = [];
  for (const message of machine.subnet.messages.values()) {
    if (message.kind !== 'call') continue;
    if (message.origin.kind === 'canister') {
      const queue = `${message.caller} ${message.callee}`;
      if (seen.has(queue)) continue;
      seen.add(queue);
    }
    found.push(message);
  }
  return found;
}

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
  const hooked = (id: CallMessage['callee']) => {
    const canister = subnet.canisters.get(id);
    return canister !== undefined && hookGoesFirst(machine, canister);
  };
  return {
    execute: heads(machine)
      .filter(({ callee }) => !hooked(callee))
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
      .filter(({ needsToRespond, origin }) => {
        return (
          needsToRespond && origin.kind === 'canister' && origin.call.deadline !== undefined && !origin.call.expired
        );
      })
      .map(({ id }) => ({ kind: 'expire-context', context: id })),
    'bump-version': canisters.map(({ id }) => ({ kind: 'bump-version', canister: id })),
  };
}

/** Everything that may happen next, in the order of CHOICE_KINDS. */
export function enabled(machine: Machine): Choice[] {
  const found = choices(machine);
  return CHOICE_KINDS.flatMap((kind) => found[kind]);
}

/** Whether a choice may be taken; a rejection with either code. */
export function isEnabled(machine: Machine, choice: Choice): boolean {
  const wanted = choice.kind === 'reject' ? { ...choice, code: REJECT_CODES.SYS_TRANSIENT } : choice;
  const text = JSON.stringify(wanted, Object.keys(wanted).sort());
  return choices(machine)[choice.kind].some((other) => JSON.stringify(other, Object.keys(other).sort()) === text);
}
