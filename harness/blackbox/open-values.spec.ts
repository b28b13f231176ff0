// plumbing: tests of the ways to fill in what is open — the profile's own values lie within what they agree on
import { generateCase } from '../../generators/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { reference } from '../../reference-model/index.js';
import { blackBoxOf } from './box.js';
import { prepare } from './judge.js';
import { WAYS, type Way } from './liberties.js';
import { tellsState } from './observable.js';
import { sightKey } from './observation.js';
import { fillings } from './open-values.js';
import { agreed, matches } from './patterns.js';
import { runModel, type ModelRun } from './runs.js';

const { capabilities } = blackBoxOf(reference);

/** Places at which the profile's own values are none that the fillings of a way allow. */
function outside(k: number, way: Way, n: number): readonly string[] {
  const { scenario } = generateCase('bb-free', k);
  const prepared = prepare(scenario, capabilities, profileNamed(scenario.profile)!);
  if ('verdict' in prepared) throw new Error(prepared.reason);
  const { play } = prepared;
  const run = (filling: number): ModelRun => {
    const made = runModel(play, { way, filling });
    if (made === undefined) throw new Error('it does not come to rest');
    return made;
  };
  const seen = fillings(n).map((filling) => new Map(run(filling).sights.map((sight) => [sightKey(sight), sight])));
  const wrong = run(0).sights.filter((sight) => {
    const tells = tellsState(play.strokes[sight.stroke]?.stimulus);
    return !matches(agreed(seen.map((sights) => sights.get(sightKey(sight))), tells), sight); // prettier-ignore
  });
  return wrong.map(sightKey);
}

describe('the ways to fill in what is open', () => {
  it('have the clock that goes as the harness says between them, late in a long case, too', () => {
    // Its canisters log the time, and a few seconds later the upper bytes of it are others.
    expect([1, 2, 3].map((n) => outside(15, WAYS[0], n))).toEqual([[], [], []]);
  });

  it('have the numbers of the profile between them, whatever canisters compute of these', () => {
    // A version as a floating-point number: that of a large one has another exponent.
    expect([1, 2, 3].map((n) => outside(80, WAYS[0], n))).toEqual([[], [], []]);
  });
});
