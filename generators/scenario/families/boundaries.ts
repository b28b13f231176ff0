// plumbing: stories that come to a limit exactly, one below it, one above it — abstract-behavior.md#rule-message-execution, spec/profiles/CHARGING.md
import { bytesOf, hex } from '../../../spec/vocabulary/brands.js';
import { Crash } from '../../../spec/vocabulary/engine.js';
import type { Profile } from '../../../spec/profiles/profile.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { InstallMode, Step } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  indexOf,
  load,
  logMemory,
  operation,
  resultOf,
  store,
  systemCall,
  variable,
} from '../../canister/expressions.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { ofLength, type StagedCanister } from '../stage.js';
import { deposit, install, pick, wait } from '../steps.js';
import { callNew } from '../system-calls.js';
import { PAGE, SECOND } from '../values.js';
import { accept, attach, callWith, halves, look, lowHalf, messagePrice, profileOf, slot } from './cycle-statements.js';
import { add, happens, type Stories, type Teller, TRAP, update } from './story.js';

const DAY = 86_400n;
/** Stable memory that grows by this much costs a whole number of cycles each day. */
const GROWTH = 16n;

const growthPerDay = ({ fees }: Profile) => (GROWTH * PAGE * fees.gibibyteSecond * DAY) / (1n << 30n);

function ingressFee({ fees }: Profile, method: string, argBytes = 0): bigint {
  return fees.ingressMessage + fees.ingressByte * BigInt(method.length + argBytes);
}

/** A freezing threshold at which the growth raises the freezing limit by more than a message can give back. */
function thresholdOf(profile: Profile, width: 'i32' | 'i64'): bigint {
  return DAY * (messagePrice(profile, width) / growthPerDay(profile) + 1n);
}

/**
 * Leaves the canister with exactly `target` liquid cycles. How much comes back when an execution ends is not known before; it is
 * the same in both executions of the method though. The first one, without argument, burns nothing and remembers what it
 * had when it ended; the second one sees what became of that.
 */
function leaves(
  { stage, width }: Teller,
  canister: StagedCanister,
  target: bigint,
  then: Omit<Step, 'stimulus'> = {},
): void {
  const profile = profileOf(stage);
  const name = `l${stage.next()}`;
  const cell = LAYOUT.cells + 0x20;
  const paid = ingressFee(profile, name, 1) + messagePrice(profile, width);
  update(canister, name, (s) => {
    const [had, has, second, time] = [s.fresh(), s.fresh(), s.fresh(), s.fresh()];
    const comesBack = operation('sub', operation('add', variable(has), constant(paid)), variable(had));
    return [
      resultOf('msg_arg_data_size', second),
      systemCall('canister_liquid_cycle_balance128', slot(5)),
      { kind: 'set', variable: had, value: load(cell, 8) },
      { kind: 'set', variable: has, value: lowHalf(5) },
      systemCall(
        'cycles_burn128',
        constant(0),
        operation(
          'mul',
          operation('sub', operation('add', variable(has), comesBack), constant(target)),
          variable(second),
        ),
        slot(7),
      ),
      systemCall('canister_liquid_cycle_balance128', slot(5)),
      store(cell, lowHalf(5)),
      // The freezing limit is above what is left now, and below what comes back with it.
      systemCall('stable64_grow', constant(GROWTH)),
      resultOf('time', time),
      systemCall('global_timer_set', operation('mul', variable(time), variable(second))),
      systemCall('msg_reply'),
    ];
  });
  stage.ingress(canister.id, name);
  stage.ingress(canister.id, name, ofLength(1), then);
}

