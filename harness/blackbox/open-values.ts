// plumbing: fills in what the specification leaves open as a value — fees, limits, time, versions, counters, costs — in several ways
import type { Profile } from '../../spec/profiles/profile.js';
import type { Hex, Nanoseconds, Principal } from '../../spec/vocabulary/brands.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import { copyCyclesToCanister } from '../../reference-model/ic/blobs.js';
import type { Execution } from '../../reference-model/ic/execution.js';
import type { World } from '../../reference-model/ic/world.js';
import type { Assembly } from '../../reference-model/index.js';
import { handlerNamed, type Handler, type Handlers } from './handlers.js';
import type { Random } from './random.js';
import type { BoxTier } from './play.js';
import { alternativeCodes, isSpontaneous } from './readings.js';

/**
 * What everything costs: as the profile says, about three times as much, nothing, or half. `wordy` and `terse`: as the profile says, by implementations
 * with other words, ids and certificates, and, unless the harness sets it, another clock.
 */
type Prices = 'profile' | 'wordy' | 'terse' | 'costly' | 'free' | 'half';

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

/** What creating a canister may cost, out of the cycles that it is given (management/creation-fee). */
const CREATION_FEE = 500_000_000_000n;

/** The stimulus as it arrives: creation may cost a fee. */
export function arriving(stimulus: Stimulus, { prices }: Filling): Stimulus {
  if (stimulus.kind !== 'create' || prices !== 'costly' || stimulus.cycles <= 2n * CREATION_FEE) return stimulus;
  return { ...stimulus, cycles: (stimulus.cycles - CREATION_FEE) as typeof stimulus.cycles };
}

/** The number of the first canister; undefined: as the scenario has it. Ids differ in as many bytes as they can. */
export function firstCanister({ prices }: Filling): number | undefined {
  switch (prices) {
    case 'costly':
    case 'wordy':
      return 0xf31a_2b3c_4d5e_6800;
    case 'free':
    case 'terse':
      return 0x05_4c91_8f37_b2a1;
    case 'profile':
    case 'half':
      return undefined;
  }
}

const YEAR = 31_557_600_000_000_000n;

/** The time at which a case begins. A target without a clock of the harness's may be years ahead or behind. */
export function beginning(time: Nanoseconds, { prices }: Filling, random: Random, controlsTime: boolean): Nanoseconds {
  switch (prices) {
    case 'profile':
      return time;
    case 'costly':
      return (time + (controlsTime ? random.bits(31) : 5n * YEAR + random.bits(56))) as Nanoseconds;
    case 'free':
      return (controlsTime ? afterCarry(time) : time - random.bits(60)) as Nanoseconds;
    case 'wordy':
      return (controlsTime ? time : time + 5n * YEAR + random.bits(56)) as Nanoseconds;
    case 'half':
    case 'terse':
      return (controlsTime ? time : time - random.bits(60)) as Nanoseconds;
  }
}

/** Bytes of a time in nanoseconds that the time of a case may change: each 18 minutes there is a carry into the next one. */
const CARRY = 1n << 40n;

/** The next time at which the upper bytes are others: a slow implementation may come to it. */
const afterCarry = (time: bigint): bigint => (time / CARRY + 1n) * CARRY;

/**
 * How much time passes before a step, in nanoseconds: none where half is paid, otherwise up to a minute, as with a slow implementation that goes
 * by its own clock; it may be dear, too. In a whole case it is less than an hour, which is what timers are set to that must not run.
 */
export function passing({ prices }: Filling, random: Random, controlsTime: boolean): bigint {
  return clockGoesOn(prices, controlsTime) ? random.bits(36) : 0n;
}

/** How much time passes before a transition, in nanoseconds: two executions need not see the same time. */
export function passingBetween({ prices }: Filling, random: Random, controlsTime: boolean): bigint {
  return clockGoesOn(prices, controlsTime) ? random.bits(34) : 0n;
}

/** Whether time passes that the harness does not let pass. */
function clockGoesOn(prices: Prices, controlsTime: boolean): boolean {
  return drawsNumbers(prices) || (prices === 'wordy' && !controlsTime);
}

/** Whether versions, counters and costs are drawn; otherwise they are the model's. */
function drawsNumbers(prices: Prices): boolean {
  switch (prices) {
    case 'costly':
    case 'free':
      return true;
    case 'profile':
    case 'wordy':
    case 'terse':
    case 'half':
      return false;
  }
}

/** Whoever has more can pay whatever system calls may cost. */
const RICH = 10n ** 11n;

/**
 * Wraps the functions of the System API whose results are open.
 * @param scripted the codes with which the system rejects of its own accord are decided, not open
 */
