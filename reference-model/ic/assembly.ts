// table: the parts that the reference model is put together from; a mutant of the model replaces one of them

import type { WeightTable } from '../../spec/profiles/weights.js';
import { systemCallInstructions } from './charging.js';
import * as management from './management/index.js';
import { evaluateQuery, evaluateTransform } from './query.js';
import { SYSTEM_API_HANDLERS, type SystemApiHandlers } from './system-api/index.js';
import * as transitions from './transitions/index.js';

const STANDARD_TRANSITIONS = { ...transitions, evaluateQuery, evaluateTransform };
const STANDARD_MANAGEMENT = { ...management };
const STANDARD_CHARGING = { systemCallInstructions };

/** The parts of the model. Parts find one another here and not by import, so that one can be exchanged. */
export interface Assembly {
  /** By import name. */
  readonly systemApi: SystemApiHandlers;
  /** State transitions and what they share. */
  readonly transitions: typeof STANDARD_TRANSITIONS;
  /** Methods of the management canister. */
  readonly management: typeof STANDARD_MANAGEMENT;
  readonly charging: typeof STANDARD_CHARGING;
  /** Asked at each memory.grow: whether there is room for it at this moment. Absent: there is, up to the limit. */
  readonly memoryGrows?: () => boolean;
  /** Weights of instructions; the profile's when absent. */
  readonly weights?: WeightTable;
}

/** The reference model as the specification has it. */
export const standardAssembly: Assembly = {
  systemApi: SYSTEM_API_HANDLERS,
  transitions: STANDARD_TRANSITIONS,
  management: STANDARD_MANAGEMENT,
  charging: STANDARD_CHARGING,
};
