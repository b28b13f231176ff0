// plumbing: what can be seen of a subnet from outside — outcomes, ends of requests, status — as values that can be compared
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { Response, StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import { setupStimuli } from '../scheduler/setup.js';
import type { CanisterStatus } from '../protocol/messages.js';

/** A stimulus with the step that it belongs to; -1: the setup. */
export interface Stroke {
  readonly step: number;
  readonly stimulus: Stimulus;
}

/** Everything that is done to a black box, in order. Picks and held messages are left out: a black box decides for itself. */
export function strokesOf({ setup, steps }: Scenario): readonly Stroke[] {
  return [
    ...setupStimuli(setup).map((stimulus) => ({ step: -1, stimulus })),
    ...steps.flatMap(({ stimulus }, step) => (stimulus === undefined ? [] : [{ step, stimulus }])),
  ];
}

/**
 * One thing that was seen. `what`: `outcome`, `response` (of the request that the stroke made) or `status` (of the canister that the
 * stroke is about). Reject messages are nobody's business and left out.
 */
export interface Sight {
  readonly stroke: number;
  readonly what: 'outcome' | 'response' | 'status';
  readonly value: string;
  /** Of a reject; 0: none. */
  readonly rejectCode: number;
}

/** The name of what was seen, the same in every run of the scenario. */
export function sightKey({ stroke, what }: Sight): string {
  return `${stroke} ${what}`;
}

export function outcomeSight(stroke: number, outcome: StimulusOutcome): Sight {
  switch (outcome.kind) {
    case 'accepted':
    case 'done':
      return { stroke, what: 'outcome', value: outcome.kind, rejectCode: 0 };
    case 'refused':
      return { stroke, what: 'outcome', value: 'refused', rejectCode: 0 };
    case 'responded':
      return { ...responseSight(stroke, outcome.response), what: 'outcome' };
  }
}

export function responseSight(stroke: number, response: Response): Sight {
  const reject = response.kind === 'reject';
  const value = reject
    ? `reject with code ${response.code}`
    : `reply ${response.data === '' ? '(empty)' : response.data}`;
  return { stroke, what: 'response', value, rejectCode: reject ? response.code : 0 };
}

export function statusSight(stroke: number, { exists, status, moduleHash }: CanisterStatus): Sight {
  const value = exists ? `${status ?? 'status not shown'}, module ${moduleHash ?? 'none'}` : 'no such canister';
  return { stroke, what: 'status', value, rejectCode: 0 };
}

/** The canister that a stimulus is about. */
export function canisterOf(stimulus: Stimulus): Principal | undefined {
  return 'canister' in stimulus ? stimulus.canister : undefined;
}
