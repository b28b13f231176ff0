// plumbing: a scenario run on the model, with what is open filled in one way and decided one way; and on a black box
import type { Engine, EngineFactory } from '../../spec/vocabulary/engine.js';
import type { Hex, Nanoseconds, Principal } from '../../spec/vocabulary/brands.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { CanisterDigest, Response, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { ModuleIndex, Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import { makeReference, standardAssembly, type Assembly } from '../../reference-model/index.js';
import { DEFAULT_POLICY } from '../scheduler/policy.js';
import { statusOf } from '../status.js';
import { expected } from '../targets/stdio/engine.js';
import type { Answerer } from '../targets/stdio/channel.js';
import { Chooser, failing, type Decision } from './chooser.js';
import { libertiesIn, type Way } from './liberties.js';
import { canisterOf, certificateSight, noResponse, outcomeSight, responseSight, statusSight, type Sight, type Stroke } from './observation.js'; // prettier-ignore
import {
  arriving,
  beginning,
  firstCanister,
  openValues,
  passing,
  passingBetween,
  profileOf,
  reserving,
  type Filling,
  type Handler,
} from './open-values.js';
import { SpareIncrements } from './figures.js';
import { showsCertificate, tellsState } from './observable.js';
import { Random } from './random.js';
import { LateCalls } from './late-calls.js';
import {
  noticeIn,
  noticeOf,
  noticing,
  noticingTransitions,
  otherCodes,
  otherManagement,
  otherReadings,
} from './readings.js';
import { Course } from './course.js';
import { Holdings } from './holdings.js';
import { numberOf, renumbered, withIds, type Ids, type Renumbered } from './ids.js';

/** What is run: strokes on modules. */
export interface Play {
  readonly scenario: Scenario;
  readonly strokes: readonly Stroke[];
  readonly modules: readonly Uint8Array[];
  readonly profile: Profile;
  /** Whether the target may take messages in another order than the default policy. */
  readonly reorders: boolean;
  /** Whether the target's canisters see the time that the harness says. */
  readonly controlsTime: boolean;
  /** Whether the canisters' own query tells their figures, too. */
  readonly figures: boolean;
}

/** One way to fill in and to decide what is open. */
interface Variation {
  readonly filling: Filling;
  readonly way: Way;
}

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
  /** From this stroke on nothing is asserted: readings differ, and only one of them was modelled. Infinity: never. */
  readonly openFrom: number;
  /** The ambiguity that did that, as docs/ambiguities.md counts; 0: something else that is boundless. */
  readonly ambiguity?: number;
}

/**
 * Runs the strokes on the reference model, each to quiescence.
 * @returns undefined where it does not come to rest
 */
