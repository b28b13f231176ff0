// plumbing: what every transition works with
import type { RejectCause } from '../spec/profiles/reject-causes.js';
import { REJECT_CAUSES } from '../spec/profiles/reject-causes.js';
import type { Principal } from '../spec/vocabulary/brands.js';
import { Crash, type EngineOptions } from '../spec/vocabulary/engine.js';
import type { CallContextId, MessageId, RequestId } from '../spec/vocabulary/ids.js';
import type { ExecutionRecord, NewMessage, Response } from '../spec/vocabulary/record.js';
import type { Assembly } from './assembly.js';
import type { Fees } from './cycles.js';
import type { ModuleCache } from './instrument/compile.js';
import type { Call, CallContext, Canister, Message, Origin, Subnet } from './state.js';

/** What one transition reports. */
export interface TransitionLog {
  readonly executions: ExecutionRecord[];
  readonly messages: NewMessage[];
  readonly ended: { readonly request: RequestId; readonly response: Response }[];
  /** Canisters that may have changed. */
  readonly touched: Set<Canister>;
}

/** One engine. */
export interface Machine {
  readonly options: EngineOptions;
  readonly assembly: Assembly;
  readonly fees: Fees;
  readonly modules: ModuleCache;
  readonly subnet: Subnet;
  /** Of the transition under way. */
  log: TransitionLog;
}

/** The log of a transition in which nothing has happened yet. */
export function newLog(): TransitionLog {
  return { executions: [], messages: [], ended: [], touched: new Set() };
}

/** The reject that the system makes for a cause. */
export function rejection({ options: { profile } }: Machine, cause: RejectCause): Response {
  return { kind: 'reject', code: REJECT_CAUSES[cause].code, message: profile.rejectMessages[cause] };
}

/** The id of the next message, counted from 0. */
export function nextMessage({ subnet }: Machine): MessageId {
  return subnet.nextMessage++ as MessageId;
}

/** The id of the next request from outside, counted from 0. */
export function nextRequest({ subnet }: Machine): RequestId {
  return subnet.nextRequest++ as RequestId;
}

/** Creates a call context. */
export function newContext({ subnet }: Machine, canister: Canister, origin: Origin, cycles: bigint): CallContext {
  const context: CallContext = {
    id: subnet.nextContext++ as CallContextId,
    canister,
    origin,
    needsToRespond: origin.kind !== 'system',
    deleted: false,
    available: cycles,
    outstanding: 0,
    instructions: 0n,
    trapped: false,
  };
  subnet.contexts.set(context.id, context);
  canister.contexts.set(context.id, context);
  return context;
}

/** Puts the response to a call from a canister under way. */
export function respondToCall(machine: Machine, call: Call, response: Response, refunded: bigint): void {
  const id = nextMessage(machine);
  machine.subnet.messages.set(id, { kind: 'response', id, call, response, refunded });
  machine.log.messages.push({ kind: 'response', id, to: call.message, response, refunded: refunded as never });
}

/** Answers whoever waits; the refund goes with the answer, or is lost where nobody waits any more. */
export function respond(machine: Machine, origin: Origin, response: Response, refund: bigint): void {
  switch (origin.kind) {
    case 'user':
      machine.log.ended.push({ request: origin.request, response });
      return;
    case 'canister':
      if (origin.call.expired) machine.subnet.totals.lost += refund;
      else respondToCall(machine, origin.call, response, refund);
      return;
    case 'system':
      throw new Crash('a system task cannot be responded to');
  }
}

/** Responds to the call of a call context; what is available in it is refunded. */
export function respondToContext(machine: Machine, context: CallContext, response: Response): void {
  const refund = context.available;
  context.needsToRespond = false;
  context.available = 0n;
  respond(machine, context.origin, response, refund);
}

/** @throws Crash unless the message exists */
export function messageById({ subnet }: Machine, id: MessageId): Message {
  const message = subnet.messages.get(id);
  if (message === undefined) throw new Crash(`there is no message ${id}`);
  return message;
}

/** @throws Crash unless the canister exists */
export function canisterById({ subnet }: Machine, id: Principal): Canister {
  const canister = subnet.canisters.get(id);
  if (canister === undefined) throw new Crash(`there is no canister ${id}`);
  return canister;
}

/** Counts a call under way, or one that is answered. */
export function countCall(call: Call, by: 1 | -1): void {
  const { outstanding } = call.caller;
  const count = (outstanding.get(call.callee) ?? 0) + by;
  if (count === 0) outstanding.delete(call.callee);
  else outstanding.set(call.callee, count);
  call.context.outstanding += by;
}
