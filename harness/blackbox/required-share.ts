// plumbing: how many of the mutants a campaign has to catch
import type { Catch } from '../mutants/hunt.js';
import type { BoxTier } from './play.js';
import { UNSEEN } from './unseen.js';

/** So many must be caught, of a hundred: at tier spec of the mutants that can be seen there, since no campaign catches the others; at tier profile of all. */
export const REQUIRED_PERCENT: Readonly<Record<BoxTier, number>> = { spec: 90, profile: 80 };

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

/** What a campaign has caught, of all mutants and of those that can be seen from outside at tier spec; and whether that is enough. */
export function caughtShares(
  found: readonly Pick<Catch, 'mutant' | 'caught'>[],
  tier: BoxTier,
): {
  readonly all: Share;
  readonly seeable: Share;
  readonly isEnough: boolean;
} {
  const all = shareOf(found);
  const seeable = shareOf(found.filter(({ mutant }) => !UNSEEN.has(mutant)));
  const { percent } = tier === 'spec' ? seeable : all;
  return { all, seeable, isEnough: percent >= REQUIRED_PERCENT[tier] };
}
