// plumbing: an engine for tests whose calls only go round — every message, when executed, makes the messages that a script says
import type { MessageId } from '../../../spec/vocabulary/ids.js';
import { Crash, type Engine } from '../../../spec/vocabulary/engine.js';
import type { CyclesLedger, TransitionRecord } from '../../../spec/vocabulary/record.js';
import type { Choice, Stimulus } from '../../../spec/vocabulary/scenario.js';

const NOTHING: CyclesLedger = {
  putIn: 0n, balances: 0n, reserved: 0n, inMessages: 0n, inCallContexts: 0n, setAside: 0n, burned: 0n, charged: 0n, lost: 0n,
}; // prettier-ignore

interface Script {
  /** How many new messages the execution of message n makes; default none. */
  readonly makes?: (message: number) => number;
  /** Further choices that are always enabled. */
  readonly always?: readonly Choice[];
}

/** Counts what it was asked to do. Each ingress stimulus makes one message. */
export class ScriptedEngine implements Engine {
  readonly asked: (Stimulus | Choice)[] = [];
  #pending: MessageId[] = [];
  #next = 0;
  disposed = false;

  constructor(private readonly script: Script = {}) {}

  submit(stimulus: Stimulus) {
    if (stimulus.kind === 'ingress') this.#make(1);
    return { outcome: { kind: 'done' } as const, transition: this.#record(stimulus) };
  }

  enabled(): readonly Choice[] {
    return [...this.#pending.map((message): Choice => ({ kind: 'execute', message })), ...(this.script.always ?? [])];
  }

  take(choice: Choice): TransitionRecord {
    if (choice.kind === 'execute') {
      if (!this.#pending.includes(choice.message)) throw new Crash(`message ${choice.message} is not enabled`);
      this.#pending = this.#pending.filter((message) => message !== choice.message);
      this.#make(this.script.makes?.(choice.message) ?? 0);
    }
    return this.#record(choice);
  }

  digest(): undefined {
    return undefined;
  }

  ledger(): CyclesLedger {
    return NOTHING;
  }

  dispose(): void {
    this.disposed = true;
  }

  #make(count: number): void {
    for (let i = 0; i < count; i++) this.#pending.push(this.#next++ as MessageId);
  }

  #record(cause: Stimulus | Choice): TransitionRecord {
    this.asked.push(cause);
    return { cause, executions: [], messages: [], ended: [], after: [] };
  }
}
