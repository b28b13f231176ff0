// plumbing: what can be seen of a subnet from outside — outcomes, ends of requests, status — as values that can be compared
import { bytesOf, type Hex, type Principal } from '../../spec/vocabulary/brands.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import type { Response, StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import type { CanisterStatus } from '../protocol/messages.js';
import { certifiedDataIn } from '../certificate.js';
import { certificateQuestion, observation, question, showsCertificate, tellsState } from './observable.js';
import { setupStimuli } from '../scheduler/setup.js';

/** A stimulus with the step that it belongs to; -1: the setup. */
export interface Stroke {
  readonly step: number;
  readonly stimulus: Stimulus;
  /** The next stimulus comes after about so many executions of messages; absent: when nothing more happens by itself. */
  readonly pause?: number;
}

/**
 * Everything that is done to a black box, in order: the steps, and after each that may have changed a canister a question about what it
 * has logged, and for a certificate where certified data are set; in the end every canister that was not asked just now is. A black box decides for
 * itself what happens next, so of picks only their number counts.
 * @param pauses whether messages may be held back, so that the next step meets calls that are open; the questions come after the last of such steps
 */
export function strokesOf(scenario: Scenario, pauses = false): readonly Stroke[] {
  const { setup, steps } = scenario;
  const strokes: Stroke[] = setupStimuli(setup).map((stimulus) => ({ step: -1, stimulus }));
  const ask = (step: number, asked: Extract<Stimulus, { kind: 'query' }>): void => {
    strokes.push({ step, stimulus: asked });
    const certificate = certificateQuestion(scenario, asked.canister);
    if (certificate !== undefined) strokes.push({ step, stimulus: certificate });
  };
  const toAsk = new Map<Principal, Extract<Stimulus, { kind: 'query' }>>();
  for (const [step, { stimulus, picks = [], hold }] of steps.entries()) {
    const holds = pauses && hold === true && step < steps.length - 1;
    const last = strokes.at(-1);
    if (stimulus !== undefined) {
      strokes.push({ step, stimulus, ...(holds && { pause: picks.length }) });
      const asked = observation(scenario, stimulus);
      if (asked !== undefined) toAsk.set(asked.canister, asked);
    } else if (last?.pause !== undefined) {
      // A step that only lets something happen makes the pause before it longer, or ends it.
      strokes[strokes.length - 1] = {
        step: last.step,
        stimulus: last.stimulus,
        ...(holds && { pause: last.pause + picks.length }),
      };
    }
    if (holds) continue;
    const { step: told = step } = strokes.at(-1) ?? {};
    for (const asked of toAsk.values()) ask(told, asked);
    toAsk.clear();
  }
  const last = strokes.findLast(({ stimulus }) => !showsCertificate(stimulus))?.stimulus;
  for (const k of setup.canisters.keys()) {
    const asked = steps.length > 0 ? question(scenario, canisterId(k)) : undefined;
    const isAsked = last !== undefined && tellsState(last) && canisterOf(last) === asked?.canister;
    if (asked !== undefined && !isAsked) ask(steps.length - 1, asked);
  }
  return strokes;
}

/** The strokes without some of them. What was to happen after one of these happens after the one before. */
export function withoutStrokes(strokes: readonly Stroke[], gone: (stroke: Stroke) => boolean): readonly Stroke[] {
  const left: Stroke[] = [];
  for (const stroke of strokes) {
    const last = left.at(-1);
    if (!gone(stroke)) left.push(stroke);
    else if (last?.pause !== undefined && stroke.pause === undefined)
      left[left.length - 1] = { step: last.step, stimulus: last.stimulus };
  }
  return left;
}

/**
 * For each stroke the first step of those that are not told apart: of one step, or with pauses between them. What came of a pause may stay hidden
 * for longer: while a canister is stopped it does not tell its state.
 * @param isAnswered whether the target answered the question for a canister's state that the stroke asks; undefined: it asks none
 */
export function stretchesOf(
  strokes: readonly Stroke[],
  isAnswered: (stroke: number) => boolean | undefined = () => undefined,
): readonly number[] {
  const stretches: number[] = [];
  let isPaused = false;
  let isHidden = false;
  for (const [k, { step }] of strokes.entries()) {
    const before = strokes[k - 1];
    const isLater = before?.step !== step;
    const goesOn = before !== undefined && (before.pause !== undefined || !isLater || (isPaused && isHidden));
    stretches.push(goesOn ? (stretches[k - 1] ?? step) : step);
    if (!goesOn) isPaused = false;
    if (isLater) isHidden = false;
    if (strokes[k]?.pause !== undefined) isPaused = true;
    if (isAnswered(k) === false) isHidden = true;
  }
  return stretches;
}

/** What is looked at: how the stimulus ended, the response of the request that it made, the status of the canister that it is about. */
export type What = 'outcome' | 'response' | 'status';

/**
 * One thing that was seen. Reject messages are nobody's business and left out; so are the codes with which management calls are
 * rejected.
 */
