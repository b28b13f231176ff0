// table: freedoms that the specification leaves, as ways to run the model — what comes out the same in all of them is required
import type { Profile } from '../../spec/profiles/profile.js';
import type { Nanoseconds } from '../../spec/vocabulary/brands.js';
import type { Choice, Scenario } from '../../spec/vocabulary/scenario.js';
import { choiceByPolicy } from '../scheduler/choices.js';
import { DEFAULT_POLICY } from '../scheduler/policy.js';

/** Whether a message is a call between canisters. */
export type IsInterCanister = (message: number) => boolean;

export interface Freedom {
  readonly name: string;
  /** Clauses or facts that leave it open. */
  readonly because: string;
  readonly profile?: (profile: Profile, scenario: Scenario) => Profile;
  /** Makes what chooses among the enabled choices in one run; undefined: none is taken. Absent: the default policy. */
  readonly chooser?: () => (enabled: readonly Choice[], isInterCanister: IsInterCanister) => Choice | undefined;
  readonly time?: (time: Nanoseconds) => Nanoseconds;
  /** Worth a run for this scenario only; absent: for all. */
  readonly concerns?: (scenario: Scenario) => boolean;
}

const mapped = (values: Readonly<Record<string, string>>, text: (key: string) => string) =>
  Object.fromEntries(Object.keys(values).map((key) => [key, text(key)]));

const costly: Freedom = {
  name: 'costly',
  because: 'fees, weights, reject messages and the charge of a system call are not the specification’s',
  profile: (profile) => ({
    ...profile,
    fees: {
      ...profile.fees,
      messageExecution: profile.fees.messageExecution * 2n + 7n,
      ingressMessage: profile.fees.ingressMessage * 3n + 1n,
      ingressByte: profile.fees.ingressByte + 13n,
      call: profile.fees.call * 3n + 11n,
      callByte: profile.fees.callByte + 17n,
      tenInstructions: { i32: profile.fees.tenInstructions.i32 + 3n, i64: profile.fees.tenInstructions.i64 + 5n },
      gibibyteSecond: profile.fees.gibibyteSecond * 2n,
    },
    systemCalls: {
      ...profile.systemCalls,
      default: { base: profile.systemCalls.default.base + 41n, perByte: profile.systemCalls.default.perByte },
    },
    rejectMessages: mapped(profile.rejectMessages, (cause) => `other words for ${cause}`) as Profile['rejectMessages'],
    certificate: '00' as Profile['certificate'],
    rootKey: '0000' as Profile['rootKey'],
  }),
};

const cheap: Freedom = {
  name: 'cheap',
  because: 'limits of instructions and prices are an implementation’s own',
  profile: (profile) => ({
    ...profile,
    limits: {
      ...profile.limits,
      updateInstructions: profile.limits.updateInstructions * 2n,
      callbackInstructions: profile.limits.callbackInstructions * 2n,
      cleanupInstructions: profile.limits.cleanupInstructions * 2n,
      queryInstructions: profile.limits.queryInstructions * 2n,
      installInstructions: profile.limits.installInstructions * 2n,
      stackSlots: profile.limits.stackSlots * 2,
      callBytes: profile.limits.callBytes * 2,
      replyBytes: profile.limits.replyBytes * 2,
      queryReplyBytes: profile.limits.queryReplyBytes * 2,
    },
    fees: {
      ...profile.fees,
      messageExecution: 1n,
      tenInstructions: { i32: 0n, i64: 0n },
      ingressMessage: 0n,
      ingressByte: 0n,
      call: 1n,
      callByte: 0n,
      gibibyteSecond: 0n,
      computePercentSecond: 0n,
      canisterSecond: 0n,
    },
    systemCalls: { ...profile.systemCalls, default: { base: 1n, perByte: 0n } },
    freezingThreshold: 0n,
  }),
};

const messagesIn = (enabled: readonly Choice[]) =>
  enabled.filter(({ kind }) => kind === 'execute' || kind === 'deliver');

const newestFirst: Freedom = {
  name: 'newest first',
  because: 'queues/other-order, queues/responses-unordered',
  chooser: () => (enabled) => messagesIn(enabled).at(-1) ?? choiceByPolicy(DEFAULT_POLICY, enabled),
};

const callsFirst: Freedom = {
  name: 'calls before responses',
  because: 'queues/responses-unordered',
  chooser: () => (enabled) => enabled.find(({ kind }) => kind === 'execute') ?? choiceByPolicy(DEFAULT_POLICY, enabled),
};

const rejecting: Freedom = {
  name: 'rejecting',
  because: 'call-contexts/spontaneous-reject',
  chooser: () => (enabled, isInterCanister) =>
    enabled.find((choice) => choice.kind === 'reject' && choice.code === 2 && isInterCanister(choice.message)) ??
    choiceByPolicy(DEFAULT_POLICY, enabled),
};

const versions: Freedom = {
  name: 'extra versions, no timers, a later time',
  because: 'the system may increment versions at any time; timers may be late; time goes on as it likes',
  time: (time) => (time + 1_234_567_890n) as Nanoseconds,
  chooser: () => {
    let bumped = false;
    return (enabled) => {
      const message = choiceByPolicy(DEFAULT_POLICY, messagesIn(enabled));
      const bump = enabled.find(({ kind }) => kind === 'bump-version');
      bumped = message !== undefined && bump !== undefined && !bumped;
      return bumped ? bump : message;
    };
  },
};

/** Growth of the Wasm memory and of the stable memory may fail at any time. */
const noGrowth: Freedom = {
  name: 'no growth',
  because: 'memory growth may return -1 at any time',
  profile: (profile, { modules }) => {
    const pages = modules.map((module) =>
      module.kind === 'program' ? (module.program.memory?.min ?? 0n) : profile.limits.wasm32Pages,
    );
    const most = pages.reduce((a, b) => (a > b ? a : b), 0n);
    const capped = (limit: bigint) => (limit < most ? limit : most);
    const { wasm32Pages, wasm64Pages } = profile.limits;
    return {
      ...profile,
      limits: {
        ...profile.limits,
        wasm32Pages: capped(wasm32Pages),
        wasm64Pages: capped(wasm64Pages),
        stablePages: 0n,
      },
    };
  },
  concerns: ({ modules }) => modules.some((module) => module.kind === 'wasm' || grows(module.program)),
};

function grows(program: unknown): boolean {
  const text = JSON.stringify(program, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return text.includes('memory.grow') || /stable(64)?_grow/.test(text);
}

/** The first is the default; runs that differ from it in what can be seen show that the specification leaves it open. */
export const FREEDOMS: readonly Freedom[] = [
  { name: 'default', because: '' },
  costly,
  cheap,
  newestFirst,
  callsFirst,
  rejecting,
  versions,
  noGrowth,
];