export function openValues({ prices }: Filling, scripted: boolean, random: Random, handlers: Handlers): Handlers {
  const value = (name: string): Handler => handlerNamed(handlers, name);
  const version = versions(random);
  let counter = random.bits(62);
  const cost =
    (name: string): Handler =>
    (es, ...args) => {
      const result = value(name)(es, ...args);
      const dst = args.at(-1);
      if (dst !== undefined && (result === undefined || result === 0n)) copyCyclesToCanister(es, dst, random.bits(128));
      return result;
    };
  // The balance may fall with each system call.
  const balance =
    (name: string): Handler =>
    (es, ...args) => {
      if (prices !== 'free' && es.balance > RICH) es.balance -= random.bits(16);
      return value(name)(es, ...args);
    };
  // Where half is paid these numbers are the model's: so the fillings also differ in what canisters compute of them.
  const numbers = {
    canister_version: (es: Execution) => version(es, value('canister_version')(es) as bigint),
    performance_counter: (es: Execution, type: bigint) => {
      const real = value('performance_counter')(es, type) as bigint;
      counter += random.bits(56) + real;
      return counter;
    },
    msg_deadline: (es: Execution) => {
      const real = value('msg_deadline')(es) as bigint;
      return real === 0n ? 0n : real + random.bits(48);
    },
    ...Object.fromEntries(COSTS.map((name) => [name, cost(name)])),
    ...Object.fromEntries(BALANCES.map((name) => [name, balance(name)])),
  };
  return {
    ...handlers,
    ...(drawsNumbers(prices) && numbers),
    call_perform: (es) => {
      const real = value('call_perform')(es) as bigint;
      if (prices === 'costly' && real === 0n) reserveForResponse(es);
      return real === 0n ? 0n : NOT_ZERO + lowestByte(prices);
    },
    msg_reject_code: (es) => {
      const real = value('msg_reject_code')(es) as bigint;
      const message = TEXT.decode(es.params.rejectMessage);
      if (scripted && isSpontaneous(es.profile, message)) return real;
      const others = takesReadings(prices) ? alternativeCodes(es.profile, message) : undefined;
      return others === undefined ? real : BigInt(random.pick(others));
    },
  };
}

/** Whether rejects have the codes of other readings. Where everything costs much they have the model's own: so they differ between the fillings. */
function takesReadings(prices: Prices): boolean {
  switch (prices) {
    case 'free':
    case 'half':
      return true;
    case 'profile':
    case 'wordy':
    case 'terse':
    case 'costly':
      return false;
  }
}

/**
 * What an implementation with the production replica's limits sets aside for an execution, for a response, and for an installation, at most,
 * on a large subnet: 40 to 300 billion instructions of wasm64. In cycles.
 */
const RESERVES = { execution: 5n * 10n ** 11n, installation: 2n * 10n ** 12n } as const;

/** Whether a canister can do without a reserve, whatever is attached to calls beside. */
const spares = (balance: bigint, reserve: bigint): boolean => 2n * balance > 3n * reserve;

/** Sets as much aside for the response to the call that was made last as any implementation does. What the response does not need comes back. */
function reserveForResponse(es: Execution): void {
  const call = es.calls.at(-1);
  if (call === undefined || !spares(es.balance, RESERVES.execution)) return;
  es.balance -= RESERVES.execution;
  call.setAside += RESERVES.execution;
}

/** Where everything costs much, as much is set aside for each execution as any implementation does, and comes back after it. */
export function reserving(
  { prices }: Filling,
  { transitions, management }: Assembly,
): Pick<Assembly, 'transitions' | 'management'> {
  if (prices !== 'costly') return { transitions, management };
  const moved = (w: World, id: Principal, by: bigint): void => {
    const canister = w.draft.canister(id);
    w.draft.put({ ...canister, balance: canister.balance + by });
  };
  return {
    transitions: {
      ...transitions,
      withdrawForMessage: (w, id) => {
        const amount = transitions.withdrawForMessage(w, id);
        if (!spares(w.draft.canister(id).balance, RESERVES.execution)) return amount;
        moved(w, id, -RESERVES.execution);
        return amount + RESERVES.execution;
      },
    },
    management: {
      ...management,
      installCode: (w, request) => {
        const balance = w.draft.canisters.get(request.canister)?.balance ?? 0n;
        if (!spares(balance, RESERVES.installation)) return management.installCode(w, request);
        moved(w, request.canister, -RESERVES.installation);
        const outcome = management.installCode(w, request);
        moved(w, request.canister, RESERVES.installation);
        return outcome;
      },
    },
  };
}

/** What a failed call_perform gives begins so: any number will do there but 0 (Expectations looks for it). The lowest byte differs. */
export const NOT_ZERO = 0x6e0f_a100n;

function lowestByte(prices: Prices): bigint {
  switch (prices) {
    case 'profile':
    case 'half':
      return 0n;
    case 'costly':
    case 'wordy':
      return 1n;
    case 'free':
    case 'terse':
      return 2n;
  }
}

const TEXT = new TextDecoder();

const COSTS = [
  'cost_call', 'cost_create_canister', 'cost_http_request', 'cost_sign_with_ecdsa', 'cost_sign_with_schnorr', 'cost_vetkd_derive_key',
]; // prettier-ignore

const BALANCES = ['canister_cycle_balance', 'canister_cycle_balance128', 'canister_liquid_cycle_balance128'];

/** Versions that the system increments between executions as it likes; the same during an execution. */
function versions(random: Random): (es: Execution, version: bigint) => bigint {
  const seen = new WeakMap<Execution, bigint>();
  let extra = random.bits(63);
  return (es, version) => {
    let offset = seen.get(es);
    if (offset === undefined) seen.set(es, (offset = extra += random.bits(48)));
    return version + offset;
  };
}
