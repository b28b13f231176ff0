// plumbing: what is allowed to be seen — patterns that many runs of the model agree on, one for each way to decide
import type { Decision } from './chooser.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import { tellsState } from './observable.js';
import { canisterOf, placeOf, sightKey, stretchesOf, type Sight } from './observation.js';
import { stepsWithQueues } from './queues.js';
import { follow, isUndecided, nameOf, type Followed, type Steps } from './follow.js';
import { looksAt, mixture, WAYS, type Look, type Way } from './liberties.js';
import { AS_PROFILE, fillings, usualFillings } from './fillings.js';
import {
  agreed,
  ANYTHING,
  common,
  likeness,
  matches,
  NOTHING_SEEN,
  withoutRanges,
  words,
  type Pattern,
  type Required,
} from './patterns.js';
import { runModel, type ModelRun } from './model-run.js';
import type { Play } from './play.js';

/** Ways that agree at a place. The pattern requires only what all of them do. */
interface Group {
  pattern: Pattern;
  /** How many ways. */
  count: number;
}

/** At a place so many mixtures are tried for each liberty that matters there, and so many more at most. */
const ENOUGH = 12;
const MOST = 48;
/** The list of what is allowed at a place counts as complete when each of its entries has come up so often. */
const OFTEN = 3;
/** Of how many histories a failure tells. */
const MOST_WORDS = 5;

const [USUAL] = WAYS;

/** Whether some run of the model shows what was seen. */
type Explanation =
  | {
      readonly kind: 'allowed';
      /** Whether something else at a place would not have been allowed. */
      readonly asserts: (key: string) => boolean;
    }
  /** None was found, and the search was too short to say that there is none. */
  | { readonly kind: 'undecided' }
  | {
      readonly kind: 'forbidden';
      /** The first place at which nothing that is allowed was seen. */ readonly key: string;
      readonly expected: string;
    };

/** The model does not come to rest. */
export class Restless extends Error {
  override readonly name = 'Restless';
}

/** What a play may look like from outside. Runs of the model are made when they are needed, and kept. */
export class Expectations {
  readonly usual: ModelRun;
  readonly #usualByKey: ReadonlyMap<string, Sight>;
  /** What came of the ways that were tried, by name. */
  readonly #tried = new Map<string, Tried>();
  /** By place: what is known to be allowed, and which liberties matter. */
  readonly #places = new Map<string, Place>();

  #everywhere: readonly Look[] | undefined;

  /** The ways in which every place is looked at. */
  get #looks(): readonly Look[] {
    return (this.#everywhere ??= looksAt(this.play.modules, this.play.tier));
  }

  /** @throws Restless */
  constructor(readonly play: Play) {
    const usual = runModel(play, { way: USUAL, filling: AS_PROFILE });
    if (usual === undefined) throw new Restless('the canisters do not come to rest');
    this.usual = usual;
    this.#usualByKey = byKey(this.usual);
  }

  get transitions(): ModelRun['transitions'] {
    return this.usual.transitions;
  }

  /** Whether all that was seen is what the usual run shows, to the last byte. */
  isUsual(sights: readonly Sight[]): boolean {
    const { size } = this.#usualByKey;
    return (
      sights.length === size &&
      sights.every((sight) => {
        const usual = this.#usualByKey.get(sightKey(sight));
        return usual !== undefined && usual.value === sight.value && usual.data === sight.data;
      })
    );
  }

  /** What the usual run shows there. */
  usualSight(key: string): Sight | undefined {
    return this.#usualByKey.get(key);
  }

  keys(): Iterable<string> {
    return this.#usualByKey.keys();
  }

