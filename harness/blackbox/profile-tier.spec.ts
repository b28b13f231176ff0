// plumbing: tests of black boxes that are to follow the profile — exact fees, limits and readings, from replies, rejects and status alone
import { executor } from '../../executor/index.js';
import { generateCase, type Family } from '../../generators/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import { mutants } from '../mutants/index.js';
import { blackBoxOf } from './box.js';
import { judgeBlackBox } from './judge.js';
import type { BoxTier } from './play.js';
import { present } from '../../spec/testing/present.js';

const PROFILE = present(profileNamed('conformance'));
/** Cases in which the search for a way to follow a target that fails is short. */
const CASES = [2, 5, 6, 7, 8, 13];

/** The executor, by another profile than it is told. */
const by =
  (change: (profile: Profile) => Profile): EngineFactory =>
  (options) =>
    executor({ ...options, profile: change(options.profile) });

const engineOf = (name: string): EngineFactory => present(mutants.find((one) => one.name === name)).engine;

function judged(engine: EngineFactory, k: number, tier: BoxTier, families: readonly Family[]) {
  const { scenario } = generateCase('profile tier', k, families.length === 0 ? {} : { families });
  return judgeBlackBox(scenario, blackBoxOf(engine), PROFILE, { tier });
}

const verdicts = (engine: EngineFactory, tier: BoxTier) =>
  new Set(CASES.map((k) => judged(engine, k, tier, []).verdict));

/** The first failure, if any: a failure is searched for at length. */
function failureOf(engine: EngineFactory, tier: BoxTier, families: readonly Family[] = []) {
  for (const k of CASES) {
    const [failure] = judged(engine, k, tier, families).failures;
    if (failure !== undefined) return failure;
  }
  return undefined;
}

describe('a black box that follows the profile', () => {
  it('passes', () => {
    expect(verdicts(executor, 'profile')).toEqual(new Set(['pass']));
  });

  it('may have words of its own', () => {
    const shouting = by((profile) => ({
      ...profile,
      rejectMessages: Object.fromEntries(
        Object.entries(profile.rejectMessages).map(([cause, text]) => [cause, `${text.toUpperCase()}!!`]),
      ) as Profile['rejectMessages'],
    }));
    expect(verdicts(shouting, 'profile')).toEqual(new Set(['pass']));
  });
});

describe('a black box that does not', () => {
  it.each<[what: string, engine: EngineFactory]>([
    ['fees', by((profile) => ({ ...profile, fees: { ...profile.fees, call: profile.fees.call + 1n } }))],
    ['weights', engineOf('block-not-charged')],
    ['ingress fee', engineOf('ingress-fee-without-name')],
    ['versions', engineOf('version-without-current')],
  ])('fails by its %s at tier profile, and at no other', (_what, engine) => {
    expect(failureOf(engine, 'spec')).toBeUndefined();
    expect(failureOf(engine, 'profile')).toMatchObject({ tier: 'profile' });
  });

  it('fails at tier spec by what binds everybody', () => {
    const broken = engineOf('stable-grow-gives-new-size');
    expect(failureOf(broken, 'profile', ['memory'])).toMatchObject({ tier: 'spec' });
  });
});
