// plumbing: how many of the mutants a campaign has to catch — of those that can be seen from outside, since no campaign catches the others
import type { Catch } from '../mutants/hunt.js';
import { UNSEEN } from './unseen.js';

/** So many of the mutants that can be seen from outside must be caught, of a hundred. */
export const REQUIRED_PERCENT = 90;

/** How many of some mutants were caught. */
interface Share {
  readonly caught: number;
  readonly of: number;
  /** 100 of none. */
  readonly percent: number;
}

function shareOf(mutants: readonly Pick<Catch, 'caught'>[]): Share {
  const caught = mutants.filter((one) => one.caught !== undefined).length;
  const of = mutants.length;
  return { caught, of, percent: of === 0 ? 100 : (100 * caught) / of };
}

/** What a campaign has caught, of all mutants and of those that can be seen from outside; and whether that is enough. */
export function caughtShares(found: readonly Pick<Catch, 'mutant' | 'caught'>[]): {
  readonly all: Share;
  readonly seeable: Share;
  readonly isEnough: boolean;
} {
  const seeable = shareOf(found.filter(({ mutant }) => !UNSEEN.has(mutant)));
  return { all: shareOf(found), seeable, isEnough: seeable.percent >= REQUIRED_PERCENT };
}
