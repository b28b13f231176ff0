// plumbing: a test that stories have the canisters that they tell of
import { executor } from '../../executor/index.js';
import { generateCase } from '../../generators/index.js';
import { reference } from '../../reference-model/index.js';
import { runCase } from './run-case.js';

const CASES = 500;

/** The families that tell stories; canisters with missions have all that they need. */
const families = ['cycles', 'calls', 'lifecycle', 'memory', 'interplay'] as const;

/** What these tell is that a canister is not made, or has no code, by chance or to the last cycle. */
const MAY_BE_REFUSED: readonly string[] = [
  'anything, in any order',
  'installed for what it costs',
  'time costs cycles',
];

it('what the setup asks for is done, but in stories about that: otherwise they tell nothing', () => {
  const refused = new Set<string>();
  let done = 0;
  for (let k = 0; k < CASES; k++) {
    const { scenario, aims } = generateCase('setups', k, { families });
    const { observed = [] } = runCase(scenario, { target: executor, against: reference, observe: true });
    const isDone = observed
      .filter(({ step }) => step < 0)
      .every(
        ({ outcome }) =>
          outcome?.expected?.kind === undefined ||
          !('response' in outcome.expected) ||
          outcome.expected.response.kind === 'reply',
      );
    if (isDone) done += 1;
    else refused.add(aims.find((aim) => aim.startsWith('story')) ?? 'missions');
  }
  expect([...refused].filter((aim) => !MAY_BE_REFUSED.some((name) => aim.includes(name)))).toEqual([]);
  expect(done).toBeGreaterThan(0.9 * CASES);
});
