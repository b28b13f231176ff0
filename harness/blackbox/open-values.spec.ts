// plumbing: tests of the ways to fill in what is open — the profile's own values lie within what they agree on
import { generateCase } from '../../generators/index.js';
import type { Nanoseconds } from '../../spec/vocabulary/brands.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { reference, type Assembly } from '../../reference-model/index.js';
import type { Execution } from '../../reference-model/ic/execution.js';
import type { World } from '../../reference-model/ic/world.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import { blackBoxOf } from './box.js';
import { prepare } from './judge.js';
import { WAYS, type Way } from './liberties.js';
import { tellsState } from './observable.js';
import { sightKey } from './observation.js';
import { AS_PROFILE, fillings, profileOf, seedOf, type Filling } from './fillings.js';
import { beginning, nanOf, openValues, passing, passingBetween, reserving } from './open-values.js';
import { agreed, matches } from './patterns.js';
import { Random } from './random.js';
import { runModel, type ModelRun } from './model-run.js';
import { present } from '../../spec/testing/present.js';

const { capabilities } = blackBoxOf(reference);

/** Places of a case at which the profile's own values are none that these fillings allow. */
function outside(k: number, way: Way, filled: readonly Filling[]): readonly string[] {
  const { scenario } = generateCase('bb-free', k, { families: ['calls', 'lifecycle'] });
  const prepared = prepare(scenario, capabilities, present(profileNamed(scenario.profile)));
  if ('verdict' in prepared) throw new Error(prepared.reason);
  const { play } = prepared;
  const run = (filling: Filling): ModelRun => {
    const made = runModel(play, { way, filling });
    if (made === undefined) throw new Error('it does not come to rest');
    return made;
  };
  const seen = filled.map((filling) => new Map(run(filling).sights.map((sight) => [sightKey(sight), sight])));
  const wrong = run(AS_PROFILE).sights.filter((sight) => {
    const tells = tellsState(play.strokes[sight.stroke]?.stimulus);
    return !matches(
      agreed(
        seen.map((sights) => sights.get(sightKey(sight))),
        tells,
      ),
      sight,
    );
  });
  return wrong.map(sightKey);
}

const SOME = [1, 2, 3];

