// table: how one chaos behaves in one case — every freedom that the specification leaves, drawn from a seed
import type { Profile } from '../../../spec/profiles/profile.js';
import { application13 } from '../../../spec/profiles/profiles.js';
import type { RejectCause } from '../../../spec/profiles/reject-causes.js';
import { REJECT_CODES } from '../../../spec/reject-codes.js';
import { principal, type Hex, type Principal } from '../../../spec/vocabulary/brands.js';
import type { SubmissionFailure } from '../../../spec/vocabulary/record.js';
import { SYSTEM_API } from '../../../spec/system-api.js';
import type { Random } from '../../blackbox/random.js';

/** Probabilities are from 0 to 1. */
export interface Temperament {
  /** Between cheaper and dearer than the profile. Fees in thousandths of the profile's. */
  readonly fees: bigint;
  readonly creationFee: bigint;
  /** Limits of instructions and sizes, in thousandths. */
  readonly limits: bigint;
  /** Pages by which Wasm memories can grow; undefined: as the profile says. */
  readonly room: bigint | undefined;
  /** Nanoseconds that the clock is off, and that pass before each step at most. */
  readonly clock: bigint;
  readonly pause: bigint;
  /** Nanoseconds that pass after each transition, at most. */
  readonly lapse: bigint;
  /** What its first canister is numbered. */
  readonly firstCanister: bigint;
  readonly versionBumps: number;
  /** What versions begin with, and what a performance counter counts an instruction for, at most in bits. */
  readonly versionBits: number;
  readonly counterBits: number;
  readonly rejectsCalls: number;
  readonly rejectsIngress: number;
  readonly expires: number;
  /** That a call which expires before it has run is executed all the same. */
  readonly executesExpired: number;
  readonly heartbeats: number;
  readonly timers: number;
  readonly failsCalls: number;
  readonly failsGrowth: number;
  /** Stable memories may be as large as the production replica's. */
  readonly muchStable: boolean;
  /** What comes with a query: bytes of its own, or a certificate that shows the certified data, alone or beside what it prunes. */
  readonly certificates: 'opaque' | 'plain' | 'pruned';
  readonly readings: Readings;
  /** Takes or refuses what may be refused, other than the profile. */
  readonly otherOptionalLimits: boolean;
  /** What the cost functions say has nothing to do with the profile. */
  readonly tellsOtherCosts: boolean;
  /** Instructions that a system call costs more than the profile says. */
  readonly systemCalls: bigint;
  /** That an allocation which is to be raised is not to be had, and environment variables are too many. */
  readonly refusesSettings: number;
  /** Which keys it signs with. */
  readonly keys: 'profile' | 'none' | 'other';
  /** NaNs are as the machine makes them. */
  readonly rawNan: boolean;
  /** Reading 59: who is not running takes ingress messages, and so does who is frozen; they are rejected later. */
  readonly acceptsFirst: readonly SubmissionFailure[];
}

/** Readings of ambiguous clauses, by their numbers in docs/ambiguities.md. */
interface Readings {
  /** 1: what call_perform gives when it fails. */
  readonly performCode: number;
  /** 2: from which queries msg_deadline can be invoked. */
  readonly deadlineIn: readonly string[];
  /** 4: msg_cycles_accept128 and cycles_burn128 do not trap, whatever dst is. */
  readonly cyclesNeverTrap: boolean;
  /** 8: without a limit the Wasm memory is always low. */
  readonly lowWithoutLimit: boolean;
  /** 9: only what fills the Wasm memory schedules the hook, not what moves its limits. */
  readonly hookByEdge: boolean;
  /** 14, 15: reject code in CC, reject message in Ry and C. */
  readonly rejectSeenElsewhere: boolean;
  /** 16: what is appended after an earlier response is dropped. */
  readonly lateAppendIgnored: boolean;
  /** 18: a reject message that is not UTF-8 is stored. */
  readonly rejectsAnyText: boolean;
  /** 23: is_controller means nothing in (start). */
  readonly startKnowsNoController: boolean;
  /** 24: the order of environment variables. */
  readonly variablesReversed: boolean;
  readonly variablesRotated: boolean;
  /** 25: too much certified data has no effect. */
  readonly certifiedDataIgnored: boolean;
  /** 28: burned cycles stay in the balance. */
  readonly burnedStays: boolean;
  /** 33, 34: reject codes by cause. */
  readonly codes: Readonly<Partial<Record<RejectCause, number>>>;
  /** 35: a call to a canister that can pay for being there, and not for a message, waits. */
  readonly poorWait: boolean;
  /** 37: only controllers may top up. */
  readonly depositsByControllers: boolean;
  /** 44: tables and dropped segments are as they were, when the next execution begins. */
  readonly tablesAreNoState: boolean;
  /** 55: nothing is copied, so nothing is out of bounds. */
  readonly emptyStableCopies: boolean;
}

