// plumbing: fillings — ways to fill in what the specification leaves open, each with the profile that it makes of the one that a case was made for
import type { Profile } from '../../spec/profiles/profile.js';
import { application13 } from '../../spec/profiles/profiles.js';
import type { Hex, Principal } from '../../spec/vocabulary/brands.js';
import type { BoxTier } from './play.js';

/**
 * What everything costs: as the profile says, about three times as much, nothing, or half. `wordy` and `terse`: as the profile says, by implementations
 * with other words, ids and certificates, and, unless the harness sets it, another clock.
 */
export type Prices = 'profile' | 'wordy' | 'terse' | 'costly' | 'free' | 'half';

/**
 * A way to fill in what is open. What comes out the same in several fillings does not depend on open values, or lies between bounds that
 * hold for all of them.
 */
export interface Filling {
  readonly prices: Prices;
  /** Other numbers are drawn in each round. */
  readonly round: number;
}

/** Everything as the profile says. There are no draws in it. */
export const AS_PROFILE: Filling = { prices: 'profile', round: 0 };

const PRICES = ['costly', 'free', 'half'] as const satisfies readonly Prices[];

/** The fillings of a round: between their prices lie those of any implementation that the tier binds. */
export function fillings(round: number, tier: BoxTier = 'spec'): readonly Filling[] {
  switch (tier) {
    case 'spec':
      return PRICES.map((prices) => ({ prices, round }));
    case 'profile':
      return [AS_PROFILE, { prices: 'wordy', round }, { prices: 'terse', round }];
  }
}

/** The fillings of the usual way. */
export function usualFillings(tier: BoxTier): readonly Filling[] {
  return [AS_PROFILE, ...fillings(0, tier).filter((filling) => filling !== AS_PROFILE)];
}

/** What the numbers of a filling are drawn from: fillings are counted, AS_PROFILE is 0. */
export function seedOf({ prices, round }: Filling): string {
  switch (prices) {
    case 'profile':
      return 'filling 0';
    case 'wordy':
    case 'terse':
      return `${prices} ${round}`;
    case 'costly':
    case 'free':
    case 'half':
      return `filling ${1 + PRICES.length * round + PRICES.indexOf(prices)}`;
  }
}

const mapped = <K extends string>(values: Readonly<Record<K, string>>, text: (key: string) => string) =>
  Object.fromEntries(Object.keys(values).map((key) => [key, text(key)])) as Record<K, string>;

/** The shortest messages that still tell the causes apart. */
function oneLetterEach<K extends string>(messages: Readonly<Record<K, string>>): Record<K, string> {
  const causes = Object.keys(messages);
  return mapped(messages, (cause) => String.fromCharCode(A + causes.indexOf(cause)));
}

const A = 0x41;

/**
 * About three times the profile's prices. Memory costs four times as much, and a canister costs something by being there: newer replicas
 * charge more for both (docs/profiles.md). Whatever is the same at these prices and for free is the same at all prices between.
 */
function costly(profile: Profile): Profile {
  const { fees, systemCalls } = profile;
  return {
    ...profile,
    fees: {
      ...fees,
      messageExecution: fees.messageExecution * 3n + 7n,
      ingressMessage: fees.ingressMessage * 3n + 1n,
      ingressByte: fees.ingressByte * 3n + 13n,
      call: fees.call * 3n + 11n,
      callByte: fees.callByte * 3n + 17n,
      tenInstructions: { i32: fees.tenInstructions.i32 * 3n + 3n, i64: fees.tenInstructions.i64 * 3n + 5n },
      // newer code charges two and a half times as much for storage, and a subnet of 34 nodes as much again
      gibibyteSecond: fees.gibibyteSecond * 7n,
      computePercentSecond: fees.computePercentSecond * 3n,
      canisterSecond: 30_000n,
    },
    systemCalls: {
      ...systemCalls,
      default: { base: systemCalls.default.base * 2n + 41n, perByte: systemCalls.default.perByte },
    },
    ...wordy(profile),
  };
}

type Words = Pick<Profile, 'rejectMessages' | 'certificate' | 'rootKey' | 'subnetId'>;

/** Long messages, short blobs. */
const wordy = ({ rejectMessages }: Profile): Words => ({
  rejectMessages: mapped(rejectMessages, (cause) =>
    toLength(`other words for ${cause}, ${'and many of them, '.repeat(32)}`, 0b11110),
  ),
  certificate: '00' as Hex,
  rootKey: '0000' as Hex,
  subnetId: 'ffee00112233' as Principal,
});

