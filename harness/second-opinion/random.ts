// plumbing: draws from a seed, for campaigns

import seedrandom from 'seedrandom';
import { Draw } from '../../generators/draw.js';

/** The same seed gives the same draws. */
export function drawFrom(seed: string): Draw {
  const random = seedrandom(seed);
  return new Draw({ nextInt: (min, max) => min + Math.floor(random() * (max - min + 1)) });
}