/** Stories about cycles. */
export const balanceStories: Stories = {
  'just what a message costs': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const profile = profileOf(stage);
    const price = messagePrice(profile, width);
    const canister = stage.canister(shapeOf(draw, swarm, width), 10n ** 12n, {
      freezingThreshold: thresholdOf(profile, width),
    });
    const other = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    const { id } = canister;
    const { replies } = STANDARD_METHODS;
    add(canister, 'canister_global_timer', (s) => look(s));
    add(canister, 'canister_heartbeat', (s) => look(s));
    const byOne = () => draw.pick([-1n, 0n, 0n, 1n]);
    const execute = pick('execute');
    const off = { picks: [execute], hold: true };
    const ways: readonly (() => void)[] = [
      () => {
        leaves(teller, canister, ingressFee(profile, replies) + price + byOne(), off);
        stage.ingress(id, replies, hex(''), off);
      },
      () => {
        leaves(teller, canister, price + byOne(), off);
        update(other, 'call', (s) => callWith(s, { callee: canister, method: replies, attached: [] }));
        stage.ingress(other.id, 'call', hex(''), { picks: [execute, execute, execute], hold: true });
      },
      // Too little when the message is submitted or sent, and enough when its turn comes.
      () => {
        leaves(teller, canister, ingressFee(profile, replies) + draw.pick([0n, price / 2n, price - 1n]), off);
        stage.ingress(id, replies, hex(''), { hold: true });
        stage.step(deposit(canister, draw.pick([price, 10n ** 12n])));
      },
      () => {
        leaves(teller, canister, draw.pick([0n, price / 2n, price - 1n]), off);
        update(other, 'call the poor', (s) => callWith(s, { callee: canister, method: replies, attached: [] }));
        stage.ingress(other.id, 'call the poor', hex(''), { picks: [execute], hold: true });
        stage.step(deposit(canister, draw.pick([price, 10n ** 12n])));
      },
      () => leaves(teller, canister, price + byOne()),
      () => leaves(teller, canister, price + byOne(), { picks: [execute, pick('heartbeat')] }),
      () => {
        leaves(teller, canister, ingressFee(profile, replies) + byOne());
        stage.ingress(id, replies);
      },
      () => {
        // Below zero it traps. Later it costs one cycle to have been there for so long.
        leaves(teller, canister, byOne());
        stage.query(id, STANDARD_METHODS.query);
        stage.step(wait(SECOND / 200n));
        stage.query(id, STANDARD_METHODS.query);
      },
    ];
    for (const way of draw.sample(ways, 4)) {
      way();
      stage.step(deposit(canister, 10n ** 12n));
    }
    stage.ingress(id, replies);
  },

  'to the last cycle': ({ stage, draw, swarm, width }) => {
    const caller = stage.canister(shapeOf(draw, swarm, width), 10n ** 12n + draw.bits(40));
    const callee = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
    const few = () => draw.pick([0n, 1n, 1n, 2n]);
    // One cycle of one, one of two, both one after the other; what is not taken goes back.
    update(callee, 'take', (s) => [
      ...accept(s, few()),
      ...(draw.chance(50) ? accept(s, 1n) : []),
      ...look(s),
      draw.pick([systemCall('msg_reply'), systemCall('msg_reply'), TRAP]),
    ]);
    for (const attached of draw.sample([[1n], [1n], [2n], [1n, 1n], [0n, 1n]], 3))
      happens(stage, caller, (s) => callWith(s, { callee, method: 'take', attached }));
    const burn = (most: bigint): Statement[] => [
      systemCall('cycles_burn128', ...halves(most), slot(7)),
      logMemory(slot(7), constant(16)),
    ];
    for (const left of draw.sample([0n, 1n, 1n, 2n], 3)) {
      happens(stage, caller, (s) => [
        callNew(s, {
          callee: bytesOf(callee.id),
          method: 'take',
          reply: indexOf(s.standardCallbacks.reply),
          reject: indexOf(s.standardCallbacks.reject),
        }),
        systemCall('canister_liquid_cycle_balance128', slot(5)),
        // All but these go away, or onto a call that cannot be paid for then: it gives back what it has.
        draw.chance(50)
          ? systemCall('cycles_burn128', constant(0), operation('sub', lowHalf(5), constant(left)), slot(7))
          : systemCall('call_cycles_add128', constant(0), operation('sub', lowHalf(5), constant(left))),
        ...look(s),
        ...(draw.chance(35) ? burn(draw.pick([1n, 1n << 64n])) : attach(s, draw.pick([1n, 1n, left]))),
        ...look(s),
        systemCall('call_perform'),
        ...look(s),
        systemCall('msg_reply'),
      ]);
      stage.step(deposit(caller, 10n ** 12n));
    }
  },

  'nothing left but what is reserved': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const reserved = draw.pick([1n, 1_000n, 10n ** 9n]);
    const canister = stage.canister(
      shapeOf(draw, swarm, width),
      10n ** 12n,
      { freezingThreshold: draw.pick([0n, 1n]) },
      reserved,
    );
    const { id } = canister;
    // As long as this is, its fee is more than what comes back when an execution ends.
    const arg = ofLength(2_000);
    const fee = ingressFee(profileOf(stage), STANDARD_METHODS.replies, 2_000);
    leaves(teller, canister, fee + draw.pick([0n, 0n, 0n, 1n]), { picks: [pick('execute')], hold: true });
    stage.ingress(id, STANDARD_METHODS.replies, arg);
    stage.query(id, STANDARD_METHODS.query);
    for (const seconds of [1n, 100n]) {
      stage.step(wait(seconds * SECOND));
      stage.query(id, STANDARD_METHODS.query);
    }
    stage.step(deposit(canister, 10n ** 12n));
    happens(stage, canister, (s) => [...look(s), systemCall('msg_reply')]);
  },
};

