// plumbing: follows a target — a run of the model is searched for that shows what the target showed, decision by decision
import { isForRun, type Decision } from './chooser.js';
import { takesForRunOnly, USUAL, type Way } from './liberties.js';

/** When the search gives up. A way gets further than others if it parts from the target later. */
interface Patience {
  /** After so many ways of which none got further. */
  readonly withoutProgress: number;
  /** After so many ways in all. */
  readonly inAll: number;
}
const MOST = 3300;
/** Where the ways that got furthest decide as the usual one does. */
const USUAL_PATIENCE: Patience = { withoutProgress: 400, inAll: MOST };
/** Where one decision is replaced, or there are many to take: what remains unexplained after so many ways is called a failure. */
const MORE_PATIENCE: Patience = { withoutProgress: 2000, inAll: MOST };
/** Where so many decisions are replaced that the target is never failed: more ways can only explain it. */
const LITTLE_PATIENCE: Patience = { withoutProgress: 500, inAll: 1500 };
/** Where the target reorders and is parted from in a step with a pause: it is not failed either, and there are too many histories to try them all. */
const LEAST_PATIENCE: Patience = { withoutProgress: 200, inAll: 600 };

function patienceWith(followed: readonly Followed[], steps: Steps): Patience {
  const decided = replacedDecisions(followed);
  if (steps.reorders && partsWhere(followed, steps, steps.hasPauses)) return LEAST_PATIENCE;
  if (decided >= MANY_DECISIONS) return LITTLE_PATIENCE;
  return decided === 0 && !hasMuchToDecide(followed, steps) ? USUAL_PATIENCE : MORE_PATIENCE;
}

/** What the search has to know of the strokes. */
export interface Steps {
  /** The step that a stroke belongs to. A way that parts from the target anywhere in a step may have gone wrong anywhere in it. */
  readonly of: (stroke: number) => number;
  /** Whether a stimulus of the step comes while calls are open: how far these have come by then is up to the target. */
  readonly hasPauses: (step: number) => boolean;
  /** Whether several calls of one canister to another are made in the step. The model executes them as they were made (queues/pair-order). */
  readonly hasQueues: (step: number) => boolean;
  /** Whether the target takes messages in an order of its own. */
  readonly reorders: boolean;
}

/** So many strokes further must a way get that replaces one decision more, to be preferred by the third group. */
const DEPTH_COSTS = 0.1;
/** More strokes than any case has. */
const FAR = 1e6;

/** How many decisions of a way its script replaces. */
const depthOf = ({ script }: Way): number => script?.size ?? 0;

/** Whether a way replaces something that is decided for the whole run. */
const decidesForRun = ({ script }: Way): boolean => script !== undefined && [...script.keys()].some(isForRun);

/** A way that was tried. */
export interface Followed {
  readonly way: Way;
  /** What there was to decide. */
  readonly decisions: readonly Decision[];
  /** What came of them, in words: a way of which the same came as of another one is not followed again. */
  readonly course: string;
  /** The first stroke at which it does not show what was seen, plus the fraction of that step that it does show; Infinity: it shows everything. */
  readonly parts: number;
  /** About how many executions had come to their end when it parted. */
  readonly focus: number;
}

/** What came of a search. */
export interface Found {
  /** A way that shows it all, or those that got furthest. */
  readonly ways: readonly Followed[];
  /** Whether there was no other way to try. */
  readonly isExhausted: boolean;
}

interface Candidate extends Followed {
  /** Ways that replace one more decision, the most promising first. */
  readonly others: Iterator<Way>;
}

/**
 * Searches best first: of the way that parts from the target latest, one decision after another is replaced, those of the step first in which
 * it parts. Every history that is allowed differs from the usual one in finitely many decisions, so it is found if patience lasts.
 * @param known ways that were tried before
 * @param run tries a way
 */