  /**
   * Whether what was seen is allowed: whether a way can be found that shows all of it.
   * @param seen everything that the target has shown
   */
  explain(seen: ReadonlyMap<string, Sight>): Explanation {
    const stretches = stretchesOf(this.play.strokes, (stroke) =>
      tellsState(this.play.strokes[stroke]?.stimulus)
        ? seen.get(`${stroke} outcome`)?.value.startsWith('reply')
        : undefined,
    );
    const stepOf = (stroke: number) => stretches[stroke] ?? -1;
    const paused = new Set(stretches.filter((_step, stroke) => this.play.strokes[stroke]?.pause !== undefined));
    const queued = stepsWithQueues(this.usual.transitions, stepOf);
    const steps: Steps = {
      of: stepOf,
      hasPauses: (step) => paused.has(step),
      hasQueues: (step) => queued.has(step),
      reorders: this.play.reorders,
    };
    const run = (way: Way): Followed => {
      const { keys, at, decisions, ran, course } = this.#try(way);
      const { parts, key, logged } = parting(new Set([...keys, ...seen.keys()]), at, seen, stepOf);
      const stimulus = key === undefined ? undefined : this.play.strokes[placeOf(key).stroke]?.stimulus;
      const focus = stimulus === undefined ? 0 : nthExecution(ran, canisterOf(stimulus), logged);
      return {
        way,
        decisions,
        course: `${course} ${key === undefined ? '' : words(withoutRanges(at(key)))}`,
        parts,
        focus,
      };
    };
    // Whether it comes to rest at all follows from prices: then nothing can be said of a target with other prices.
    if (this.#try(USUAL) === RESTLESS) return { kind: 'undecided' };
    const known: Followed[] = [];
    for (const { way } of this.#looks) {
      const followed = run(way);
      known.push(followed);
      if (followed.parts === Infinity) break;
    }
    const found = follow(known, steps, run);
    const furthest = found.ways.map((one) => ({ ...this.#try(one.way), parts: one.parts }));
    const [best] = furthest;
    if (best === undefined || best.parts === Infinity) {
      return { kind: 'allowed', asserts: (key) => best?.at(key).kind === 'this' };
    }
    if (isUndecided(found, steps)) return { kind: 'undecided' };
    const stroke = Math.floor(best.parts);
    const keys = [...new Set([...best.keys, ...seen.keys()])].filter((one) => strokeOf(one) === stroke);
    const key = keys.find((one) => !matches(best.at(one), seen.get(one))) ?? `${stroke} outcome`;
    const expected = new Set(furthest.slice(0, MOST_WORDS).map(({ at }) => words(at(key))));
    return { kind: 'forbidden', key, expected: [...expected].join(' or ') };
  }

  /** Everything that is allowed at a place; undefined: anything, or more than could be listed. */
  allowed(key: string): readonly Required[] | undefined {
    const place = this.#place(key);
    while (this.#known(place) === 'partly') {
      if (place.groups.some(({ pattern }) => pattern.kind === 'anything')) return undefined;
      this.#look(key, place);
    }
    if (this.#known(place) === 'endless') return undefined;
    const patterns = place.groups.map(({ pattern }) => pattern);
    if (!patterns.every((pattern) => pattern.kind === 'this')) return undefined;
    return patterns.flatMap(({ orValues = [], ...pattern }) => [
      pattern,
      ...orValues.map((value) => ({ ...pattern, value })),
    ]);
  }

  /** Whether all that is allowed at a place has been found. */
  #known({ groups, looked, matter }: Place): 'partly' | 'complete' | 'endless' {
    const mixtures = looked - this.#looks.length;
    const enough = ENOUGH * Math.min(matter.length, 3);
    if (mixtures >= enough && groups.every(({ count }) => count >= OFTEN)) return 'complete';
    return mixtures >= enough + MOST ? 'endless' : 'partly';
  }

  #place(key: string): Place {
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = { groups: [], looked: 0, matter: [] }));
    return place;
  }

  /** Looks at the place in one more way: each liberty alone, mixtures of all, then mixtures of those that matter there. */
  #look(key: string, place: Place): void {
    const n = place.looked++;
    const { way, which } = this.#looks[n] ?? { way: mixture(mixed(place.matter, n), n) };
    const pattern = this.#try(way).at(key);
    const [usual] = place.groups;
    // A liberty matters if it changes what is seen.
    if (which !== undefined && usual !== undefined && common(usual.pattern, pattern) === undefined)
      place.matter.push(which);
    merge(place.groups, pattern);
  }

  /** What a way allows. Where it does not come to rest, no target shows it. */
  #try(way: Way): Tried {
    const name = nameOf(way);
    let tried = this.#tried.get(name);
    if (tried === undefined) {
      const { tier } = this.play;
      const filled = way === USUAL ? usualFillings(tier) : fillings(this.#tried.size, tier);
      const runs = filled.map((filling) =>
        way === USUAL && filling === AS_PROFILE ? this.usual : runModel(this.play, { way, filling }),
      );
      const rested = runs.filter((run) => run !== undefined);
      const { decisions = [], courses = [], ran = [] } = rested[0] ?? {};
      tried =
        rested.length < runs.length
          ? RESTLESS
          : {
              ...patternsOf(rested, (stroke) => tellsState(this.play.strokes[stroke]?.stimulus)),
              decisions,
              ran,
              course: courses.join(),
            };
      this.#tried.set(name, tried);
    }
    return tried;
  }
}