describe('the ways to fill in what is open', () => {
  it('are counted, so that each draws other numbers', () => {
    expect([AS_PROFILE, ...fillings(0), ...fillings(2)].map(seedOf)).toEqual(
      [0, 1, 2, 3, 7, 8, 9].map((n) => `filling ${n}`),
    );
  });

  // Cases whose canisters show what they compute of a time or a version: its upper bytes, a floating-point number, a hash.
  it.each([1, 3, 4, 6, 16, 18])(
    'have the numbers of the profile between them, whatever canisters compute of these (case %i)',
    (k) => {
      expect(SOME.map((n) => outside(k, WAYS[0], fillings(n)))).toEqual([[], [], []]);
      // The extremes alone have not: else the case would say nothing.
      for (const n of SOME) expect(outside(k, WAYS[0], fillings(n).slice(0, 2))).not.toEqual([]);
    },
  );

  it.each(['canister_version', 'performance_counter'])(
    "give another %s where all is dear or free, the model's where half is paid",
    (name) => {
      const of = (filling: Filling) =>
        openValues(filling, false, new Random(name), { [name]: () => 5n })[name]?.({} as Execution, 0n);
      expect(fillings(0).map((filling) => of(filling) === 5n)).toEqual([false, false, true]);
    },
  );

  it('have certificates and keys longer than those of any network, where nothing is paid', () => {
    const [, free] = fillings(0).map((filling) => profileOf(present(profileNamed('conformance')), filling));
    const bytes = [present(free).certificate, present(free).rootKey].map((hex) => hex.length / 2);
    expect(bytes.map((length, i) => length > present([2_000, 200][i]))).toEqual([true, true]);
  });

  it('have lengths that differ in each of their lower five bits', () => {
    const [dear, free] = fillings(0).map((filling) => {
      const { certificate, rootKey, subnetId, rejectMessages } = profileOf(
        present(profileNamed('conformance')),
        filling,
      );
      const blobs = [certificate, rootKey, subnetId].map((hex) => hex.length / 2);
      return [...blobs, ...Object.values(rejectMessages).map((text) => text.length)];
    });
    expect(present(dear).map((length, i) => (length ^ present(present(free)[i])) & 31)).toEqual(
      present(dear).map(() => 31),
    );
  });

  it('have NaNs that in lanes of the other width are numbers of either sign, and NaNs', () => {
    const nans = fillings(0, 'spec').map(
      (filling) => nanOf(filling) ?? { f32: 0x7fc00000, f64Low: 0, f64High: 0x7ff80000 },
    );
    const asUpperHalf = nans.map(({ f32 }) => new Float64Array(new Int32Array([0, f32]).buffer)[0] ?? 0);
    expect(new Set(asUpperHalf.map(Math.sign))).toEqual(new Set([1, -1, NaN]));
    const lowerHalves = nans.map(({ f64Low }) => new Float32Array(new Int32Array([f64Low]).buffer)[0] ?? 0);
    expect(new Set(lowerHalves.map(Number.isNaN))).toEqual(new Set([true, false]));
  });

  it('begin at the time of the harness where half is paid, soon after where all is dear, and with other upper bytes where nothing is paid', () => {
    const time = 1_700_000_000_000_000_000n as Nanoseconds;
    const [dear, free, half] = fillings(0).map((filling) => beginning(time, filling, new Random('time'), true));
    expect(half).toBe(time);
    expect(dear).toBeGreaterThan(time);
    expect([present(dear) >> 40n, present(free) >> 40n]).toEqual([time >> 40n, (time >> 40n) + 1n]);
  });

  it('set as much aside as any implementation, where all is dear: for an execution until it ends, for an installation while it runs', () => {
    const canister = canisterId(0);
    let balance = 0n;
    let during = 0n;
    const draft = {
      canister: () => ({ balance }),
      canisters: { get: () => ({ balance }) },
      put: (changed: { readonly balance: bigint }) => (balance = changed.balance),
    };
    const usual = {
      transitions: { withdrawForMessage: () => 5n },
      management: { installCode: () => (during = balance) },
    } as unknown as Assembly;
    const withdrawn = (filling: Filling, rich: bigint) => {
      balance = rich;
      const { transitions, management } = reserving(filling, usual);
      const amount = transitions.withdrawForMessage({ draft } as unknown as World, canister);
      const left = balance;
      balance = rich;
      management.installCode(
        { draft } as unknown as World,
        { canister } as Parameters<typeof management.installCode>[1],
      );
      return { amount, left, during, after: balance };
    };
    const [rich, poor] = [10n ** 15n, 10n ** 11n];
    const [dear, free] = fillings(0);
    const aside = 5n * 10n ** 11n;
    expect(withdrawn(present(dear), rich)).toEqual({
      amount: 5n + aside,
      left: rich - aside,
      during: rich - 4n * aside,
      after: rich,
    });
    // Who has less than that could not do anything, and free things need nothing.
    expect(withdrawn(present(dear), poor)).toEqual({ amount: 5n, left: poor, during: poor, after: poor });
    expect(withdrawn(present(free), rich)).toEqual({ amount: 5n, left: rich, during: rich, after: rich });
  });

  it('let time pass before steps and between executions, but where half is paid', () => {
    for (const pass of [passing, passingBetween]) {
      const [dear, free, half] = fillings(0).map((filling) => pass(filling, new Random('pass'), true));
      expect([present(dear) > 0n, present(free) > 0n, half]).toEqual([true, true, 0n]);
    }
  });

  it('let time pass for who follows the profile only if he has a clock of his own', () => {
    for (const pass of [passing, passingBetween]) {
      const passed = (controlsTime: boolean) =>
        fillings(0, 'profile').map((filling) => pass(filling, new Random('pass'), controlsTime) > 0n);
      expect(passed(true)).toEqual([false, false, false]);
      expect(passed(false)).toEqual([false, true, false]);
    }
  });

  it('differ in nothing but words for who follows the profile', () => {
    const profile = present(profileNamed('conformance'));
    const [own, ...others] = fillings(0, 'profile').map((filling) => profileOf(profile, filling));
    expect(own).toBe(profile);
    const { certificate, rootKey, subnetId, rejectMessages } = profile;
    for (const other of others) {
      expect(other).not.toEqual(profile);
      expect({ ...other, certificate, rootKey, subnetId, rejectMessages }).toEqual(profile);
    }
  });
});