export function follow(known: readonly Followed[], steps: Steps, run: (way: Way) => Followed): Found {
  const names = new Set(known.map(({ way }) => nameOf(way)));
  const candidateOf = (one: Followed): Candidate => ({ ...one, others: replacingOne(one, steps, names) });
  const courses = new Set(known.map(courseOf));
  // The groups take turns. A way that takes a liberty everywhere may part late by chance, and lead nowhere: so the usual way and its
  // scripts have turns of their own.
  const usual = known[0]?.way.name;
  const groups = [
    new Group(() => true),
    new Group(({ way }) => way.name === usual),
    // Of these, a way that got a little further by replacing many decisions must not keep all turns.
    new Group(
      ({ way }) => way.name === usual,
      ({ way, parts }) => parts - DEPTH_COSTS * depthOf(way),
    ),
    // Nor must one that got much further: all that one replaced decision can show is tried before what two can, and so on.
    new Group(
      ({ way }) => way.name === usual,
      ({ way, parts }) => parts - FAR * depthOf(way),
    ),
    // What is decided for the whole run (another reading, less room) may show too soon, until what shows it is decided to happen later.
    new Group(({ way }) => takesForRunOnly(way) || (way.name === usual && decidesForRun(way))),
  ];
  for (const one of known.map(candidateOf)) for (const group of groups) group.add(one);
  const newReadings: Next[] = [];
  let isExhausted = false;
  let [shown] = known.filter(({ parts }) => parts === Infinity);
  for (let since = 0, turn = 0; shown === undefined; since++, turn++) {
    const patience = patienceWith(groups[0]?.best ?? [], steps);
    if (since >= patience.withoutProgress || turn >= patience.inAll) break;
    const open = groups.filter((group) => !group.isExhausted);
    const next = newReadings.shift() ?? open[turn % open.length]?.next();
    if (next === undefined) {
      isExhausted = groups.every((group) => group.isExhausted);
      if (isExhausted) break;
      continue;
    }
    const tried = run(next.way);
    const course = courseOf(tried);
    if (courses.has(course)) continue;
    courses.add(course);
    newReadings.push(...readingsThatMatterNow(tried, next.from, names));
    const candidate = candidateOf(tried);
    if (groups.map((group) => group.add(candidate)).includes(true)) since = 0;
    if (tried.parts === Infinity) shown = tried;
  }
  return { ways: shown === undefined ? (groups[0]?.best ?? []) : [shown], isExhausted };
}

/** If the best ways replace so many decisions, the right one may replace so many more that the search does not come to it. */
const MANY_DECISIONS = 2;

/** If there are so many decisions in a step (several calls at once), it has more histories than are tried. */
const MUCH_TO_DECIDE = 8;
/** If one decision is replaced already so many are enough: three memories that may not grow, and what follows from each. */
const MUCH_AFTER_A_LIBERTY = 3;

/** A liberty that a way takes wherever it can counts as so many replaced decisions. */
const A_LIBERTY = 2;

/** How many decisions are replaced in the ways that got furthest, at least. */
export function replacedDecisions(followed: readonly Followed[]): number {
  return Math.min(...followed.map(({ way }) => depthOf(way) + (way.liberties === USUAL ? 0 : A_LIBERTY)));
}

/** Whether a way that was not tried may well explain what the target showed: then it is not failed. */
export function isUndecided({ ways, isExhausted }: Found, steps: Steps): boolean {
  const decided = replacedDecisions(ways);
  if (decided >= MANY_DECISIONS) return true;
  if (decided > 0 && hasMuchToDecide(ways, steps)) return true;
  if (decided > 0 && !isExhausted && hasMuchToDecide(ways, steps, MUCH_AFTER_A_LIBERTY)) return true;
  // Whoever reorders may let calls of one pair overtake each other, by one reading (47), and the model takes the other one.
  if (steps.reorders && partsWhere(ways, steps, steps.hasQueues)) return true;
  // How far it has come with each of several requests, in any order: too many histories to try. What came of them may show later.
  return steps.reorders && !isExhausted && comesAfterPauses(ways, steps);
}

/** Whether one of them parts from the target in a step of some kind. */
function partsWhere(followed: readonly Followed[], { of }: Steps, isSo: (step: number) => boolean): boolean {
  return followed.some(({ parts }) => parts !== Infinity && isSo(of(Math.floor(parts))));
}

/** Whether one of them parts from the target in a step with pauses, or after one. */
function comesAfterPauses(followed: readonly Followed[], { of, hasPauses }: Steps): boolean {
  const last = Math.max(...followed.map(({ parts }) => (parts === Infinity ? -1 : of(Math.floor(parts)))));
  return Array.from({ length: last + 1 }, (_, step) => step).some(hasPauses);
}

/**
 * Whether there is much to decide in the step in which one of them parts from the target, or in the one of the execution at which it does: what
 * messages from one canister to another have done shows when the other is asked, steps later.
 */
