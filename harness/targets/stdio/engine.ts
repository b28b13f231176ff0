// plumbing: an engine at the other end of a channel — for targets that show records, digests and choices
import { HostLimit, type Engine, type EngineFactory, type EngineOptions } from '../../../spec/vocabulary/engine.js';
import type { Principal } from '../../../spec/vocabulary/brands.js';
import type {
  CanisterDigest,
  CyclesLedger,
  StimulusOutcome,
  TransitionRecord,
} from '../../../spec/vocabulary/record.js';
import type { Choice, Stimulus } from '../../../spec/vocabulary/scenario.js';
import type { Answer, AnswerOf, View } from '../../protocol/messages.js';
import { TargetFault, TargetSkip } from '../../target.js';
import type { Answerer, Question } from './channel.js';

/** Engines of the target behind the channel. The channel is shared: a new engine ends the one before. */
export function remoteEngines(channel: Answerer): EngineFactory {
  return (options) => new RemoteEngine(channel, options);
}

class RemoteEngine implements Engine {
  #enabled: readonly Choice[];
  #ledger: CyclesLedger;

  constructor(
    private readonly channel: Answerer,
    { profile, time, modules }: EngineOptions,
  ) {
    const { enabled, ledger } = this.#ask({ do: 'begin', profile: profile.name, time, modules }, 'begun');
    if (enabled === undefined || ledger === undefined)
      throw new TargetFault('the target has records, yet begun shows neither choices nor ledger');
    this.#enabled = enabled;
    this.#ledger = ledger;
  }

  submit(stimulus: Stimulus): { outcome: StimulusOutcome; transition: TransitionRecord } {
    const { outcome, view } = this.#ask({ do: 'submit', stimulus }, 'submitted');
    if (view === undefined) throw new TargetFault('the target has records, yet submitted shows no view');
    return { outcome, transition: this.#seen(view) };
  }

  enabled(): readonly Choice[] {
    return this.#enabled;
  }

  take(choice: Choice): TransitionRecord {
    return this.#seen(this.#ask({ do: 'take', choice }, 'taken').view);
  }

  digest(canister: Principal): CanisterDigest | undefined {
    return this.#ask({ do: 'digest', canister }, 'digest').digest;
  }

  ledger(): CyclesLedger {
    return this.#ledger;
  }

  /** The next case, or the end of the input, ends this one. */
  dispose(): void {
    this.#enabled = [];
  }

  #seen({ transition, enabled, ledger }: View): TransitionRecord {
    this.#enabled = enabled;
    this.#ledger = ledger;
    return transition;
  }

  #ask<K extends Answer['is']>(question: Question, is: K): AnswerOf<K> {
    return expected(this.channel.ask(question), is);
  }
}

/**
 * The answer, where it is of that kind.
 * @throws TargetSkip, TargetFault, HostLimit as the target says
 */
export function expected<K extends Answer['is']>(given: Answer, is: K): AnswerOf<K> {
  if (given.is === is) return given as AnswerOf<K>;
  if (given.is === 'skipped') throw new TargetSkip(given.reason);
  if (given.is === 'errored' && given.kind === 'host-limit') throw new HostLimit(given.context);
  throw new TargetFault(`the target errored: ${given.is === 'errored' ? given.context : given.is}`);
}