const { SYS_TRANSIENT, DESTINATION_INVALID, CANISTER_REJECT, CANISTER_ERROR } = REJECT_CODES;

/** Draws how it behaves. */
export function temperament(random: Random): Temperament {
  const sometimes = (often: readonly [number, ...number[]]) => random.pick(often);
  const room = random.pick([undefined, undefined, undefined, 0n, 1n, 2n, 4n]);
  return {
    fees: random.pick([0n, 500n, 1_000n, 2_000n, 3_000n]),
    creationFee: random.pick([0n, 500_000_000_000n, 1_307_692_307_692n]),
    limits: random.pick([1_000n, 1_500n, 2_000n]),
    room,
    clock: random.bits(58) - (1n << 57n),
    pause: random.pick([0n, 1_000_000n, 900_000_000n, 20_000_000_000n]),
    lapse: random.pick([0n, 0n, 1_000_000n, 5_000_000_000n]),
    firstCanister: random.pick([0n, 0x60_0000n + random.bits(16), random.bits(40), (0xffn << 56n) + random.bits(55)]),
    versionBumps: sometimes([0, 0.2, 0.9]),
    versionBits: sometimes([0, 0, 60]),
    counterBits: sometimes([0, 10, 30]),
    rejectsCalls: sometimes([0, 0, 0, 0.1, 0.5, 1]),
    rejectsIngress: sometimes([0, 0, 0, 0, 0.05]),
    expires: sometimes([0, 0, 0.3, 1]),
    executesExpired: sometimes([0, 0.5, 1]),
    heartbeats: sometimes([0, 0, 0.3, 1]),
    timers: sometimes([0, 0.5, 1, 1]),
    failsCalls: sometimes([0, 0, 0, 0.1, 0.5]),
    failsGrowth: sometimes([0, 0, 0, 0.2, 1]),
    muchStable: random.chance(0.3),
    certificates: random.pick(['opaque', 'plain', 'pruned']),
    readings: readings(random),
    otherOptionalLimits: random.chance(0.3),
    tellsOtherCosts: true,
    systemCalls: random.bits(8),
    refusesSettings: sometimes([0, 0, 0, 0, 0.3, 1]),
    keys: random.pick(['profile', 'profile', 'none', 'other']),
    rawNan: random.chance(0.3),
    acceptsFirst: random.pick([[], ['not-running'], ['frozen'], ['not-running', 'frozen']]),
  };
}

/** What is left of it where it follows the profile: when things happen, and words, ids and certificates. */
export function faithful(temper: Temperament): Temperament {
  return {
    ...temper,
    fees: 1_000n,
    creationFee: 0n,
    limits: 1_000n,
    room: undefined,
    versionBumps: 0,
    versionBits: 0,
    counterBits: 0,
    failsCalls: 0,
    failsGrowth: 0,
    muchStable: false,
    readings: OF_PROFILES,
    otherOptionalLimits: false,
    tellsOtherCosts: false,
    systemCalls: 0n,
    refusesSettings: 0,
    keys: 'profile',
    rawNan: false,
    acceptsFirst: [],
  };
}

/** Those of spec/profiles/READINGS.md. */
const OF_PROFILES: Readings = {
  performCode: 2,
  deadlineIn: ['RQ', 'NRQ'],
  cyclesNeverTrap: false,
  lowWithoutLimit: false,
  hookByEdge: false,
  rejectSeenElsewhere: false,
  lateAppendIgnored: false,
  rejectsAnyText: false,
  startKnowsNoController: false,
  variablesReversed: false,
  variablesRotated: false,
  certifiedDataIgnored: false,
  burnedStays: false,
  codes: {},
  poorWait: false,
  depositsByControllers: false,
  tablesAreNoState: false,
  emptyStableCopies: false,
};

function readings(random: Random): Readings {
  const either = () => random.chance(0.5);
  return {
    performCode: random.pick([1, 2, 2, 77]),
    deadlineIn: random.pick([['RQ', 'NRQ', 'TQ'], ['RQ', 'NRQ'], []]),
    cyclesNeverTrap: either(),
    rejectSeenElsewhere: either(),
    lateAppendIgnored: either(),
    rejectsAnyText: either(),
    startKnowsNoController: either(),
    variablesReversed: either(),
    certifiedDataIgnored: either(),
    burnedStays: either(),
    codes: {
      uninstalled: random.pick([CANISTER_REJECT, CANISTER_ERROR]),
      'out-of-cycles': random.pick([CANISTER_REJECT, CANISTER_ERROR]),
      'no-such-method': random.pick([CANISTER_ERROR, DESTINATION_INVALID]),
      'empty-canister': random.pick([CANISTER_ERROR, DESTINATION_INVALID, SYS_TRANSIENT]),
    },
    poorWait: either(),
    depositsByControllers: either(),
    emptyStableCopies: either(),
    lowWithoutLimit: either(),
    hookByEdge: either(),
    tablesAreNoState: either(),
    variablesRotated: either(),
  };
}

