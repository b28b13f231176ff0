// plumbing: the state that a transition is writing; maps are copied when they are first written to

import type { Principal } from '../../spec/vocabulary/brands.js';
import type { CallContextId, MessageId, RequestId } from '../../spec/vocabulary/ids.js';
import { MAX_CYCLES } from '../../spec/vocabulary/brands.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { CallContext, Canister, Counters, CycleTotals, Message, OpenCall, SystemState } from './state.js';

/** The present map with an entry. The map from before stays as it is: it is copied for the first write. */
function written<K, V>(present: ReadonlyMap<K, V>, before: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  const own = present === before ? new Map(present) : (present as Map<K, V>);
  return own.set(key, value);
}

/** The present map without an entry. */
function removed<K, V>(present: ReadonlyMap<K, V>, before: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const own = present === before ? new Map(present) : (present as Map<K, V>);
  own.delete(key);
  return own;
}

/** The system state while a transition is writing it. Nobody sees it before `finish`. Its maps are written by its methods alone. */
export class Draft implements SystemState {
  time: bigint;
  canisters: ReadonlyMap<Principal, Canister>;
  callContexts: ReadonlyMap<CallContextId, CallContext>;
  messages: ReadonlyMap<MessageId, Message>;
  calls: ReadonlyMap<MessageId, OpenCall>;
  counters: Counters;
  totals: CycleTotals;

  constructor(readonly before: SystemState) {
    this.time = before.time;
    this.canisters = before.canisters;
    this.callContexts = before.callContexts;
    this.messages = before.messages;
    this.calls = before.calls;
    this.counters = before.counters;
    this.totals = before.totals;
  }

  /** @throws Crash when there is no such canister */
  canister(id: Principal): Canister {
    const canister = this.canisters.get(id);
    if (canister === undefined) throw new Crash(`no canister ${id}`);
    return canister;
  }

  /** @throws Crash when there is no such call context */
  callContext(id: CallContextId): CallContext {
    const context = this.callContexts.get(id);
    if (context === undefined) throw new Crash(`no call context ${id}`);
    return context;
  }

  /** Writes a canister, a new one too. */
  put(canister: Canister): void {
    this.canisters = written(this.canisters, this.before.canisters, canister.id, canister);
  }

  removeCanister(id: Principal): void {
    this.canisters = removed(this.canisters, this.before.canisters, id);
  }

  putCallContext(context: CallContext): void {
    this.callContexts = written(this.callContexts, this.before.callContexts, context.id, context);
  }

  removeCallContext(id: CallContextId): void {
    this.callContexts = removed(this.callContexts, this.before.callContexts, id);
  }

  putMessage(message: Message): void {
    this.messages = written(this.messages, this.before.messages, message.id, message);
  }

  removeMessage(id: MessageId): void {
    this.messages = removed(this.messages, this.before.messages, id);
  }

  putCall(call: OpenCall): void {
    this.calls = written(this.calls, this.before.calls, call.id, call);
  }

  removeCall(id: MessageId): void {
    this.calls = removed(this.calls, this.before.calls, id);
  }

  /** The next id of a kind, which is then used up. */
  nextMessageId(): MessageId {
    return this.#next('message') as MessageId;
  }
  nextCallContextId(): CallContextId {
    return this.#next('callContext') as CallContextId;
  }
  nextRequestId(): RequestId {
    return this.#next('request') as RequestId;
  }
  nextCanisterNumber(): number {
    return this.#next('canister');
  }

  #next(kind: keyof Counters): number {
    const id = this.counters[kind];
    this.counters = { ...this.counters, [kind]: id + 1 };
    return id;
  }

  /** Books cycles that came in or went out for good. */
  book(kind: keyof CycleTotals, amount: bigint): void {
    if (amount === 0n) return;
    if (amount < 0n) throw new Crash(`negative amount of cycles booked as ${kind}: ${amount}`);
    this.totals = { ...this.totals, [kind]: this.totals[kind] + amount };
  }

  /** A balance with cycles added to it, at most 2^128 - 1; what is over is lost — CHARGING.md, section 4. */
  add(balance: bigint, amount: bigint): bigint {
    const sum = balance + amount;
    if (sum <= MAX_CYCLES) return sum;
    this.book('lost', sum - MAX_CYCLES);
    return MAX_CYCLES;
  }

  /** The finished state. */
  finish(): SystemState {
    return {
      time: this.time,
      canisters: this.canisters,
      callContexts: this.callContexts,
      messages: this.messages,
      calls: this.calls,
      counters: this.counters,
      totals: this.totals,
    };
  }
}
