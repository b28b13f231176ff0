// plumbing: an engine that remembers its answers — many mutants are compared with one run of the reference model
import type { Engine, EngineFactory, EngineOptions } from '../../spec/vocabulary/engine.js';

type Call =
  | { readonly method: 'submit'; readonly arg: Parameters<Engine['submit']>[0] }
  | { readonly method: 'take'; readonly arg: Parameters<Engine['take']>[0] }
  | { readonly method: 'digest'; readonly arg: Parameters<Engine['digest']>[0] }
  | { readonly method: 'enabled' | 'ledger' };

interface Remembered {
  readonly key: string;
  readonly call: Call;
  readonly answer: unknown;
}

/**
 * A factory for engines of one scenario. Calls that an earlier engine got in the same order are answered from memory; an
 * engine runs only from where the calls differ.
 */
export function rememberedEngine(factory: EngineFactory): EngineFactory {
  const tape: Remembered[] = [];
  return (options) => new RememberedEngine(factory, options, tape);
}

class RememberedEngine implements Engine {
  private live: Engine | undefined;
  private position = 0;
  private onTape = true;

  constructor(
    private readonly factory: EngineFactory,
    private readonly options: EngineOptions,
    private readonly tape: Remembered[],
  ) {}

  submit(stimulus: Parameters<Engine['submit']>[0]): ReturnType<Engine['submit']> {
    return this.answer({ method: 'submit', arg: stimulus }) as ReturnType<Engine['submit']>;
  }

  enabled(): ReturnType<Engine['enabled']> {
    return this.answer({ method: 'enabled' }) as ReturnType<Engine['enabled']>;
  }

  take(choice: Parameters<Engine['take']>[0]): ReturnType<Engine['take']> {
    return this.answer({ method: 'take', arg: choice }) as ReturnType<Engine['take']>;
  }

  digest(canister: Parameters<Engine['digest']>[0]): ReturnType<Engine['digest']> {
    return this.answer({ method: 'digest', arg: canister }) as ReturnType<Engine['digest']>;
  }

  ledger(): ReturnType<Engine['ledger']> {
    return this.answer({ method: 'ledger' }) as ReturnType<Engine['ledger']>;
  }

  dispose(): void {
    this.live?.dispose();
  }

  private answer(call: Call): unknown {
    const key = JSON.stringify(call, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    const known = this.onTape ? this.tape[this.position] : undefined;
    if (known?.key === key) {
      this.position++;
      return known.answer;
    }
    if (known !== undefined) this.onTape = false;
    const live = this.caughtUp();
    const answer = perform(live, call);
    if (this.onTape) {
      this.tape.push({ key, call, answer });
      this.position++;
    }
    return answer;
  }

  /** The engine behind the memory, in the state after all calls so far. */
  private caughtUp(): Engine {
    if (this.live !== undefined) return this.live;
    const live = this.factory(this.options);
    for (const { call } of this.tape.slice(0, this.position)) {
      if (call.method === 'submit' || call.method === 'take') perform(live, call);
    }
    this.live = live;
    return live;
  }
}

function perform(engine: Engine, call: Call): unknown {
  switch (call.method) {
    case 'submit':
      return engine.submit(call.arg);
    case 'take':
      return engine.take(call.arg);
    case 'digest':
      return engine.digest(call.arg);
    case 'enabled':
      return engine.enabled();
    case 'ledger':
      return engine.ledger();
  }
}
