// spec-shaped: what may happen next — abstract-behavior.md, the conditions of the spontaneous transitions; order of CHOICE_KINDS

import type { Choice } from '../../spec/vocabulary/scenario.js';
import type { CallContextId } from '../../spec/vocabulary/ids.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { REJECT_CODES } from '../../spec/reject-codes.js';
import { canPayForMessage } from './charging.js';
import type { CallMessage, Canister, SystemState } from './state.js';

/** Whether the canister's low-memory hook has to run before anything else of it but response callbacks. */
function hookIsDue(profile: Profile, canister: Canister): boolean {
  return (
    canister.lowMemoryHook === 'ready' &&
    canister.status.kind === 'running' &&
    canister.code?.module.exports.has('canister_on_low_wasm_memory') === true &&
    canPayForMessage(profile, canister)
  );
}

/** The calls at the heads of their queues, ingress messages included, whose callee is not kept by its hook. */
function executableCalls(state: SystemState, blocked: ReadonlySet<Principal>): CallMessage[] {
  const queues = new Set<string>();
  const heads: CallMessage[] = [];
  for (const message of state.messages.values()) {
    if (message.kind !== 'call') continue;
    if (message.origin.kind === 'canister') {
      const queue = `${message.caller}>${message.callee}`;
      if (queues.has(queue)) continue;
      queues.add(queue);
    }
    if (!blocked.has(message.callee)) heads.push(message);
  }
  return heads;
}

/** Canisters that may run a system task now. */
function taskCanisters(profile: Profile, state: SystemState, blocked: ReadonlySet<Principal>): Canister[] {
  return [...state.canisters.values()].filter(
    (canister) =>
      canister.code !== undefined &&
      canister.status.kind === 'running' &&
      !blocked.has(canister.id) &&
      canPayForMessage(profile, canister),
  );
}

/** Call contexts whose caller waits bounded, and has not had an answer. */
function expiringContexts(state: SystemState): CallContextId[] {
  return [...state.callContexts.values()]
    .filter(
      ({ origin, needsToRespond }) =>
        needsToRespond && origin.kind === 'canister' && origin.deadline !== undefined && !origin.expired,
    )
    .map(({ id }) => id);
}

/** Every choice that is enabled, by kind in the order of CHOICE_KINDS, then by id. */
export function enabledChoices(profile: Profile, state: SystemState): readonly Choice[] {
  const due = [...state.canisters.values()].filter((canister) => hookIsDue(profile, canister));
  const blocked = new Set(due.map(({ id }) => id));
  const messages = [...state.messages.values()];
  const calls = messages.filter((message) => message.kind === 'call');
  const responses = messages.filter((message) => message.kind === 'response');
  const tasks = taskCanisters(profile, state, blocked);
  const expiring = messages.filter((message) =>
    message.kind === 'call'
      ? message.origin.kind === 'canister' && message.origin.deadline !== undefined
      : message.mayExpire,
  );
  return [
    ...executableCalls(state, blocked).map(({ id }): Choice => ({ kind: 'execute', message: id })),
    ...responses.map(({ id }): Choice => ({ kind: 'deliver', message: id })),
    ...tasks
      .filter(({ code }) => code?.module.exports.has('canister_heartbeat'))
      .map(({ id }): Choice => ({ kind: 'heartbeat', canister: id })),
    ...tasks
      .filter(({ code }) => code?.module.exports.has('canister_global_timer'))
      .filter(({ globalTimer }) => globalTimer !== 0n && state.time >= globalTimer)
      .map(({ id }): Choice => ({ kind: 'global-timer', canister: id })),
    ...due.map(({ id }): Choice => ({ kind: 'low-wasm-memory', canister: id })),
    ...calls.map(({ id }): Choice => ({ kind: 'reject', message: id, code: REJECT_CODES.SYS_TRANSIENT })),
    ...expiring.map(({ id }): Choice => ({ kind: 'expire-message', message: id })),
    ...expiringContexts(state).map((context): Choice => ({ kind: 'expire-context', context })),
    ...[...state.canisters.keys()].map((canister): Choice => ({ kind: 'bump-version', canister })),
  ];
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
