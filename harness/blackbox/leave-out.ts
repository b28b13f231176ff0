// plumbing: steps after which nothing could be asserted are left out, so that what comes after them can be
import { reasonText } from './ambiguities.js';
import { Expectations, Restless } from './expectations.js';
import type { Prepared } from './judge.js';
import { withoutStrokes } from './observation.js';

/** How many steps are left out of a case at most. */
const MOST = 8;

/** How many strokes the usual run asserts something of. */
const asserted = ({ play, expectations }: Prepared): number =>
  Math.min(expectations.usual.openFrom, play.strokes.length);

/**
 * Leaves out the stroke in which a situation comes up of which the model knows one outcome only (ambiguities.ts), and the next such one, and
 * so on. Any outcome of such a stroke conforms, and so would everything after it. What is left is a scenario, too.
 * @returns the case of which most can be asserted; the given one where leaving out brings nothing
 */
export function leaveOut(given: Prepared): Prepared {
  let best = given;
  let last = given;
  for (let n = 0; n < MOST; n++) {
    const { strokes } = last.play;
    const { openFrom, openBecause } = last.expectations.usual;
    const open = strokes[openFrom];
    // Without its setup a case is another one.
    if (open === undefined || openBecause === undefined || open.step < 0) break;
    const play = { ...last.play, strokes: withoutStrokes(strokes, (stroke) => stroke === open) };
    try {
      const leftOut = [...last.leftOut, `a step: ${reasonText(openBecause)}`];
      last = { play, expectations: new Expectations(play), leftOut };
    } catch (error) {
      if (error instanceof Restless) break;
      throw error;
    }
    if (asserted(last) > asserted(best)) best = last;
  }
  return best;
}