export function runModel(play: Play, { filling, way }: Variation): ModelRun | undefined {
  const { scenario, strokes, controlsTime } = play;
  const other = renumberedIn(play, filling);
  const modules = other?.modules ?? play.modules;
  const here = <T>(value: T): T => other?.ids.here(value) ?? value;
  const chooser = new Chooser(way, here);
  const profile = libertiesIn(profileOf(play.profile, filling), chooser.limits(modules), modules);
  const random = new Random(`filling ${filling}`);
  let openFrom = Infinity;
  let stroke = 0;
  let ambiguity: number | undefined;
  const touch = (n: number): void => {
    ambiguity ??= n;
    openFrom = Math.min(openFrom, stroke);
  };

  const late = new LateCalls(() => chooser.staysLate());
  const factory = modelWith({ filling, way, chooser, random, late, first: other?.first, touch });

  const time = beginning(scenario.setup.time, filling, random, controlsTime);
  const engine = factory({ profile, time, modules, trace: true });
  try {
    const canisters = new Set<Principal>();
    const timers = new Map<Principal, Nanoseconds>();
    let now: bigint = time;
    const course = new Course(here);
    const courses: string[] = [];
    const installed = new Map<Principal, ModuleIndex>();
    const interCanister = new Set<number>();
    const spare = new SpareIncrements();
    const holdings = new Holdings(play, touch);
    const asked = new Requests(strokes);
    const sights: Sight[] = [];
    const records: TransitionRecord[][] = [];
    const looked = new Looked();
    for (const [k, { stimulus: own, pause }] of strokes.entries()) {
      const stimulus = other?.ids.there(own) ?? own;
      stroke = k;
      chooser.goOn();
      const of: TransitionRecord[] = [];
      records.push(of);
      const note = (record: TransitionRecord): void => {
        of.push(record);
        noticeIn(record, touch);
        holdings.note(record);
        spare.note(record);
        for (const { canister, outcome } of record.executions)
          if (outcome.kind === 'returned') chooser.ran.push(here(canister));
        for (const { canister, globalTimer } of record.after) {
          canisters.add(canister);
          timers.set(canister, globalTimer);
        }
        for (const message of record.messages) {
          if (message.kind === 'call' && canisters.has(message.caller)) interCanister.add(message.id);
        }
        for (const { request, response } of record.ended)
          sights.push(asked.ended(request, k, response, otherCodesOf(profile, response)));
      };
      const pass = (by: bigint): void => {
        if (by === 0n) return;
        now += by;
        note(engine.submit({ kind: 'advance-time', by: by as Nanoseconds }).transition);
      };
      pass(passing(filling, random));
      if (stimulus.kind === 'advance-time') now += stimulus.by;
      noticeOf(stimulus, scenario, installed, touch);
      const { outcome, transition } = engine.submit(arriving(stimulus, filling));
      if (outcome.kind === 'accepted') asked.accepted(outcome.request, k);
      const others = outcome.kind === 'responded' ? otherCodesOf(profile, outcome.response) : undefined;
      const came = outcomeSight(k, stimulus, outcome, others);
      const sight = showsCertificate(own) ? certificateSight(came, own, () => certifiedDataOf(engine, stimulus)) : came;
      const { data } = sight;
      const tells = play.figures && data !== undefined && stimulus.kind === 'query' && tellsState(stimulus);
      const figures = tells ? spare.of(existing(engine, stimulus.canister), data) : undefined;
      sights.push(figures === undefined ? sight : { ...sight, figures });
      note(transition);
      const most = pause === undefined ? Infinity : chooser.pauses(pause);
      if (pause === undefined) chooser.waits();
      for (let taken = 0; taken < most; taken++) {
        const enabled = engine.enabled();
        holdings.notice(enabled);
        const choice = chooser.next(late.possible(enabled), (id) => interCanister.has(id));
        if (choice === undefined) {
          const wait = untilNext(timers.values(), now);
          if (wait === undefined || !chooser.timeGoesOn()) break;
          pass(wait);
          continue;
        }
        if (taken >= DEFAULT_POLICY.transitionsPerStep) return undefined;
        pass(passingBetween(filling, random));
        note(engine.take(choice));
      }
      courses.push(course.at(of, outcome));
      for (const [canister, at] of looked.after(k, stimulus, pause))
        sights.push(statusSight(at, statusOf(engine.digest(canister))));
    }
    return {
      sights: here([...sights, ...asked.open()]),
      transitions: records,
      courses,
      decisions: chooser.decisions,
      ran: chooser.ran,
      openFrom,
      ...(ambiguity !== undefined && { ambiguity }),
    };
  } finally {
    engine.dispose();
  }
}

/** What a model is made with. */
interface Made extends Variation {
  readonly chooser: Chooser;
  readonly random: Random;
  readonly late: LateCalls;
  /** The number of its first canister; undefined: 0. */
  readonly first: number | undefined;
  /** Is told of each ambiguity that comes up and that the model cannot take otherwise, by its number. */
  readonly touch: (ambiguity: number) => void;
}

