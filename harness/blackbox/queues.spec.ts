// plumbing: tests that calls which may overtake each other are found
import { generateCase } from '../../generators/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { blackBoxOf } from './box.js';
import { reference } from '../../reference-model/index.js';
import { prepare } from './judge.js';
import { stepsWithQueues } from './queues.js';
import { present } from '../../spec/testing/present.js';

/** The usual run of a case: its transitions, by stroke. */
function transitionsOf(k: number) {
  const { scenario } = generateCase('queues', k, { families: ['calls'] });
  const prepared = prepare(scenario, blackBoxOf(reference).capabilities, present(profileNamed(scenario.profile)));
  if ('verdict' in prepared) return [];
  return prepared.expectations.transitions;
}

describe('calls that may overtake each other', () => {
  it('are those of one canister to another in one step', () => {
    let isFound = false;
    for (let k = 0; k < 12; k++) {
      const transitions = transitionsOf(k);
      const together = stepsWithQueues(transitions, () => 0);
      const apart = stepsWithQueues(transitions, (stroke) => stroke);
      for (const stroke of apart) {
        isFound = true;
        const made = transitions[stroke]?.flatMap(({ messages }) => messages.filter(({ kind }) => kind === 'call'));
        expect(present(made).length).toBeGreaterThan(1);
      }
      // What waits together in a stroke does so in a longer step.
      expect(apart.size > 0 && together.size === 0).toBe(false);
    }
    expect(isFound).toBe(true);
  });
});
