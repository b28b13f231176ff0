// plumbing: follows a target — a way to decide is searched for that shows what the target showed, stroke by stroke
import { taking, type Way } from './liberties.js';
import type { Stroke } from './observation.js';

/** How many ways are tried without getting further. */
const PATIENCE = 90;

interface Candidate {
  readonly way: Way;
  /** The first stroke at which it does not show what was seen, and as a fraction how much of it it shows there. */
  readonly parts: number;
  /** Of its continuations, how many were tried. */
  tried: number;
}

/**
 * Searches best first: the way that shows what was seen for longest is changed where it parts from the target, by taking one more liberty
 * in the step there, or since the step before.
 * @param changes ways whose liberties may be taken for some time
 * @param known ways that were tried before
 * @param parting the first stroke at which a way does not show what was seen, plus how much of it it shows; Infinity: there is none
 * @returns whether there is a way that shows it all
 */
export function follow(
  strokes: readonly Stroke[],
  changes: readonly Way[],
  known: readonly Way[],
  parting: (way: Way) => number,
): boolean {
  const candidates: Candidate[] = known.map((way) => ({ way, parts: parting(way), tried: 0 }));
  let furthest = Math.max(...candidates.map(({ parts }) => parts));
  for (let since = 0; since < PATIENCE; since++) {
    if (furthest === Infinity) return true;
    const best = bestOf(candidates, 2 * changes.length);
    if (best === undefined) return false;
    const stroke = Math.floor(best.parts);
    const change = changes[best.tried % changes.length];
    if (change === undefined) return false;
    const back = best.tried < changes.length ? 0 : 1;
    best.tried += 1;
    const way = taking(best.way, change, [stepBefore(strokes, stroke, back), stroke + 1]);
    const parts = parting(way);
    candidates.push({ way, parts, tried: 0 });
    if (parts <= furthest) continue;
    furthest = parts;
    since = 0;
  }
  return furthest === Infinity;
}

/** The candidate that gets furthest; of those the one that takes fewest liberties, which is the oldest. */
function bestOf(candidates: readonly Candidate[], continuations: number): Candidate | undefined {
  let best: Candidate | undefined;
  for (const one of candidates) {
    if (one.tried < continuations && (best === undefined || one.parts > best.parts)) best = one;
  }
  return best;
}

/** The first stroke of the step that a stroke belongs to, or of one before. */
function stepBefore(strokes: readonly Stroke[], stroke: number, back: number): number {
  const step = (strokes[stroke]?.step ?? 0) - back;
  const first = strokes.findIndex((one) => one.step === step);
  return first < 0 ? stroke : first;
}