/** What a way to decide allows at each place. */
interface Tried {
  /** Places at which it shows something. */
  readonly keys: Iterable<string>;
  readonly at: (key: string) => Pattern;
  /** What there was to decide. */
  readonly decisions: readonly Decision[];
  readonly ran: readonly Principal[];
  readonly course: string;
}

const RESTLESS: Tried = { keys: [], at: () => NOTHING_SEEN, decisions: [], ran: [], course: '' };

/** The number, among all executions, of the n-th one of a canister, from 0; of its last one where there are not so many. */
function nthExecution(ran: readonly Principal[], canister: Principal | undefined, n: number): number {
  const own = [...ran.keys()].filter((i) => ran[i] === canister);
  return own[n] ?? own.at(-1) ?? 0;
}

/** Liberties to mix in the n-th mixture: each of those that matter alone, then all of them, and so on in turn. */
function mixed(matter: readonly number[], n: number): readonly number[] {
  const alone = matter[n % (matter.length + 1)];
  return alone === undefined ? matter : [alone];
}

/** What is known about one place. */
interface Place {
  readonly groups: Group[];
  /** In how many ways it was looked at. */
  looked: number;
  /** Numbers of the liberties that change what is seen there. */
  readonly matter: number[];
}

const strokeOf = (key: string) => placeOf(key).stroke;

function byKey({ sights }: ModelRun): Map<string, Sight> {
  return new Map(sights.map((sight) => [sightKey(sight), sight]));
}

/** What runs that were decided in the same way agree on. */
function patternsOf(runs: readonly ModelRun[], tells: (stroke: number) => boolean): Pick<Tried, 'keys' | 'at'> {
  const seen = runs.map(byKey);
  const keys = new Set(seen.flatMap((sights) => [...sights.keys()]));
  const openFrom = Math.min(...runs.map((run) => run.openFrom), coursesPart(runs));
  const known = new Map(
    [...keys].map((key) => {
      const sights = seen.map((one) => one.get(key));
      const open = sights.some((sight) => sight !== undefined && (sight.seenAt ?? sight.stroke) >= openFrom);
      return [key, open ? ANYTHING : agreed(sights, tells(strokeOf(key)))];
    }),
  );
  // At a place where no run shows anything the target must not either, as long as anything is asserted.
  return { keys, at: (key) => known.get(key) ?? (strokeOf(key) >= openFrom ? ANYTHING : NOTHING_SEEN) };
}

/** The first stroke at which runs with different fillings take different courses; Infinity: none. */
function coursesPart([first, ...others]: readonly ModelRun[]): number {
  const at = first?.courses.findIndex((course, k) => others.some(({ courses }) => courses[k] !== course)) ?? -1;
  return at < 0 ? Infinity : at;
}

interface Parting {
  /** The first stroke at which a way does not show what was seen, and how much of that step it shows, from 0 to below 1; Infinity: it shows it all. */
  readonly parts: number;
  /** A place in that step that it does not show. */
  readonly key?: string;
  /** How many functions of the canister had logged their end before. */
  readonly logged: number;
}

function parting(
  keys: Iterable<string>,
  at: Tried['at'],
  seen: ReadonlyMap<string, Sight>,
  stepOf: (stroke: number) => number,
): Parting {
  const all = [...keys];
  const wrong = new Set(all.filter((key) => !matches(at(key), seen.get(key))));
  if (wrong.size === 0) return { parts: Infinity, logged: 0 };
  const stroke = Math.min(...[...wrong].map(strokeOf));
  const step = stepOf(stroke);
  const shown = all
    .filter((key) => (step < 0 ? strokeOf(key) === stroke : stepOf(strokeOf(key)) === step))
    .map((key) => ({ key, ...(wrong.has(key) ? likeness(at(key), seen.get(key)) : { alike: 1, logged: 0 }) }));
  const alike = shown.reduce((sum, one) => sum + one.alike, 0) / (shown.length + 1);
  const most = shown.filter(({ key }) => wrong.has(key)).reduce((a, b) => (b.logged > a.logged ? b : a));
  return { parts: stroke + alike, key: most.key, logged: most.logged };
}

/** Adds what another way to decide allows: to the group that it agrees with, which then requires only what both require. */
function merge(groups: Group[], pattern: Pattern): void {
  for (const group of groups) {
    const both = common(group.pattern, pattern);
    if (both === undefined) continue;
    group.pattern = both;
    group.count += 1;
    return;
  }
  groups.push({ pattern, count: 1 });
}
