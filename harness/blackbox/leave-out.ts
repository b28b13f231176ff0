// plumbing: steps after which nothing could be asserted are left out, so that what comes after them can be
import { Expectations, Restless } from './expectations.js';
import type { Prepared } from './judge.js';
import { ambiguityText, BOUNDLESS } from './readings.js';

/** How many steps are left out of a case at most. */
const MOST = 8;

/** Strokes of which something is asserted, as far as the usual run shows. */
const asserted = ({ play, expectations }: Prepared): number =>
  Math.min(expectations.usual.openFrom, play.strokes.length);

/**
 * Leaves out the stroke in which readings differ that are not modelled (readings.ts), and the next one, and so on: whatever came of such a
 * stroke would be right, and so would everything after it. What is left is a scenario, too.
 * @returns the case of which most can be asserted; the given one where leaving out brings nothing
 */
export function leaveOut(given: Prepared): Prepared {
  return without(given, asserted, ({ expectations: { usual } }) => {
    const { openFrom, ambiguity = BOUNDLESS } = usual;
    return { stroke: openFrom, why: ambiguityText(ambiguity) };
  });
}

const rests = new WeakMap<Prepared, Prepared>();

/**
 * The same of the strokes of which fees and limits decide what comes of them: a target between the cheapest and the dearest one could do either.
 * To know them takes several runs of the model.
 */
export function leaveOutCostly(given: Prepared): Prepared {
  let rest = rests.get(given);
  if (rest === undefined) {
    const agreed = (one: Prepared) => Math.min(one.expectations.openFrom, one.play.strokes.length);
    rest = without(given, agreed, (one) => {
      const { openFrom } = one.expectations.usual;
      return {
        stroke: agreed(one) < openFrom ? agreed(one) : Infinity,
        why: 'fees and limits decide what comes of it',
      };
    });
    rests.set(given, rest);
  }
  return rest;
}

/**
 * Leaves out one stroke after another.
 * @param worth how much can be asserted of a case
 * @param next the stroke that is in the way, if there is one
 */
function without(
  given: Prepared,
  worth: (one: Prepared) => number,
  next: (one: Prepared) => { readonly stroke: number; readonly why: string },
): Prepared {
  let best = given;
  let last = given;
  for (let n = 0; n < MOST; n++) {
    const { strokes } = last.play;
    const { stroke: k, why } = next(last);
    const open = strokes[k];
    // Without its setup a case is another one.
    if (open === undefined || open.step < 0) break;
    const play = { ...last.play, strokes: strokes.filter((stroke) => stroke !== open) };
    try {
      last = { play, expectations: new Expectations(play), leftOut: [...last.leftOut, `a step: ${why}`] };
    } catch (error) {
      if (error instanceof Restless) break;
      throw error;
    }
    if (worth(last) > worth(best)) best = last;
  }
  return best;
}
