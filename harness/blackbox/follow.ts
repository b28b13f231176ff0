// plumbing: follows a target — a run of the model is searched for that shows what the target showed, decision by decision
import type { Decision } from './chooser.js';
import { USUAL, type Way } from './liberties.js';

/** How many ways are tried: without getting further, and in all. */
interface Patience {
  readonly without: number;
  readonly inAll: number;
}
const MOST = 3300;
/** With a target that has done the usual so far. */
const USUAL_PATIENCE: Patience = { without: 400, inAll: MOST };
/** With one that took a liberty: nothing is called a failure before so much was tried. */
const MORE_PATIENCE: Patience = { without: 2000, inAll: MOST };
/** With one that took more of them than a failure may rest on: it passes, or stays undecided. */
const LITTLE_PATIENCE: Patience = { without: 500, inAll: 1500 };
/** Where something comes in between and the target reorders: the same, and there is often no end. */
const LEAST_PATIENCE: Patience = { without: 200, inAll: 600 };

function patienceWith(followed: readonly Followed[], steps: Steps): Patience {
  const decided = decidedOtherwise(followed);
  if (comesInBetween(followed, steps) && steps.reorders) return LEAST_PATIENCE;
  if (decided >= MANY_DECISIONS) return LITTLE_PATIENCE;
  return decided === 0 && !hasMuchToDecide(followed, steps) ? USUAL_PATIENCE : MORE_PATIENCE;
}

/** What is to be known of the strokes. */
export interface Steps {
  /** The step that a stroke belongs to: what happens in one is not told apart. */
  readonly of: (stroke: number) => number;
  /** Whether it has pauses: what comes in between meets what is under way, as far as the target has come. */
  readonly hasPauses: (step: number) => boolean;
  /** Whether the target takes messages in an order of its own. */
  readonly reorders: boolean;
}

/** What a decision more is worth, in strokes, to those who look at ways that decide little otherwise. */
const DEPTH_COSTS = 0.1;
/** More strokes than any case has. */
const FAR = 1e6;

/** How many decisions a way takes otherwise. */
const depthOf = ({ script }: Way): number => script?.size ?? 0;

/** A way that was tried. */
export interface Followed {
  readonly way: Way;
  /** What there was to decide. */
  readonly decisions: readonly Decision[];
  /** What came of them, in words: ways of which the same came are one way. */
  readonly course: string;
  /** The first stroke at which it does not show what was seen, and as a fraction how much of the step it shows; Infinity: it shows it all. */
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
  /** Ways that decide one thing otherwise, the most promising first. */
  readonly others: Iterator<Way>;
}

/**
 * Searches best first: of the way that shows what was seen for longest, each decision is taken otherwise, those of the step first in which it
 * parts from the target. Every history that is allowed differs from the usual one in finitely many decisions, so only patience ends it.
 * @param known ways that were tried before
 * @param run tries a way
 */
export function follow(known: readonly Followed[], steps: Steps, run: (way: Way) => Followed): Found {
  const names = new Set(known.map(({ way }) => nameOf(way)));
  const candidateOf = (one: Followed): Candidate => ({ ...one, others: otherwise(one, steps, names) });
  const courses = new Set(known.map(courseOf));
  // Ways that are as usual but for the script are followed for themselves, too: one that takes a liberty everywhere may show more, and lead nowhere.
  const usual = known[0]?.way.name;
  const groups = [
    new Group(() => true),
    new Group(({ way }) => way.name === usual),
    // What got a little further by chance must not keep all turns.
    new Group(
      ({ way }) => way.name === usual,
      ({ way, parts }) => parts - DEPTH_COSTS * depthOf(way),
    ),
    // Nor must what got much further by chance: whatever one decision can show is tried before what two can, and so on.
    new Group(
      ({ way }) => way.name === usual,
      ({ way, parts }) => parts - FAR * depthOf(way),
    ),
  ];
  for (const one of known.map(candidateOf)) for (const group of groups) group.add(one);
  let isExhausted = false;
  let [shown] = known.filter(({ parts }) => parts === Infinity);
  for (let since = 0, turn = 0; shown === undefined; since++, turn++) {
    const patience = patienceWith(groups[0]?.best ?? [], steps);
    if (since >= patience.without || turn >= patience.inAll) break;
    const way = groups[turn % groups.length]?.next();
    if (way === undefined) {
      isExhausted = groups.every((group) => group.isExhausted);
      if (isExhausted) break;
      continue;
    }
    const tried = run(way);
    const course = courseOf(tried);
    if (courses.has(course)) continue;
    courses.add(course);
    const candidate = candidateOf(tried);
    if (groups.map((group) => group.add(candidate)).includes(true)) since = 0;
    if (tried.parts === Infinity) shown = tried;
  }
  return { ways: shown === undefined ? (groups[0]?.best ?? []) : [shown], isExhausted };
}

