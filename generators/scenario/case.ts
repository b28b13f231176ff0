// plumbing: case k of a seed
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { DEFAULT_FAMILIES, FEATURES, type Family, type Feature, type GeneratorOptions } from '../config.js';
import { Draw } from '../draw.js';
import { familyScenario } from './family-scenario.js';
import { missionScenario } from './mission-scenario.js';
import { assignment, type Assignment } from './plan.js';

export interface GeneratedCase {
  readonly scenario: Scenario;
  /** What the case is meant to reach; see `aimsOf`. */
  readonly aims: readonly string[];
  readonly families: readonly Family[];
}

/** Features that the case has. */
export type Swarm = ReadonlySet<Feature>;

/** Scenarios for an assignment; fast-check generates and, through the reducer, shrinks them. */
export function generated(draw: Draw, assigned: Assignment, options: GeneratorOptions): GeneratedCase {
  const swarm = swarmOf(draw, options);
  switch (assigned.kind) {
    case 'missions':
      return missionScenario(draw, assigned, swarm, options);
    case 'family':
      return familyScenario(draw, assigned, swarm, options);
  }
}

function swarmOf(draw: Draw, options: GeneratorOptions): Swarm {
  const features = new Set<Feature>();
  for (const [feature, { percent }] of Object.entries(FEATURES) as [Feature, { percent: number }][]) {
    if (draw.chance(percent) && !(options.without ?? []).includes(feature)) features.add(feature);
  }
  return features;
}

/** A fast-check arbitrary that hands its source of randomness to a function. */
class Drawn<T> extends fc.Arbitrary<T> {
  constructor(private readonly make: (draw: Draw) => T) {
    super();
  }

  override generate(random: fc.Random): fc.Value<T> {
    return new fc.Value(this.make(new Draw(random)), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return value === undefined && false;
  }

  override shrink(): fc.Stream<fc.Value<T>> {
    return fc.Stream.nil();
  }
}

/**
 * Case k of a seed: the same seed, k and options give the same case, on every machine.
 * @param seed any text
 * @param k from 0
 */
export function generateCase(seed: string, k: number, options: GeneratorOptions = {}): GeneratedCase {
  const assigned = assignment(k, options);
  const arbitrary = new Drawn((draw) => generated(draw, assigned, options));
  const [made] = fc.sample(arbitrary, { seed: seedrandom(`${seed}/${k}`).int32(), numRuns: 1 });
  if (made === undefined) throw new RangeError('fast-check gave no sample');
  return made;
}

/** Families that an option leaves selected. */
export function selectedFamilies(options: GeneratorOptions): readonly Family[] {
  return options.families ?? DEFAULT_FAMILIES;
}
