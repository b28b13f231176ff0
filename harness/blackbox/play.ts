// plumbing: what is run on the model and on a black box alike, and what both kinds of runs keep track of
import type { Profile } from '../../spec/profiles/profile.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { Response } from '../../spec/vocabulary/record.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import type { Tier } from '../../spec/vocabulary/verdict.js';
import { canisterOf, noResponse, responseSight, type Sight, type Stroke } from './observation.js';

/**
 * Whom a black box is taken for: any conforming implementation, or one that follows the profile. At tier `profile` its fees, weights, limits and
 * readings are the profile's; what happens when, and the words and ids that an implementation gives, stay open.
 */
export type BoxTier = Exclude<Tier, 'differential'>;

export const BOX_TIERS = ['spec', 'profile'] as const satisfies readonly BoxTier[];

/** The tier of black boxes under a ceiling. What only two engines can be compared in is not asked of them. */
export const boxTier = (ceiling: Tier): BoxTier => (ceiling === 'spec' ? 'spec' : 'profile');

/** What is run: strokes on modules. */
export interface Play {
  readonly scenario: Scenario;
  readonly strokes: readonly Stroke[];
  readonly modules: readonly Uint8Array[];
  readonly profile: Profile;
  readonly tier: BoxTier;
  /** Whether the target may take messages in another order than the default policy. */
  readonly reorders: boolean;
  /** Whether the target's canisters see the time that the harness says. */
  readonly controlsTime: boolean;
  /** Whether the canisters' own query tells their figures, too. */
  readonly figures: boolean;
}

/** Canisters whose status is asked for when nothing more happens, each with the last stroke that was about it. */
export class StatusQuestions {
  #canisters = new Map<Principal, number>();

  /** The canisters to ask for after a stroke; none as long as what comes of it may be under way. */
  after(k: number, { stimulus, pause }: Stroke): Iterable<readonly [Principal, number]> {
    const canister = canisterOf(stimulus);
    if (canister !== undefined) this.#canisters.set(canister, k);
    if (pause !== undefined) return [];
    const canisters = this.#canisters;
    this.#canisters = new Map();
    return canisters;
  }
}

/** Requests that have not ended, and the strokes that made them. */
export class OpenRequests {
  readonly #strokes = new Map<number, number>();

  constructor(private readonly strokes: readonly Stroke[]) {}

  accepted(request: number, stroke: number): void {
    this.#strokes.set(request, stroke);
  }

  /**
   * @param now the stroke in which it ended
   * @param codes that alternative readings give to a reject
   */
  ended(request: number, now: number, response: Response, codes?: readonly number[]): Sight {
    const stroke = this.#strokes.get(request) ?? now;
    this.#strokes.delete(request);
    const stimulus = this.strokes[stroke]?.stimulus;
    if (stimulus === undefined) throw new Crash(`there is no stroke ${stroke}`);
    const sight = responseSight(stroke, stimulus, response, codes);
    return now === stroke ? sight : { ...sight, seenAt: now };
  }

  /** What is seen in the end of those that have not ended. */
  sights(): readonly Sight[] {
    return [...this.#strokes.values()].map(noResponse);
  }
}
