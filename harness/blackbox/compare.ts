// plumbing: two targets compared with each other by what can be seen of both — for two versions of one implementation
import type { Profile } from '../../spec/profiles/profile.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { Tally } from '../oracle/reached.js';
import type { Capabilities } from '../target.js';
import type { CaseResult, Failure } from '../types.js';
import { blame } from './blame.js';
import { KINDS, observedIn, prepare, verdictOf, type BlackBox, type Prepared } from './judge.js';
import { describe, sightKey, type Sight } from './observation.js';
import { runTarget } from './target-run.js';

/**
 * Runs a scenario on both. Every difference in what is seen is a failure of tier `differential`, whether the specification leaves it
 * open or not; the model only says which clause it is about. Steps that one of the two cannot do are left out.
 * @param observe return the transitions of the model's usual run, since the targets show none
 */
export function compareBlackBoxes(
  scenario: Scenario,
  target: BlackBox,
  against: BlackBox,
  profile: Profile,
  observe = false,
): CaseResult {
  const tally = new Tally();
  const result = (rest: Pick<CaseResult, 'verdict' | 'reason'>, failures: readonly Failure[] = []): CaseResult => ({
    ...rest,
    failures,
    reached: tally.reached,
  });
  try {
    const prepared = prepare(scenario, shared(target.capabilities, against.capabilities), profile, {
      all: true,
      certificates: false,
    });
    if ('verdict' in prepared) return prepared;
    const actual = seen(prepared, target);
    const expected = seen(prepared, against);
    const shown = observe ? { observed: observedIn(prepared) } : {};
    const unsaid = prepared.leftOut.length > 0 ? { leftOut: prepared.leftOut } : {};
    for (const key of new Set([...expected.keys(), ...actual.keys()])) {
      const [mine, other] = [actual.get(key), expected.get(key)];
      const sight = mine ?? other;
      if (sight === undefined) continue;
      const { stroke, what } = sight;
      const { play, expectations } = prepared;
      const rule = blame(play, expectations.transitions, { stroke, what, expected: other, actual: mine });
      tally.clause(rule);
      if (textOf(mine) === textOf(other)) continue;
      const failure: Failure = {
        rule,
        tier: 'differential',
        kind: KINDS[what],
        step: play.strokes[stroke]?.step ?? -1,
        transition: expectations.transitions.slice(0, stroke + 1).reduce((sum, list) => sum + list.length, 0) - 1,
        expected: textOf(other),
        actual: textOf(mine),
      };
      return { ...result({ verdict: 'fail' }, [failure]), ...shown, ...unsaid };
    }
    return { ...result({ verdict: 'pass' }), ...shown, ...unsaid };
  } catch (error) {
    return result(verdictOf(error));
  }
}

function seen({ play }: Prepared, { target }: BlackBox): ReadonlyMap<string, Sight> {
  return new Map(runTarget(target, play).map((sight) => [sightKey(sight), sight]));
}

function textOf(sight: Sight | undefined): string {
  return sight === undefined ? 'nothing' : describe(sight);
}

/** What both can do. */
function shared(a: Capabilities, b: Capabilities): Capabilities {
  const both = <T>(mine: readonly T[], other: readonly T[]): readonly T[] => mine.filter((one) => other.includes(one));
  const imports =
    a.imports === undefined || b.imports === undefined ? (a.imports ?? b.imports) : both(a.imports, b.imports);
  return {
    records: false,
    balances: a.balances && b.balances,
    time: a.time && b.time,
    reorders: a.reorders || b.reorders,
    widths: both(a.widths, b.widths),
    stimuli: both(a.stimuli, b.stimuli),
    entryPoints: both(a.entryPoints, b.entryPoints),
    ...(imports !== undefined && { imports }),
  };
}