/** The model with what is open filled in, decided as the chooser says, and watched. */
function modelWith({ filling, way, chooser, random, late, first, touch }: Made): EngineFactory {
  let systemApi = failing(standardAssembly.systemApi as Readonly<Record<string, Handler>>, chooser);
  if (filling > 0) systemApi = openValues(filling, way.script !== undefined, random, systemApi);
  const takes = (name: string) => chooser.reading(name);
  systemApi = noticing(otherReadings(systemApi, takes), touch);
  const { transitions, management: reserved } = reserving(filling, standardAssembly);
  const management = otherManagement(reserved, takes);
  return makeReference({
    ...standardAssembly,
    systemApi: systemApi as Assembly['systemApi'],
    memoryGrows: () => !chooser.fails('failingMemory'),
    management: first === undefined ? management : numberingFrom(first, management),
    transitions: late.transitions(noticingTransitions(transitions, touch, takes)),
  });
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

function otherCodesOf(profile: Profile, response: Response): readonly number[] | undefined {
  return response.kind === 'reject' ? otherCodes(profile, response.message) : undefined;
}

/** The canister, which has answered. */
function existing(engine: Engine, canister: Principal): CanisterDigest {
  const digest = engine.digest(canister);
  if (digest === undefined) throw new Crash(`canister ${canister} answered and does not exist`);
  return digest;
}

/** The certified data of the canister that is asked, as the model has them. */
function certifiedDataOf(engine: Engine, stimulus: Stimulus): Hex {
  const canister = canisterOf(stimulus);
  if (canister === undefined) throw new Crash('a certificate of no canister');
  return existing(engine, canister).certifiedData;
}

/**
 * Runs the strokes on a black box: everything that is seen, in order, in the ids of the scenario.
 * @throws TargetFault, TargetSkip, HostLimit
 */
export function runTarget(target: Answerer, play: Play): readonly Sight[] {
  const { scenario, strokes, modules, profile } = play;
  const subnet = { profile: profile.name, time: scenario.setup.time };
  return withIds(target, { subnet, scenario, strokes, modules }, (ids) => played(target, strokes, ids));
}

function played(target: Answerer, strokes: readonly Stroke[], ids: Ids): readonly Sight[] {
  const sights: Sight[] = [];
  const asked = new Requests(strokes);
  const looked = new Looked();
  for (const [k, { step, stimulus, pause }] of strokes.entries()) {
    const submitted = expected(target.ask({ do: 'submit', stimulus: ids.there(stimulus) }), 'submitted');
    const outcome = ids.here(submitted.outcome);
    if (stimulus.kind === 'create' && outcome.kind === 'done') ids.created(submitted.canister, step < 0);
    if (outcome.kind === 'accepted') asked.accepted(outcome.request, k);
    const sight = outcomeSight(k, stimulus, outcome);
    sights.push(showsCertificate(stimulus) ? certificateSight(sight, stimulus) : sight);
    if (pause !== 0) {
      const { ended } = expected(
        target.ask({ do: 'settle', ...(pause !== undefined && { atMost: pause }) }),
        'settled',
      );
      for (const { request, response } of ended) sights.push(asked.ended(request, k, ids.here(response)));
    }
    for (const [canister, at] of looked.after(k, stimulus, pause)) {
      const { status } = expected(target.ask({ do: 'status', canister: ids.there(canister) }), 'status');
      sights.push(statusSight(at, ids.here(status)));
    }
  }
  return [...sights, ...asked.open()];
}

/** Canisters whose status is asked for when nothing more happens, each with the last stroke that was about it. */
class Looked {
  #canisters = new Map<Principal, number>();

  /** The canisters to ask for after a stroke; none as long as what comes of it may be under way. */
  after(stroke: number, stimulus: Stimulus, pause: number | undefined): Iterable<readonly [Principal, number]> {
    const canister = canisterOf(stimulus);
    if (canister !== undefined) this.#canisters.set(canister, stroke);
    if (pause !== undefined) return [];
    const canisters = this.#canisters;
    this.#canisters = new Map();
    return canisters;
  }
}

/** Requests that have not ended, and the strokes that made them. */
class Requests {
  readonly #strokes = new Map<number, number>();

  constructor(private readonly strokes: readonly Stroke[]) {}

  accepted(request: number, stroke: number): void {
    this.#strokes.set(request, stroke);
  }

  /**
   * @param now the stroke in which it ended
   * @param others codes that other readings give to a reject
   */
  ended(request: number, now: number, response: Response, others?: readonly number[]): Sight {
    const stroke = this.#strokes.get(request) ?? now;
    this.#strokes.delete(request);
    const stimulus = this.strokes[stroke]?.stimulus;
    if (stimulus === undefined) throw new Crash(`there is no stroke ${stroke}`);
    const sight = responseSight(stroke, stimulus, response, others);
    return now === stroke ? sight : { ...sight, seenAt: now };
  }

  open(): readonly Sight[] {
    return [...this.#strokes.values()].map(noResponse);
  }
}
