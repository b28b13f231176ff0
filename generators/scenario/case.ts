// plumbing: case k of a seed
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { Crash } from '../../spec/vocabulary/engine.js';
import { drawn } from '../arbitraries.js';
import type { GeneratorOptions } from '../config.js';
import { caseFor, type GeneratedCase } from './case-for.js';
import { assignment } from './plan.js';

/**
 * Case k of a seed: the same seed, k and options give the same case, on every machine.
 * @param seed any text
 * @param k from 0
 */
export function generateCase(seed: string, k: number, options: GeneratorOptions = {}): GeneratedCase {
  const assigned = assignment(k, options);
  const arbitrary = drawn((draw) => caseFor(draw, assigned, options));
  const [made] = fc.sample(arbitrary, { seed: seedrandom(`${seed}/${k}`).int32(), numRuns: 1 });
  if (made === undefined) throw new Crash('fast-check gave no sample');
  return made;
}