/** A target that could be followed so far only by taking so many decisions otherwise may go on in ways that the search has no patience for. */
const MANY_DECISIONS = 2;

/** With so much to decide in a step there are more histories than are tried: several calls at once. */
const MUCH_TO_DECIDE = 8;
/** For a target that took a liberty before there is much to decide sooner: three memories that may not grow, and what comes of each. */
const MUCH_AFTER_A_LIBERTY = 3;

/** For how many decisions a liberty counts that a way takes wherever it can. */
const A_LIBERTY = 2;

/** How many decisions the ways that got furthest take otherwise, at least. */
export function decidedOtherwise(followed: readonly Followed[]): number {
  return Math.min(...followed.map(({ way }) => depthOf(way) + (way.liberties === USUAL ? 0 : A_LIBERTY)));
}

/** Whether ways that were not tried may get further than those that got furthest: nothing is to be said of the target then. */
export function isUndecided({ ways, isExhausted }: Found, steps: Steps): boolean {
  const decided = decidedOtherwise(ways);
  if (decided >= MANY_DECISIONS) return true;
  if (decided > 0 && hasMuchToDecide(ways, steps)) return true;
  if (decided > 0 && !isExhausted && hasMuchToDecide(ways, steps, MUCH_AFTER_A_LIBERTY)) return true;
  // How far it has come with each of several requests, in an order of its own: nobody tries all of that.
  return steps.reorders && !isExhausted && comesInBetween(ways, steps);
}

/** Whether one of them parts from the target in a step with pauses. */
function comesInBetween(followed: readonly Followed[], { of, hasPauses }: Steps): boolean {
  return followed.some(({ parts }) => parts !== Infinity && hasPauses(of(Math.floor(parts))));
}

/** Whether there is much to decide in the step in which one of them parts from the target. */
function hasMuchToDecide(followed: readonly Followed[], { of, hasPauses }: Steps, much = MUCH_TO_DECIDE): boolean {
  return followed.some(({ decisions, parts }) => {
    const step = of(Math.floor(parts));
    return hasPauses(step) || decisions.filter(({ stroke }) => of(stroke) === step).length >= much;
  });
}

/** Candidates of one kind. */
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
  next(): Way | undefined {
    while (this.#candidates.length > 0) {
      const best = this.#candidates.reduce((a, b) => (this.worth(b) > this.worth(a) ? b : a));
      const next = best.others.next();
      if (next.done !== true) return next.value;
      this.#candidates = this.#candidates.filter((one) => one !== best);
    }
    return undefined;
  }
}

function courseOf({ decisions, course, parts }: Followed): string {
  return [...decisions.map(({ name, options }) => `${name}/${options.length}`), course, parts.toFixed(4)].join(' ');
}

/** How far off decisions for the whole run, and those of the step before, are thought to be: in executions. */
const WHOLE_RUN = 6;
const STEP_BEFORE = 12;

/** Ways that take one decision otherwise: first those about when it parts from the target, then for the whole run, then of the steps before. */
function* otherwise({ way, decisions, parts, focus }: Followed, steps: Steps, names: Set<string>): Generator<Way> {
  const step = steps.of(Math.floor(parts));
  const distance = ({ stroke, ran }: Decision) =>
    stroke < 0 ? WHOLE_RUN : Math.abs(ran - focus) + (steps.of(stroke) < step ? STEP_BEFORE : 0);
  const near = decisions
    // With pauses, what shows at a stroke may be decided in a later one.
    .filter(({ options, stroke }) => options.length > 1 && (stroke <= parts || steps.of(stroke) === step))
    .sort((a, b) => distance(a) - distance(b));
  for (const { name, options, taken } of near) {
    for (const option of options) {
      if (option === taken) continue;
      const other = deciding(way, name, option);
      if (names.has(nameOf(other))) continue;
      names.add(nameOf(other));
      yield other;
    }
  }
}

/** The way that decides one thing otherwise. */
function deciding(way: Way, decision: string, option: string): Way {
  return { ...way, script: new Map(way.script).set(decision, option) };
}

/** A name for a way and its script. */
export function nameOf({ name, script }: Way): string {
  const decided = [...(script ?? [])].map(([what, which]) => `${what}=${which}`);
  return [name, ...decided.sort()].join(' ');
}
