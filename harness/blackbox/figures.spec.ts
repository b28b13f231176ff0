// plumbing: tests of the figures that canisters tell — versions have a lower bound, balances two
import { canisterId } from '../../spec/vocabulary/ids.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { CanisterDigest, TransitionRecord } from '../../spec/vocabulary/record.js';
import { hex } from '../../spec/vocabulary/brands.js';
import { areWithin, figuresText, rangesOf, rangesText, SpareIncrements, spanned } from './figures.js';
import { FIGURES } from './observable.js';
import type { Sight } from './observation.js';

const reply = (version: bigint, balance: bigint): Buffer => {
  const data = Buffer.alloc(FIGURES.bytes);
  data.writeBigUInt64LE(version, FIGURES.version.at);
  data.writeBigUInt64LE(balance & 0xffff_ffff_ffff_ffffn, FIGURES.balance.at);
  data.writeBigUInt64LE(balance >> 64n, FIGURES.balance.at + 8);
  return data;
};
const told = (version: bigint, balance: bigint, pages = 0n, exact = false): Sight => {
  return { stroke: 0, what: 'outcome', value: 'reply', rejectCode: 0, figures: { version, balance, pages, exact } };
};

const RICH = 1n << 70n;

describe('what a canister may tell of itself', () => {
  const ranges = rangesOf([told(4n, RICH), told(5n, RICH - 10n ** 12n)]) ?? [];

  it('is any version from the increments that are guaranteed', () => {
    expect(areWithin(ranges, reply(3n, RICH))).toBe(false);
    expect(areWithin(ranges, reply(4n, RICH))).toBe(true);
    expect(areWithin(ranges, reply(4_000n, RICH))).toBe(true);
  });

  it('is at most the balance that is left where nothing costs anything', () => {
    expect(areWithin(ranges, reply(4n, RICH + 1n))).toBe(false);
    expect(areWithin(ranges, reply(4n, RICH + (1n << 64n)))).toBe(false);
  });

  it('is about the balance that is left where everything costs much, or more', () => {
    expect(areWithin(ranges, reply(4n, RICH - 2n * 10n ** 12n))).toBe(true);
    expect(areWithin(ranges, reply(4n, RICH - 3n * 10n ** 12n))).toBe(false);
  });

  it('is less where the canister holds much memory', () => {
    const fourGibibytes = rangesOf([told(4n, RICH, 65_536n)]) ?? [];
    expect(areWithin(fourGibibytes, reply(4n, RICH - 80n * 10n ** 12n))).toBe(true);
    expect(areWithin(fourGibibytes, reply(4n, RICH - 200n * 10n ** 12n))).toBe(false);
  });

  it('is, of who follows the profile, the version and the balance that it says', () => {
    const exact = rangesOf([told(4n, RICH, 0n, true), told(4n, RICH, 0n, true)]) ?? [];
    expect(areWithin(exact, reply(4n, RICH))).toBe(true);
    for (const other of [reply(5n, RICH), reply(3n, RICH), reply(4n, RICH + 1n), reply(4n, RICH - 1n)])
      expect(areWithin(exact, other)).toBe(false);
    // Where it follows from words or a clock what is charged, the balance is not known so well.
    const about = rangesOf([told(4n, RICH, 0n, true), told(4n, RICH - 10n, 0n, true)]) ?? [];
    expect([reply(4n, RICH - 100n), reply(5n, RICH)].map((one) => areWithin(about, one))).toEqual([true, false]);
  });

  it('reads as people count', () => {
    expect(rangesText(ranges)).toMatch(/^\(version at least 4; balance from \d+ to 1180591620717411303424\)$/);
    expect(rangesText(rangesOf([told(4n, 7n, 0n, true)]) ?? [])).toBe('(version 4; balance 7)');
    expect(figuresText(hex(reply(4n, RICH).toString('hex')))).toBe('(version 4; balance 1180591620717411303424)');
  });

  it('is nothing where a run tells no figures', () => {
    expect(rangesOf([told(4n, RICH), { stroke: 0, what: 'outcome', value: 'reply', rejectCode: 0 }])).toBeUndefined();
  });

  it('spans what two ways to decide allow', () => {
    const other = rangesOf([told(2n, 5n)]) ?? [];
    expect(areWithin(spanned(ranges, other), reply(2n, RICH))).toBe(true);
    expect(areWithin(spanned(ranges, other), reply(1n, RICH))).toBe(false);
  });
});

describe('increments that are guaranteed', () => {
  const canister = canisterId(0);
  const digest = { canister, version: 7n, balance: RICH, stablePages: 0n } as unknown as CanisterDigest;
  const returned = (entryPoint: EntryPoint) =>
    ({
      cause: { kind: 'execute' },
      executions: [{ canister, entryPoint, outcome: { kind: 'returned' } }],
      after: [],
    }) as unknown as TransitionRecord;
  const after = (...entryPoints: readonly EntryPoint[]) => {
    const spare = new SpareIncrements('spec');
    for (const entryPoint of entryPoints) spare.afterTransition(returned(entryPoint));
    return spare.of(digest, hex(reply(9n, RICH).toString('hex')))?.version;
  };

  it('are those of updates and response callbacks', () => {
    expect(after('canister_update', 'reply callback')).toBe(7n);
  });

  it.each(['canister_query replicated', 'canister_on_low_wasm_memory', 'cleanup callback after reply'] as const)(
    'are not those after %s, about which the texts differ',
    (entryPoint) => {
      expect(after(entryPoint)).toBe(6n);
    },
  );

  it('are not those that an implementation makes of its own accord', () => {
    const spare = new SpareIncrements('spec');
    const bump = {
      cause: { kind: 'bump-version', canister },
      executions: [],
      after: [],
    } as unknown as TransitionRecord;
    for (const record of [bump, bump]) spare.afterTransition(record);
    expect(spare.of(digest, hex(reply(9n, RICH).toString('hex')))?.version).toBe(5n);
  });

  // The model counts each request when it arrives, and the end of the stopping.
  it.each<[guaranteed: string, least: bigint, ...statuses: readonly CanisterDigest['status'][]]>([
    ['none while a stop_canister waits', 6n, 'stopping'],
    ['none while two wait', 5n, 'stopping', 'stopping'],
    ['one after a stop_canister that had nothing to wait for', 6n, 'stopped'],
    ['two after two that are answered at once', 6n, 'stopping', 'stopped'],
    ['another one after a stop_canister of a stopped canister', 6n, 'stopped', 'stopped'],
  ])('are %s', (_, least, ...statuses) => {
    const spare = new SpareIncrements('spec');
    for (const status of statuses) {
      const record = { cause: { kind: 'stop', canister }, executions: [], after: [{ canister, status }] };
      spare.afterTransition(record as unknown as TransitionRecord);
    }
    expect(spare.of(digest, hex(reply(9n, RICH).toString('hex')))?.version).toBe(least);
  });

  it('are not told by a reply that some other code has made', () => {
    const tells = (balance: bigint) => new SpareIncrements('spec').of(digest, hex(reply(7n, balance).toString('hex')));
    expect(tells(5n)).toBeUndefined();
    expect(tells(RICH + 1n)).toBeUndefined();
    // The balance falls while a canister tells it, by 2^20 cycles at most.
    expect(tells(RICH - (1n << 20n))).toBeDefined();
    expect(tells(RICH - (1n << 20n) - 1n)).toBeUndefined();
  });
});
