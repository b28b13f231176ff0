// plumbing: a run of one engine, kept, so that it can be gone through again without the engine
import type { Principal } from '../../spec/vocabulary/brands.js';
import { Crash, type Engine } from '../../spec/vocabulary/engine.js';
import type { CanisterDigest, CyclesLedger, StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Choice, Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import { unlistedIn, World } from '../oracle/world.js';
import { drive, EngineFailure, type Observer } from '../scheduler/drive.js';

/** What an engine said of a transition, and what it shows after it. */
interface Transition {
  readonly kind: 'transition';
  readonly record: TransitionRecord;
  /** Absent for choices. */
  readonly outcome?: StimulusOutcome;
  readonly ledger: CyclesLedger;
  /** Canisters that ran and are not listed in the record. */
  readonly unlisted: readonly CanisterDigest[];
}

interface Enabled {
  readonly kind: 'enabled';
  readonly choices: readonly Choice[];
}

/** Whatever there is to see in the end: who goes through a recording stops it. */
const TO_THE_END: Observer = { transition: () => true, enabledDiffer: () => true };

/** The answers of an engine in one scenario, in their order. */
export class Recording {
  readonly #tape: (Transition | Enabled)[] = [];
  #ledger: CyclesLedger | undefined;
  /** What it threw instead of the next answer. */
  #failure: unknown;

  /**
   * Runs an engine through a scenario. What it throws is kept, too: whoever goes through the recording meets it at its place.
   * @param leader whose choices it takes; absent: its own
   */
  static of(scenario: Scenario, start: () => Engine, leader?: Recording): Recording {
    const recording = new Recording();
    try {
      const engine = start();
      try {
        recording.#record(scenario, engine, leader);
      } finally {
        engine.dispose();
      }
    } catch (error) {
      recording.#failure = error;
    }
    return recording;
  }

  #record(scenario: Scenario, engine: Engine, leader: Recording | undefined): void {
    this.#ledger = engine.ledger();
    const recorder = new Recorder(engine, this.#tape);
    try {
      if (leader === undefined) drive(scenario, recorder, undefined, TO_THE_END);
      else drive(scenario, leader.replay(), recorder, TO_THE_END);
    } catch (error) {
      const isLeaders = leader !== undefined && error instanceof EngineFailure && error.side === 'target';
      // What the leader threw is met in the leader's recording.
      if (!isLeaders) throw error instanceof EngineFailure ? error.cause : error;
    }
  }

  /**
   * An engine that answers as the recorded one did.
   * @throws what the engine threw when it was started
   */
  replay(): Engine {
    if (this.#ledger === undefined) throw this.#failure;
    return new Replay(this.#tape, this.#ledger, this.#failure);
  }
}

/** Passes on what an engine is asked, and keeps what it answers. */
class Recorder implements Engine {
  constructor(
    private readonly engine: Engine,
    private readonly tape: (Transition | Enabled)[],
  ) {}

  submit(stimulus: Stimulus): ReturnType<Engine['submit']> {
    const answer = this.engine.submit(stimulus);
    this.keep(answer.transition, answer.outcome);
    return answer;
  }

  enabled(): readonly Choice[] {
    const choices = this.engine.enabled();
    this.tape.push({ kind: 'enabled', choices });
    return choices;
  }

  take(choice: Choice): TransitionRecord {
    const record = this.engine.take(choice);
    this.keep(record);
    return record;
  }

  digest(canister: Principal): CanisterDigest | undefined {
    return this.engine.digest(canister);
  }

  ledger(): CyclesLedger {
    return this.engine.ledger();
  }

  dispose(): void {
    this.engine.dispose();
  }

  private keep(record: TransitionRecord, outcome?: StimulusOutcome): void {
    this.tape.push({
      kind: 'transition',
      record,
      ...(outcome && { outcome }),
      ledger: this.ledger(),
      unlisted: unlistedIn(this.engine, record),
    });
  }
}

/** Answers from a tape. It must be asked in the order in which the engine was. */
class Replay implements Engine {
  private readonly world = new World();
  private position = 0;

  constructor(
    private readonly tape: readonly (Transition | Enabled)[],
    private now: CyclesLedger,
    private readonly failure: unknown,
  ) {}

  submit(): ReturnType<Engine['submit']> {
    const { record, outcome } = this.transition();
    if (outcome === undefined) throw new Crash('a recording was asked for a stimulus where it has a choice');
    return { outcome, transition: record };
  }

  enabled(): readonly Choice[] {
    const answer = this.next();
    if (answer.kind !== 'enabled') throw new Crash('a recording was asked what is enabled where it has a transition');
    return answer.choices;
  }

  take(): TransitionRecord {
    return this.transition().record;
  }

  /** The canister as last reported. */
  digest(canister: Principal): CanisterDigest | undefined {
    return this.world.canister(canister);
  }

  ledger(): CyclesLedger {
    return this.now;
  }

  dispose(): void {
    // Nothing is held: the engine was disposed of when its run was over.
  }

  private transition(): Transition {
    const answer = this.next();
    if (answer.kind !== 'transition') throw new Crash('a recording was asked for a transition where it has choices');
    const { record, outcome, ledger, unlisted } = answer;
    this.world.apply(record, outcome);
    this.world.learn(unlisted);
    this.now = ledger;
    return answer;
  }

  private next(): Transition | Enabled {
    const answer = this.tape[this.position++];
    if (answer !== undefined) return answer;
    throw this.failure ?? new Crash('a recording was asked for more than it has');
  }
}
