// spec-shaped: rejections and expiries that the system makes at will, and version bumps — abstract-behavior.md#request-rejection, #call-expiry
import { Crash } from '../../spec/vocabulary/engine.js';
import { REJECT_CODES } from '../../spec/reject-codes.js';
import type { Response } from '../../spec/vocabulary/record.js';
import type { Choice } from '../../spec/vocabulary/scenario.js';
import { canisterById, messageById, rejection, respond, respondToCall, type Machine } from '../machine.js';

/** A call message that has not been executed is rejected. */
export function reject(machine: Machine, choice: Extract<Choice, { kind: 'reject' }>): void {
  const message = messageById(machine, choice.message);
  if (message.kind !== 'call') throw new Crash(`message ${message.id} is not a call`);
  if (choice.code !== REJECT_CODES.SYS_FATAL && choice.code !== REJECT_CODES.SYS_TRANSIENT) {
    throw new Crash(`a spontaneous rejection has code 1 or 2, not ${choice.code}`);
  }
  machine.subnet.messages.delete(message.id);
  const { message: text } = rejection(machine, 'spontaneous') as Extract<Response, { kind: 'reject' }>;
  respond(machine, message.origin, { kind: 'reject', code: choice.code, message: text }, message.cycles);
}

/** A message of a bounded-wait call is dropped with its cycles; the caller gets SYS_UNKNOWN. */
export function expireMessage(machine: Machine, choice: Extract<Choice, { kind: 'expire-message' }>): void {
  const message = messageById(machine, choice.message);
  const call =
    message.kind === 'response' ? message.call : message.origin.kind === 'canister' ? message.origin.call : undefined;
  if (call?.deadline === undefined) throw new Crash(`message ${message.id} does not expire`);
  machine.subnet.messages.delete(message.id);
  machine.subnet.totals.lost += message.kind === 'response' ? message.refunded : message.cycles;
  call.expired = true;
  respondToCall(machine, call, rejection(machine, 'expired'), 0n);
}

/** A bounded-wait call that is being processed: the caller gets SYS_UNKNOWN, the callee goes on. */
export function expireContext(machine: Machine, choice: Extract<Choice, { kind: 'expire-context' }>): void {
  const context = machine.subnet.contexts.get(choice.context);
  if (context?.origin.kind !== 'canister') throw new Crash(`call context ${choice.context} does not expire`);
  const { call } = context.origin;
  call.expired = true;
  respondToCall(machine, call, rejection(machine, 'expired'), 0n);
}

/** The system increments the canister version. */
export function bumpVersion(machine: Machine, choice: Extract<Choice, { kind: 'bump-version' }>): void {
  const canister = canisterById(machine, choice.canister);
  canister.version += 1n;
  machine.log.touched.add(canister);
}
