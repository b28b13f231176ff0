// plumbing: the state that a transition is writing; maps are copied when they are first written to

import type { Principal } from '../../spec/vocabulary/brands.js';
import type { CallContextId, MessageId, RequestId } from '../../spec/vocabulary/ids.js';
import { MAX_CYCLES } from '../../spec/vocabulary/brands.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { CallContext, Canister, Counters, CycleTotals, Message, OpenCall, SystemState } from './state.js';

/** A map that shares the entries of another until it is written to. */
class SharedMap<K, V> {
  #entries: ReadonlyMap<K, V>;
  #own: Map<K, V> | undefined;

  constructor(entries: ReadonlyMap<K, V>) {
    this.#entries = entries;
  }

  get entries(): ReadonlyMap<K, V> {
    return this.#entries;
  }

  write(): Map<K, V> {
    if (this.#own === undefined) this.#entries = this.#own = new Map(this.#entries);
    return this.#own;
  }
}

/** The system state while a transition is writing it. Nobody sees it before `finish`. */
export class Draft implements SystemState {
  time: bigint;
  readonly before: SystemState;
  readonly #canisters: SharedMap<Principal, Canister>;
  readonly #callContexts: SharedMap<CallContextId, CallContext>;
  readonly #messages: SharedMap<MessageId, Message>;
  readonly #calls: SharedMap<MessageId, OpenCall>;
  #counters: Counters;
  #totals: CycleTotals;

  constructor(before: SystemState) {
    this.before = before;
    this.time = before.time;
    this.#canisters = new SharedMap(before.canisters);
    this.#callContexts = new SharedMap(before.callContexts);
    this.#messages = new SharedMap(before.messages);
    this.#calls = new SharedMap(before.calls);
    this.#counters = before.counters;
    this.#totals = before.totals;
  }

  get canisters(): ReadonlyMap<Principal, Canister> {
    return this.#canisters.entries;
  }
  get callContexts(): ReadonlyMap<CallContextId, CallContext> {
    return this.#callContexts.entries;
  }
  get messages(): ReadonlyMap<MessageId, Message> {
    return this.#messages.entries;
  }
  get calls(): ReadonlyMap<MessageId, OpenCall> {
    return this.#calls.entries;
  }
  get counters(): Counters {
    return this.#counters;
  }
  get totals(): CycleTotals {
    return this.#totals;
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
    this.#canisters.write().set(canister.id, canister);
  }

  removeCanister(id: Principal): void {
    this.#canisters.write().delete(id);
  }

  putCallContext(context: CallContext): void {
    this.#callContexts.write().set(context.id, context);
  }

  removeCallContext(id: CallContextId): void {
    this.#callContexts.write().delete(id);
  }

  putMessage(message: Message): void {
    this.#messages.write().set(message.id, message);
  }

  removeMessage(id: MessageId): void {
    this.#messages.write().delete(id);
  }

  putCall(call: OpenCall): void {
    this.#calls.write().set(call.id, call);
  }

  removeCall(id: MessageId): void {
    this.#calls.write().delete(id);
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
    const id = this.#counters[kind];
    this.#counters = { ...this.#counters, [kind]: id + 1 };
    return id;
  }

  /** Books cycles that came in or went out for good. */
  book(kind: keyof CycleTotals, amount: bigint): void {
    if (amount === 0n) return;
    if (amount < 0n) throw new Crash(`negative amount of cycles booked as ${kind}: ${amount}`);
    this.#totals = { ...this.#totals, [kind]: this.#totals[kind] + amount };
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
      counters: this.#counters,
      totals: this.#totals,
    };
  }
}