/** Bytes of a large write, and about how many instructions it takes in a loop. */
const LARGE = 32_768;
const LARGE_INSTRUCTIONS = 32_810n;

/** Uses about so many instructions. */
function busy(instructions: bigint): Statement[] {
  // In profiles for real canisters it would take too long.
  const times = instructions / LARGE_INSTRUCTIONS;
  return [
    systemCall('stable64_grow', constant(1)),
    {
      kind: 'repeat',
      times: constant(times < 1_000n ? times : 1_000n),
      body: [{ kind: 'system call', name: 'stable64_write', args: [constant(0), constant(0), constant(LARGE)] }],
    },
  ];
}

/** Thousandths of the limit that the steps of an installation use. None is too much by itself; the sum is, but for the last two. */
const SHARES = [
  { two: [515, 515], three: [345, 345, 345] },
  { two: [515, 515], three: [515, 515, 10] },
  { two: [110, 900], three: [10, 910, 100] },
  { two: [900, 110], three: [900, 110, 10] },
  { two: [480, 480], three: [300, 340, 340] },
  { two: [600, 350], three: [600, 200, 150] },
] as const;

/** Stories about installations. */
export const installationStories: Stories = {
  'an installation of many instructions': ({ stage, draw, swarm, width }) => {
    const { installInstructions } = profileOf(stage).limits;
    const uses = (share: number) => () => busy((installInstructions * BigInt(share)) / 1_000n);
    const canister = stage.canister({ ...shapeOf(draw, swarm, width), persistent: false }, comfortable(draw, swarm));
    const another = () => {
      const made = stage.module({ width, memory: { min: 1n } });
      stage.withStandardMethods(made.module);
      return made;
    };
    const installed = (mode: InstallMode, module: number) => {
      stage.step(install(canister, mode, { module }));
      stage.ingress(canister.id, STANDARD_METHODS.replies);
    };
    happens(stage, canister, (s) => [...look(s), systemCall('msg_reply')]);
    const [first, second] = draw.sample(SHARES, 2);
    if (first === undefined || second === undefined) throw new Crash('two ways to share the limit');
    const [before, start, after] = first.three;
    add(canister, 'canister_pre_upgrade', uses(before));
    const upgraded = another();
    upgraded.module.start(uses(start));
    add(upgraded, 'canister_post_upgrade', uses(after));
    installed('upgrade', upgraded.index);
    const fresh = another();
    fresh.module.start(uses(second.two[0]));
    add(fresh, 'canister_init', uses(second.two[1]));
    installed('reinstall', fresh.index);
  },
};

/** Instructions from the moment the counter is read to the end, the two writes apart. */
const AROUND = { i32: 57n, i64: 59n };

/** Stories about memory. */
export const lastWriteStories: Stories = {
  'a large write at the end of the instructions': ({ stage, draw, swarm, width }) => {
    const { limits, systemCalls } = profileOf(stage);
    const canister = stage.canister({ ...shapeOf(draw, swarm, width), memory: { min: 1n } }, comfortable(draw, swarm));
    const pages = BigInt(LARGE / 4096);
    const last = BigInt(LARGE) + pages * systemCalls.stablePageFirstWritten;
    const step = draw.pick([1n, 1n, 2_500n]);
    const write = (s: Scope): Statement[] => {
      const [n, used] = [s.fresh(), s.fresh()];
      // One instruction is left, none is, one is missing.
      const rest = operation(
        'sub',
        constant(last + AROUND[width] + step),
        operation('mul', variable(n), constant(step)),
      );
      return [
        resultOf('msg_arg_data_size', n),
        systemCall('stable64_grow', constant(2)),
        systemCall('msg_reply'),
        systemCall('stable64_write', constant(0), constant(0), constant(PAGE)),
        ...busy(limits.updateInstructions - 82_000n - last - 20_000n),
        resultOf('performance_counter', used, constant(0)),
        // Where it was written to before, which costs nothing but the bytes.
        systemCall(
          'stable64_write',
          constant(0),
          constant(0),
          operation('sub', operation('sub', constant(limits.updateInstructions), variable(used)), rest),
        ),
        { kind: 'system call', name: 'stable64_write', args: [constant(PAGE), constant(0), constant(LARGE)] },
      ];
    };
    update(canister, 'write', write);
    for (const n of [0, 1, 2, 3]) stage.ingress(canister.id, 'write', ofLength(n));
  },
};