const REFUSED_BY_REPLICAS = ['table.grow', 'table.set', 'table.fill', 'table.copy', 'table.init'];
const otherThan = (refused: readonly string[]) => (refused.length > 0 ? [] : REFUSED_BY_REPLICAS);

/** The profile under which it runs. @param pages the largest memory that a module of the case begins with */
export function profileFor(
  profile: Profile,
  { fees, limits, room, muchStable, otherOptionalLimits, keys, systemCalls: more }: Temperament,
  random: Random,
  pages: bigint,
): Profile {
  const cost = (fee: bigint) => (fee * fees) / 1_000n;
  const most = (limit: bigint) => (limit * limits) / 1_000n;
  const bytes = (limit: number) => Number(most(BigInt(limit)));
  const capped = (limit: bigint) => (room === undefined || limit < pages + room ? limit : pages + room);
  const { fees: f, limits: l, systemCalls } = profile;
  return {
    ...profile,
    fees: {
      ...f,
      messageExecution: cost(f.messageExecution),
      tenInstructions: { i32: cost(f.tenInstructions.i32), i64: cost(f.tenInstructions.i64) },
      ingressMessage: cost(f.ingressMessage),
      ingressByte: cost(f.ingressByte),
      call: cost(f.call),
      callByte: cost(f.callByte),
      gibibyteSecond: cost(f.gibibyteSecond),
      computePercentSecond: f.computePercentSecond,
      createCanister: cost(f.createCanister),
      ...(keys !== 'profile' && keysOf(keys)),
    },
    limits: {
      ...l,
      updateInstructions: most(l.updateInstructions),
      callbackInstructions: most(l.callbackInstructions),
      cleanupInstructions: most(l.cleanupInstructions),
      queryInstructions: most(l.queryInstructions),
      queryGraphInstructions: most(l.queryGraphInstructions),
      installInstructions: most(l.installInstructions),
      inspectInstructions: most(l.inspectInstructions),
      callBytes: bytes(l.callBytes),
      replyBytes: bytes(l.replyBytes),
      queryReplyBytes: bytes(l.queryReplyBytes),
      wasm32Pages: capped(l.wasm32Pages),
      wasm64Pages: capped(l.wasm64Pages),
      stablePages: muchStable ? application13.limits.stablePages : l.stablePages,
      tableEntries: muchStable ? application13.limits.tableEntries : l.tableEntries,
      queueCapacity: muchStable ? application13.limits.queueCapacity : l.queueCapacity,
    },
    systemCalls: {
      ...systemCalls,
      default: { ...systemCalls.default, base: systemCalls.default.base + more },
    },
    refusedInstructions: otherOptionalLimits ? otherThan(profile.refusedInstructions) : profile.refusedInstructions,
    enforcesOptionalModuleLimits: profile.enforcesOptionalModuleLimits !== otherOptionalLimits,
    rejectMessages: messages(profile, random),
    certificate: `d9d9f7${random.bits(64).toString(16).padStart(16, '0')}` as Hex,
    rootKey: 'ab'.repeat(1 + random.below(140)) as Hex,
    subnetId: principal(random.bits(80).toString(16).padStart(20, '0')),
  };
}

/** What signatures cost, by the keys that there are. */
function keysOf(keys: 'none' | 'other'): Pick<Profile['fees'], 'signWithEcdsa' | 'signWithSchnorr' | 'vetkdDeriveKey'> {
  const known = keys === 'none' ? {} : { key_1: 26_153_846_153n, dfx_test_key: 10_000_000_000n };
  return { signWithEcdsa: known, signWithSchnorr: known, vetkdDeriveKey: known };
}

/** Each cause has words of its own, by which the subnet knows it again. */
function messages({ rejectMessages }: Profile, random: Random): Profile['rejectMessages'] {
  const words = [
    'no',
    'not now',
    'chaos says so',
    'E',
    'out of luck today, come back another day. '.repeat(random.pick([1, 40])),
  ] as const;
  return Object.fromEntries(
    Object.keys(rejectMessages).map((cause, i) => [cause, `${random.pick(words)} (${i})`]),
  ) as Profile['rejectMessages'];
}

/** The id of its k-th canister. */
export function idOf({ firstCanister }: Temperament, k: number): Principal {
  return principal(`${(firstCanister + BigInt(k)).toString(16).padStart(16, '0')}0101`);
}

/** System API functions that a revision ago were not there. */
const NEW = /^(msg_caller_info_|env_var_name_exists$|canister_liquid_)/;

/** The functions that it knows: all, or those of a revision ago. */
export function importsOf(random: Random): readonly string[] | undefined {
  if (random.chance(0.7)) return undefined;
  return SYSTEM_API.map(({ name }) => name).filter((name) => !NEW.test(name));
}
