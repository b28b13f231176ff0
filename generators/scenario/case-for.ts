// plumbing: the case for an assignment of the plan
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { FEATURES, type Family, type Feature, type GeneratorOptions } from '../config.js';
import type { Draw } from '../draw.js';
import { familyScenario } from './family-scenario.js';
import { missionScenario } from './mission-scenario.js';
import type { Assignment } from './plan.js';

/** A generated case: its scenario, with modules as programs, and what it is for. */
export interface GeneratedCase {
  readonly scenario: Scenario;
  /** What the case is meant to reach; see `aimsOf`. */
  readonly aims: readonly string[];
  readonly families: readonly Family[];
}

/** Features that the case has. */
export type Swarm = ReadonlySet<Feature>;

/** A case that does what it was assigned, with a swarm of features of its own. */
export function caseFor(draw: Draw, assigned: Assignment, options: GeneratorOptions): GeneratedCase {
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
    if (draw.chance(percent) && options.without?.includes(feature) !== true) features.add(feature);
  }
  return features;
}