function hasMuchToDecide(followed: readonly Followed[], { of, hasPauses }: Steps, much = MUCH_TO_DECIDE): boolean {
  return followed.some(({ decisions, parts, focus }) => {
    const step = of(Math.floor(parts));
    const before = decisions.findLast(({ stroke, ran }) => stroke >= 0 && ran <= focus);
    const decided = new Set([step, before === undefined || focus === 0 ? step : of(before.stroke)]);
    return (
      hasPauses(step) || [...decided].some((one) => decisions.filter(({ stroke }) => of(stroke) === one).length >= much)
    );
  });
}

/** A way to try. */
interface Next {
  readonly way: Way;
  /** The one that it decides alike but for one decision. */
  readonly from: Followed;
}

/**
 * The other readings of what matters only since the last decision was replaced: where a memory did not grow, what is read beyond its end. They are
 * tried at once, because with the model's own reading such a way may part sooner than the one that it comes from.
 */
function readingsThatMatterNow(tried: Followed, from: Followed, names: Set<string>): readonly Next[] {
  const before = new Set(from.decisions.map(({ name }) => name));
  return tried.decisions
    .filter(({ name, stroke }) => stroke < 0 && !before.has(name))
    .flatMap((reading) => [...otherOptions(tried.way, reading, names)].map((way) => ({ way, from: tried })));
}

/** Candidates of one kind, of which the worthiest is followed. */
class Group {
  /** Those that got furthest. */
  best: readonly Followed[] = [];
  #candidates: Candidate[] = [];

  constructor(
    private readonly holds: (one: Followed) => boolean,
    private readonly worth: (one: Followed) => number = ({ parts }) => parts,
  ) {}

  get isExhausted(): boolean {
    return this.#candidates.length === 0;
  }

  /** @returns whether it got further than all others */
  add(one: Candidate): boolean {
    if (!this.holds(one)) return false;
    this.#candidates.push(one);
    const [{ parts: furthest } = { parts: -1 }] = this.best;
    if (one.parts >= furthest) this.best = one.parts > furthest ? [one] : [...this.best, one];
    return one.parts > furthest;
  }

  /** The next way to try, of the candidate that gets furthest; of those the oldest, which is the one that decides least otherwise. */
  next(): Next | undefined {
    while (this.#candidates.length > 0) {
      const best = this.#candidates.reduce((a, b) => (this.worth(b) > this.worth(a) ? b : a));
      const next = best.others.next();
      if (next.done !== true) return { way: next.value, from: best };
      this.#candidates = this.#candidates.filter((one) => one !== best);
    }
    return undefined;
  }
}

function courseOf({ decisions, course, parts }: Followed): string {
  return [...decisions.map(({ name, options }) => `${name}/${options.length}`), course, parts.toFixed(4)].join(' ');
}

/** Decisions are tried by their distance, in executions, from where the way parts. For the whole run, and for those of steps before, it is taken to be: */
const WHOLE_RUN = 6;
const STEP_BEFORE = 12;

/** Ways that replace one more decision, in the order of their distance: first those about when the way parts from the target. */
function* replacingOne({ way, decisions, parts, focus }: Followed, steps: Steps, names: Set<string>): Generator<Way> {
  const step = steps.of(Math.floor(parts));
  const distance = ({ stroke, ran }: Decision) =>
    stroke < 0 ? WHOLE_RUN : Math.abs(ran - focus) + (steps.of(stroke) < step ? STEP_BEFORE : 0);
  const near = decisions
    // With pauses, what shows at a stroke may be decided in a later one.
    .filter(({ options, stroke }) => options.length > 1 && (stroke <= parts || steps.of(stroke) === step))
    .sort((a, b) => distance(a) - distance(b));
  for (const decision of near) yield* otherOptions(way, decision, names);
}

/** Ways that take another option of one decision, but for those that were tried before. */
function* otherOptions(way: Way, { name, options, taken }: Decision, names: Set<string>): Generator<Way> {
  for (const option of options) {
    if (option === taken) continue;
    const other = replacing(way, name, option);
    if (names.has(nameOf(other))) continue;
    names.add(nameOf(other));
    yield other;
  }
}

/** The way with one more decision replaced. */
function replacing(way: Way, decision: string, option: string): Way {
  return { ...way, script: new Map(way.script).set(decision, option) };
}

/** A name for a way and its script. */
export function nameOf({ name, script }: Way): string {
  const decided = [...(script ?? [])].map(([what, which]) => `${what}=${which}`);
  return [name, ...decided.sort()].join(' ');
}