/** Short messages, and blobs longer than those of any network: what is copied of shorter ones is shorter, or traps. */
const terse = ({ rejectMessages }: Profile): Words => ({
  rejectMessages: oneLetterEach(rejectMessages),
  certificate: hexOfLength(3_006),
  rootKey: hexOfLength(317),
  subnetId: `${hexOfLength(24)}02` as Principal,
});

/** More calls under way than any case makes: the production replica allows 500. */
const MOST_CALLS = 500;

/** Nothing costs anything, and everything may take twice as long. */
function free(profile: Profile): Profile {
  const { limits, fees, systemCalls } = profile;
  return {
    ...profile,
    limits: {
      ...limits,
      updateInstructions: limits.updateInstructions * 2n,
      callbackInstructions: limits.callbackInstructions * 2n,
      cleanupInstructions: limits.cleanupInstructions * 2n,
      queryInstructions: limits.queryInstructions * 2n,
      queryGraphInstructions: limits.queryGraphInstructions * 2n,
      installInstructions: limits.installInstructions * 2n,
      inspectInstructions: limits.inspectInstructions * 2n,
      stackSlots: limits.stackSlots * 2,
      callBytes: limits.callBytes * 2,
      replyBytes: limits.replyBytes * 2,
      queryReplyBytes: limits.queryReplyBytes * 2,
      queueCapacity: limits.queueCapacity + MOST_CALLS,
      tableEntries: Math.max(limits.tableEntries, application13.limits.tableEntries),
      queryDepth: limits.queryDepth + 1,
      methodNameBytes: limits.methodNameBytes * 2,
      callTimeoutSeconds: limits.callTimeoutSeconds * 2n,
    },
    fees: {
      ...fees,
      messageExecution: 0n,
      tenInstructions: { i32: 0n, i64: 0n },
      ingressMessage: 0n,
      ingressByte: 0n,
      call: 0n,
      callByte: 0n,
      gibibyteSecond: 0n,
      computePercentSecond: 0n,
      canisterSecond: 0n,
    },
    systemCalls: { ...systemCalls, default: { base: 1n, perByte: 0n }, byName: {}, stablePageFirstWritten: 0n },
    freezingThreshold: 0n,
    ...terse(profile),
    // optional module limits may be refused or not: readings of the module, see liberties.ts
  };
}

/**
 * Code may compute of a length, such as by copying up to the end in pieces of 16 bytes. So that this differs between the fillings, each of the lower five
 * bits of a length is different where everything is free and where everything is costly.
 */
function toLength(text: string, lowerBits: number): string {
  return text.padEnd(text.length + ((lowerBits - text.length) & 31), '.');
}

function hexOfLength(bytes: number): Hex {
  return '7b'.repeat(bytes) as Hex;
}

/** Between the extremes: a balance may be too small for one, and yet not nothing as where nothing is left to be paid. */
function half(profile: Profile): Profile {
  const { fees } = profile;
  return {
    ...profile,
    fees: {
      ...fees,
      messageExecution: fees.messageExecution / 2n,
      ingressMessage: fees.ingressMessage / 2n,
      ingressByte: fees.ingressByte / 2n,
      call: fees.call / 2n,
      callByte: fees.callByte / 2n,
      tenInstructions: { i32: fees.tenInstructions.i32 / 2n, i64: fees.tenInstructions.i64 / 2n },
      gibibyteSecond: fees.gibibyteSecond / 2n,
    },
    rejectMessages: mapped(profile.rejectMessages, (cause) => `no: ${cause}, as things stand`),
    certificate: 'a1' as Hex,
  };
}

const priced = new WeakMap<Profile, Readonly<Record<Prices, Profile>>>();

/** The profile in that filling; the same object each time. */
export function profileOf(profile: Profile, { prices }: Filling): Profile {
  let all = priced.get(profile);
  if (all === undefined) {
    all = {
      profile,
      wordy: { ...profile, ...wordy(profile) },
      terse: { ...profile, ...terse(profile) },
      costly: costly(profile),
      free: free(profile),
      half: half(profile),
    };
    priced.set(profile, all);
  }
  return all[prices];
}