export interface Sight {
  readonly stroke: number;
  readonly what: What;
  /** In words; of a reply that is not empty the word `reply`, with the data apart. */
  readonly value: string;
  readonly data?: Hex;
  /** Of a reject; 0: none. */
  readonly rejectCode: number;
  /** What else it may be: the same reject with a code that another reading gives it. Only what the model shows has that. */
  readonly orValues?: readonly string[];
  /** What the canister that tells about itself must hold. Only what the model shows has that. */
  readonly figures?: Figures;
  /** The stroke in which it was seen, where that is not the one that it belongs to: responses may come later, or never. */
  readonly seenAt?: number;
}

/** What a canister holds when it tells about itself. */
export interface Figures {
  /** Increments of its version, since it was created: all of them, or only those that are guaranteed. */
  readonly version: bigint;
  /** Cycles. */
  readonly balance: bigint;
  /** Pages of both memories: holding them may cost more than any profile says. */
  readonly pages: bigint;
  /** Whether they are those of the profile, of a target that follows it. */
  readonly exact: boolean;
}

/** The name of what was seen, the same in every run of the scenario. */
export function sightKey({ stroke, what }: Pick<Sight, 'stroke' | 'what'>): string {
  return `${stroke} ${what}`;
}

/** What the name of a sight says. */
export function placeOf(key: string): Pick<Sight, 'stroke' | 'what'> {
  const [stroke, what] = key.split(' ');
  return { stroke: Number(stroke), what: what as What };
}

/** A sight as people read it. */
export function describe({ value, data }: Sight): string {
  return data === undefined ? value : `${value} ${data}`;
}

/** @param others codes that other readings give to a reject */
export function outcomeSight(
  stroke: number,
  stimulus: Stimulus,
  outcome: StimulusOutcome,
  others?: readonly number[],
): Sight {
  switch (outcome.kind) {
    case 'accepted':
    case 'done':
    case 'refused':
      return { stroke, what: 'outcome', value: outcome.kind, rejectCode: 0 };
    case 'responded': {
      // Who may top up a canister is read in two ways (37): only that it ends is looked at.
      if (stimulus.kind === 'deposit') return { stroke, what: 'outcome', value: 'done', rejectCode: 0 };
      const sight = responseSight(stroke, stimulus, outcome.response, others);
      return { ...sight, what: 'outcome' };
    }
  }
}

/** A certificate that cannot be read, or does not show certified data: what is supplied with a query is its environment's. */
export const NO_CERTIFIED_DATA = 'no readable certificate';

/** What a canister's certified data are, by a certificate or by what the model knows. */
function certifiedSight(stroke: number, data: Hex | undefined): Sight {
  const value = data === undefined ? NO_CERTIFIED_DATA : `certified data ${data === '' ? '(empty)' : data}`;
  return { stroke, what: 'outcome', value, rejectCode: 0 };
}

/** What came of a question for a certificate: of a reply what it shows. @param known what the certified data are, where the model answers */
export function certificateSight(sight: Sight, stimulus: Stimulus, known?: () => Hex): Sight {
  const { stroke, data } = sight;
  if (data === undefined) return sight;
  if (known !== undefined) return { ...certifiedSight(stroke, known()), orValues: [NO_CERTIFIED_DATA] };
  const canister = canisterOf(stimulus);
  return certifiedSight(stroke, canister && certifiedDataIn(bytesOf(data), canister));
}

const rejectWith = (code: number) => `reject with code ${code}`;

/** @param others codes that other readings give to the reject */
export function responseSight(
  stroke: number,
  stimulus: Stimulus,
  response: Response,
  others?: readonly number[],
): Sight {
  if (response.kind === 'reply') {
    return { stroke, what: 'response', value: 'reply', data: response.data, rejectCode: 0 };
  }
  const toCanister = stimulus.kind === 'ingress' || stimulus.kind === 'query' || stimulus.kind === 'transform';
  const value = toCanister ? rejectWith(response.code) : 'reject';
  const orValues = toCanister && others !== undefined ? { orValues: others.map(rejectWith) } : {};
  return { stroke, what: 'response', value, ...orValues, rejectCode: response.code };
}

/** What the status of a canister shows. */
export function statusSight(stroke: number, { exists, status, moduleHash }: CanisterStatus): Sight {
  const value = exists ? `${status ?? 'status not shown'}, module ${moduleHash ?? 'none'}` : 'no such canister';
  return { stroke, what: 'status', value, rejectCode: 0 };
}

const NEVER = Number.MAX_SAFE_INTEGER;

/** A request that has not ended. */
export function noResponse(stroke: number): Sight {
  return { stroke, what: 'response', value: 'no response', rejectCode: 0, seenAt: NEVER };
}

/** The canister that a stimulus is about. */
export function canisterOf(stimulus: Stimulus): Principal | undefined {
  return 'canister' in stimulus ? stimulus.canister : undefined;
}
