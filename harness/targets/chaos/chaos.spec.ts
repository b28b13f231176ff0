// plumbing: tests of chaos — it conforms, uses its freedoms, and can be repeated
import { generateCase } from '../../../generators/index.js';
import { profileNamed } from '../../../spec/profiles/profiles.js';
import { judgeBlackBox, prepare } from '../../blackbox/judge.js';
import { sightKey } from '../../blackbox/observation.js';
import { runTarget } from '../../blackbox/target-run.js';
import { chaos } from './chaos.js';
import { present } from '../../../spec/testing/present.js';

const PROFILE = present(profileNamed('conformance'));
const CASES = [2, 5, 7, 11, 12];

const prepared = (seed: string, k: number) => {
  const { target, capabilities } = chaos(seed);
  const made = prepare(generateCase('chaos', k).scenario, capabilities, PROFILE);
  return 'verdict' in made ? undefined : { target, ...made };
};

function seen(seed: string, k: number): readonly unknown[] | undefined {
  const one = prepared(seed, k);
  return one && runTarget(one.target, one.play);
}

describe('chaos', () => {
  it('is never accused', () => {
    for (const k of CASES) {
      const { target, capabilities } = chaos('a');
      const result = judgeBlackBox(generateCase('chaos', k).scenario, { target, capabilities }, PROFILE);
      expect({ k, failures: result.failures }).toEqual({ k, failures: [] });
      expect(['pass', 'poisoned', 'skipped']).toContain(result.verdict);
    }
  }, 30_000);

  it('is never accused at tier profile where it follows the profile', () => {
    for (const k of CASES) {
      const box = chaos('a', 'profile');
      const result = judgeBlackBox(generateCase('chaos', k).scenario, box, PROFILE, { tier: 'profile' });
      expect({ k, failures: result.failures }).toEqual({ k, failures: [] });
      expect(['pass', 'poisoned', 'skipped']).toContain(result.verdict);
    }
  }, 30_000);

  it('does the same for the same seed', () => {
    expect(seen('a', present(CASES[0]))).toEqual(seen('a', present(CASES[0])));
  });

  it('does not do the usual', () => {
    const unusual = ['a', 'b', 'c', 'd'].flatMap((seed) =>
      CASES.filter((k) => {
        const one = prepared(seed, k);
        if (one === undefined) return false;
        const sights = runTarget(one.target, one.play);
        return sights.some((sight) => one.expectations.usualSight(sightKey(sight))?.data !== sight.data);
      }),
    );
    expect(unusual.length).toBeGreaterThan(0);
  });

  it('gives canisters ids of its own, which are those of the case for who looks at it', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'].map((seed) => {
      const { target } = chaos(seed);
      target.ask({ do: 'begin', profile: 'conformance', time: 0n as never, modules: [] });
      const made = target.ask({
        do: 'submit',
        stimulus: {
          kind: 'create',
          sender: '04' as never,
          cycles: (10n ** 15n) as never,
          reservedCycles: 0n as never,
          settings: {},
        },
      });
      return made.is === 'submitted' ? made.canister : undefined;
    });
    expect(new Set(ids).size).toBeGreaterThan(2);
  });

  it('shows neither time nor balances, and lacks imports of late in some of its kinds', () => {
    const kinds = Array.from({ length: 12 }, (_, k) => chaos(String(k)).capabilities);
    expect(kinds.every(({ time, balances, records }) => !time && !balances && !records)).toBe(true);
    expect(kinds.some(({ imports }) => imports === undefined)).toBe(true);
    expect(kinds.some(({ imports }) => imports?.includes('msg_caller_info_data_size') === false)).toBe(true);
  });
});
