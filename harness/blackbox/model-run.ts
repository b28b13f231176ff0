// plumbing: a case run on the model, stroke by stroke, with what is open filled in one way and decided one way
import type { Nanoseconds, Principal } from '../../spec/vocabulary/brands.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { Crash, type Engine, type EngineFactory } from '../../spec/vocabulary/engine.js';
import type { CanisterDigest, Response, StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import { makeReference, standardAssembly, type Assembly } from '../../reference-model/index.js';
import { withNan } from '../../reference-model/wasm/index.js';
import { DEFAULT_POLICY } from '../scheduler/policy.js';
import { statusOf } from '../status.js';
import { isOpen, type Situation, type TakesReading } from './ambiguities.js';
import { Chooser, failingCalls, failingSettings, type Decision } from './chooser.js';
import { Course } from './course.js';
import { detectInCalls, detectInRecord, detectInTransitions, StimulusDetection } from './detection.js';
import { SpareIncrements } from './figures.js';
import { profileOf, seedOf, type Filling } from './fillings.js';
import type { Handlers } from './handlers.js';
import { Holdings } from './holdings.js';
import { numberOf, renumbered, type Renumbered } from './ids.js';
import { LateCalls } from './late-calls.js';
import { libertiesIn, type Way } from './liberties.js';
import { showsCertificate, tellsState } from './observable.js';
import { certificateSight, outcomeSight, statusSight, type Sight } from './observation.js';
import {
  arriving,
  beginning,
  firstCanister,
  nanOf,
  openValues,
  passing,
  passingBetween,
  reserving,
} from './open-values.js';
import { OpenRequests, StatusQuestions, type Play } from './play.js';
import { Random } from './random.js';
import { alternativeCalls, alternativeCodes, alternativeManagement, alternativeTransitions } from './readings.js';

/** One way to fill in and to decide what is open. */
interface Variation {
  readonly filling: Filling;
  readonly way: Way;
}

/** What came of a run. */
export interface ModelRun {
  readonly sights: readonly Sight[];
  /** The transitions of each stroke. */
  readonly transitions: readonly (readonly TransitionRecord[])[];
  /** What became of each stroke, without what is open: runs that take another course at a stroke have nothing in common after it. */
  readonly courses: readonly string[];
  /** What there was to decide. */
  readonly decisions: readonly Decision[];
  /** The canisters of the executions that came to their end, in order. */
  readonly ran: readonly Principal[];
  /** From this stroke on nothing is asserted: a situation has come up of which the model knows one outcome only. Infinity: never. */
  readonly openFrom: number;
  /** The first such situation. */
  readonly openBecause?: Situation;
}

/**
 * Runs the strokes on the reference model, each to quiescence.
 * @returns undefined where it does not come to rest
 */
export function runModel(play: Play, variation: Variation): ModelRun | undefined {
  const underWay = new RunUnderWay(play, variation);
  try {
    return underWay.run();
  } finally {
    underWay.dispose();
  }
}

/** A run of the model under way. What is private to it is in the ids of its filling; what comes of it, in those of the scenario. */
class RunUnderWay {
  readonly #filling: Filling;
  /** The play in the ids of the filling; undefined: as it is. */
  readonly #renumbered: Renumbered | undefined;
  readonly #profile: Profile;
  /** Draws the values of the filling. */
  readonly #random: Random;
  readonly #chooser: Chooser;
  readonly #late: LateCalls;
  readonly #engine: Engine;

  // What is known of the subnet.
  readonly #canisters = new Set<Principal>();
  readonly #timers = new Map<Principal, Nanoseconds>();
  readonly #callsOfCanisters = new Set<number>();
  readonly #requests: OpenRequests;
  readonly #statuses = new StatusQuestions();
  readonly #spare: SpareIncrements;
  readonly #holdings: Holdings;
  readonly #stimuli: StimulusDetection;
  #now: bigint;

  // What comes of the run.
  #stroke = 0;
  readonly #sights: Sight[] = [];
  readonly #transitions: TransitionRecord[][] = [];
  readonly #course: Course;
  readonly #courses: string[] = [];
  #openFrom = Infinity;
  #openBecause: Situation | undefined;

  constructor(
    private readonly play: Play,
    { filling, way }: Variation,
  ) {
    const { scenario, controlsTime } = play;
    this.#filling = filling;
    this.#renumbered = renumberedIn(play, filling);
    const modules = this.#renumbered?.modules ?? play.modules;
    const chooser = new Chooser(way, play.tier, this.#toScenario);
    this.#chooser = chooser;
    this.#profile = libertiesIn(profileOf(play.profile, filling), chooser.limits(modules), modules);
    this.#random = new Random(seedOf(filling));
    this.#late = new LateCalls(() => chooser.executesExpired());
    this.#spare = new SpareIncrements(play.tier);
    this.#requests = new OpenRequests(play.strokes);
    this.#holdings = new Holdings(play, this.#stopAsserting);
    this.#stimuli = new StimulusDetection(play, this.#stopAsserting);
    this.#course = new Course(this.#toScenario);
    const makeModel = this.#modelWith({ filling, way });
    const time = beginning(scenario.setup.time, filling, this.#random, controlsTime);
    this.#now = time;
    this.#engine = makeModel({ profile: this.#profile, time, modules, trace: true });
  }

  /** The model with what is open filled in, decided as the chooser says, and watched. */
  #modelWith({ filling, way }: Variation): EngineFactory {
    const chooser = this.#chooser;
    const takesReading: TakesReading = (reading) => chooser.takesReading(reading);
    let systemApi = failingCalls(standardAssembly.systemApi as Handlers, chooser);
    if (filling.prices !== 'profile')
      systemApi = openValues(filling, way.script !== undefined, this.#random, systemApi);
    systemApi = detectInCalls(alternativeCalls(systemApi, takesReading), this.#stopAsserting);
    const reserved = reserving(filling, standardAssembly);
    const transitions = alternativeTransitions(reserved.transitions, takesReading);
    const isSetup = () => (this.play.strokes[this.#stroke]?.step ?? -1) < 0;
    const management = failingSettings(alternativeManagement(reserved.management, takesReading), chooser, isSetup);
    const first = this.#renumbered?.first;
    return makeReference({
      ...standardAssembly,
      systemApi: systemApi as Assembly['systemApi'],
      memoryGrows: () => !chooser.fails('failingMemory'),
      management: first === undefined ? management : numberingFrom(first, management),
      transitions: this.#late.transitions(detectInTransitions(transitions, this.#stopAsserting)),
    });
  }

  readonly #toScenario = <T>(value: T): T => this.#renumbered?.ids.toScenario(value) ?? value;

  readonly #stopAsserting = (because: Situation): void => {
    if (!isOpen(because, this.play)) return;
    this.#openBecause ??= because;
    this.#openFrom = Math.min(this.#openFrom, this.#stroke);
  };

  dispose(): void {
    this.#engine.dispose();
  }

  /** Runs all strokes. @returns undefined where it does not come to rest */
  run(): ModelRun | undefined {
    return withNan(nanOf(this.#filling), () => this.#runStrokes());
  }

  #runStrokes(): ModelRun | undefined {
    for (const [k, given] of this.play.strokes.entries()) {
      const stroke = this.#renumbered?.ids.toTarget(given) ?? given;
      this.#stroke = k;
      const records: TransitionRecord[] = [];
      this.#transitions.push(records);
      this.#chooser.nextStroke();
      const outcome = this.#submit(stroke.stimulus);
      if (!this.#settle(stroke.pause)) return undefined;
      this.#courses.push(this.#course.at(records, outcome));
      for (const [canister, asked] of this.#statuses.after(k, stroke))
        this.#sights.push(statusSight(asked, statusOf(this.#engine.digest(canister))));
    }
    return {
      sights: this.#toScenario([...this.#sights, ...this.#requests.sights()]),
      transitions: this.#transitions,
      courses: this.#courses,
      decisions: this.#chooser.decisions,
      ran: this.#chooser.ran,
      openFrom: this.#openFrom,
      ...(this.#openBecause !== undefined && { openBecause: this.#openBecause }),
    };
  }

  #submit(stimulus: Stimulus): StimulusOutcome {
    this.#passTime(passing(this.#filling, this.#random, this.play.controlsTime));
    if (stimulus.kind === 'advance-time') this.#now += stimulus.by;
    this.#stimuli.beforeStimulus(stimulus);
    const { outcome, transition } = this.#engine.submit(arriving(stimulus, this.#filling));
    if (outcome.kind === 'accepted') this.#requests.accepted(outcome.request, this.#stroke);
    this.#sights.push(this.#sightOf(stimulus, outcome));
    this.#follow(transition);
    return outcome;
  }

  /** What is seen of how a stimulus ended. */
  #sightOf(stimulus: Stimulus, outcome: StimulusOutcome): Sight {
    const codes = outcome.kind === 'responded' ? this.#codesOf(outcome.response) : undefined;
    const sight = outcomeSight(this.#stroke, stimulus, outcome, codes);
    if (stimulus.kind !== 'query' || sight.data === undefined) return sight;
    if (showsCertificate(stimulus))
      return certificateSight(sight, stimulus, () => existing(this.#engine, stimulus.canister).certifiedData);
    if (!this.play.figures || !tellsState(stimulus)) return sight;
    const figures = this.#spare.of(existing(this.#engine, stimulus.canister), sight.data);
    return figures === undefined ? sight : { ...sight, figures };
  }

  /** Codes that alternative readings give to a reject; undefined: none. */
  #codesOf(response: Response): readonly number[] | undefined {
    if (this.play.tier === 'profile') return undefined;
    return response.kind === 'reject' ? alternativeCodes(this.#profile, response.message) : undefined;
  }

  /**
   * Lets happen what happens by itself: everything, or as much as a pause gives time for.
   * @returns whether it comes to rest
   */
  #settle(pause: number | undefined): boolean {
    const most = pause === undefined ? Infinity : this.#chooser.pauseLength(pause);
    if (pause === undefined) this.#chooser.endPauses();
    for (let taken = 0; taken < most; taken++) {
      const enabled = this.#engine.enabled();
      this.#holdings.beforeChoice(enabled);
      const choice = this.#chooser.next(this.#late.possible(enabled), (id) => this.#callsOfCanisters.has(id));
      if (choice === undefined) {
        const wait = untilNext(this.#timers.values(), this.#now);
        if (wait === undefined || !this.#chooser.timeGoesOn()) break;
        this.#passTime(wait);
        continue;
      }
      if (taken >= DEFAULT_POLICY.transitionsPerStep) return false;
      this.#passTime(passingBetween(this.#filling, this.#random, this.play.controlsTime));
      this.#follow(this.#engine.take(choice));
    }
    return true;
  }

  #passTime(by: bigint): void {
    if (by === 0n) return;
    this.#now += by;
    this.#follow(this.#engine.submit({ kind: 'advance-time', by: by as Nanoseconds }).transition);
  }

  /** Takes in what a transition of the stroke has done. */
  #follow(record: TransitionRecord): void {
    this.#transitions.at(-1)?.push(record);
    detectInRecord(record, this.#stopAsserting);
    this.#holdings.afterTransition(record);
    this.#spare.afterTransition(record);
    for (const { canister, outcome } of record.executions)
      if (outcome.kind === 'returned') this.#chooser.ran.push(this.#toScenario(canister));
    for (const { canister, globalTimer } of record.after) {
      this.#canisters.add(canister);
      this.#timers.set(canister, globalTimer);
    }
    for (const message of record.messages) {
      if (message.kind === 'call' && this.#canisters.has(message.caller)) this.#callsOfCanisters.add(message.id);
    }
    for (const { request, response } of record.ended)
      this.#sights.push(this.#requests.ended(request, this.#stroke, response, this.#codesOf(response)));
  }
}

/** A target may need so long for a stroke, in nanoseconds. */
const SOON = 600_000_000_000n;

/** How long it is until the next timer is due that is due soon and is not yet, in nanoseconds. */
function untilNext(timers: Iterable<Nanoseconds>, now: bigint): bigint | undefined {
  const waits = [...timers].map((timer) => timer - now).filter((wait) => wait > 0n && wait <= SOON);
  return waits.length === 0 ? undefined : waits.reduce((a, b) => (a < b ? a : b));
}

const renumberings = new WeakMap<Play, Map<number, Renumbered | undefined>>();

/** The play with the ids of a filling; undefined: as it is, because the filling has no others or a module cannot hold others. */
function renumberedIn(play: Play, filling: Filling): Renumbered | undefined {
  const first = firstCanister(filling);
  if (first === undefined) return undefined;
  let known = renumberings.get(play);
  if (known === undefined) renumberings.set(play, (known = new Map<number, Renumbered | undefined>()));
  if (!known.has(first)) known.set(first, renumbered(play, first));
  return known.get(first);
}

/** Numbers canisters from a number on, in one run. */
export function numberingFrom(first: number, management: Assembly['management']): Assembly['management'] {
  let made = 0;
  return {
    ...management,
    createCanister(w, request) {
      const { draft } = w;
      draft.counters = { ...draft.counters, canister: numberOf(first, made) };
      const outcome = management.createCanister(w, request);
      if (outcome.kind === 'done') made += 1;
      return outcome;
    },
  };
}

/** The canister, which has answered. */
function existing(engine: Engine, canister: Principal): CanisterDigest {
  const digest = engine.digest(canister);
  if (digest === undefined) throw new Crash(`canister ${canister} answered and does not exist`);
  return digest;
}
