// plumbing: stories about cycles — canister-interface.md#system-api-cycles
import { bytesOf, cycles, hex } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import { constant, indexOf, logMemory, operation, store, systemCall, variable } from '../../canister/expressions.js';
import { LAYOUT } from '../../canister/builder.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER, type StagedCanister } from '../stage.js';
import { deposit, install, manage, pick, setting, wait } from '../steps.js';
import { callNew } from '../system-calls.js';
import { amount, AMOUNTS, MASK_64, SECOND } from '../values.js';
import { accept, attach, callWith, halves, look, lowHalf, profileOf, slot, taking } from './cycle-statements.js';
import { grows, happens, type Stories, type Teller, TRAP, update } from './story.js';

const MAX_128 = (1n << 128n) - 1n;

function callbackOf(canister: StagedCanister, answer: 'reply' | 'reject', body: (s: Scope) => Statement[]): string {
  return canister.module.callback(`cycles on ${answer}`, `${answer} callback`, body);
}

function two({ stage, draw, swarm, width }: Teller, balance?: bigint): readonly [StagedCanister, StagedCanister] {
  const first = stage.canister(shapeOf(draw, swarm, width), balance ?? comfortable(draw, swarm));
  const second = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
  return [first, second];
}

/** A balance that pays for amounts around the one that is to be attached. */
function enoughFor(n: bigint, draw: Teller['draw']): bigint {
  const balance = n + 1_000_000_000_000_000n + draw.bits(40);
  return balance > MAX_128 ? MAX_128 : balance;
}

export const cyclesStories: Stories = {
  'attached, accepted, refunded': (teller) => {
    const { stage, draw } = teller;
    const n = draw.pick(AMOUNTS.filter((a) => a < 1n << 120n));
    const [caller, callee] = two(teller, enoughFor(n, draw));
    update(callee, 'take', (s) =>
      taking(s, draw.sample([0n, 1n, n, n >> 1n, n + 1n > MAX_128 ? n : n + 1n, MASK_64], draw.int(1, 3))),
    );
    const seen = (s: Scope) => [
      ...look(s),
      ...(draw.chance(50) && s.available('msg_cycles_refunded') ? [systemCall('msg_cycles_refunded')] : []),
    ];
    const reply = callbackOf(caller, 'reply', seen);
    const reject = callbackOf(caller, 'reject', seen);
    happens(stage, caller, (s) => [
      ...look(s),
      ...callWith(s, {
        callee,
        method: draw.weighted([
          [5, 'take'],
          [1, 'missing'],
        ]),
        attached: draw.chance(50) ? [n] : [n >> 1n, n - (n >> 1n)],
        reply,
        reject,
      }),
      ...(draw.chance(50) ? [systemCall('msg_reply')] : []),
    ]);
    // What is there goes back with the response, of either kind.
    for (const response of ['msg_reply', 'msg_reject'] as const) {
      const text = response === 'msg_reply' ? [] : [constant(LAYOUT.cells), constant(0)];
      update(callee, `after ${response}`, (s) => [systemCall(response, ...text), ...look(s), ...accept(s, 5n)]);
      happens(stage, caller, (s) => callWith(s, { callee, method: `after ${response}`, attached: [1_000n] }));
    }
    // Who traps has taken nothing, whether it has answered or not.
    update(callee, 'answer and trap', (s) => [...accept(s, 5n), systemCall('msg_reply'), TRAP]);
    happens(stage, caller, (s) => callWith(s, { callee, method: 'answer and trap', attached: [1_000n] }));
  },

  'accepted in a callback': (teller) => {
    const { stage, draw } = teller;
    const attached = draw.pick([0n, 1n, 10_000n, 1n << 64n, (1n << 65n) + 5n]);
    const [caller, callee] = two(teller, enoughFor(attached, draw));
    const later = callbackOf(callee, 'reply', (s) => [
      ...accept(s, draw.pick([1n, 1_000n, MASK_64])),
      ...look(s),
      systemCall('msg_reply'),
      ...look(s),
    ]);
    update(callee, 'take later', (s) => [
      ...accept(s, 1n),
      ...callWith(s, {
        callee: caller,
        method: STANDARD_METHODS.replies,
        attached: [draw.pick([0n, 5n])],
        reply: later,
      }),
    ]);
    happens(stage, caller, (s) => callWith(s, { callee, method: 'take later', attached: [attached] }));
  },

  'accepted in a query that is called': (teller) => {
    const { stage, draw } = teller;
    const [caller, callee] = two(teller);
    callee.module.exported('canister_query take', 'canister_query replicated', (s) =>
      taking(s, [draw.pick([0n, 1n, 1_000_000n, MASK_64])]),
    );
    happens(stage, caller, (s) => callWith(s, { callee, method: 'take', attached: [draw.pick([0n, 1n, 2_000_000n])] }));
    stage.query(callee.id, 'take');
    // What it accepted stays, though it has said nothing; where it traps nothing does.
    for (const end of draw.shuffle([[], [TRAP]])) {
      const name = `take ${stage.next()}`;
      callee.module.exported(`canister_query ${name}`, 'canister_query replicated', (s) => [
        ...accept(s, draw.pick([1n, 1_000n])),
        ...look(s),
        ...end,
      ]);
      happens(stage, caller, (s) => callWith(s, { callee, method: name, attached: [2_000n] }));
    }
  },

  'attached up to the liquid balance': (teller) => {
    const { stage, draw } = teller;
    const [caller, callee] = two(teller, 1_000_000_000_000n + draw.bits(40));
    for (const more of draw.sample([-1n, 0n, 1n, MASK_64], 3)) {
      happens(stage, caller, (s) => [
        callNew(s, {
          callee: bytesOf(callee.id),
          method: STANDARD_METHODS.replies,
          reply: indexOf(s.standardCallbacks.reply),
          reject: indexOf(s.standardCallbacks.reject),
        }),
        systemCall('canister_liquid_cycle_balance128', slot(5)),
        s.available('call_cycles_add') && draw.chance(50)
          ? systemCall('call_cycles_add', operation('add', lowHalf(5), constant(more)))
          : systemCall('call_cycles_add128', constant(0), operation('add', lowHalf(5), constant(more))),
        ...look(s),
        systemCall('call_perform'),
        ...look(s),
        systemCall('msg_reply'),
      ]);
    }
  },

  'just what a call costs': (teller) => {
    const { stage, draw } = teller;
    const [caller, callee] = two(teller, 1_000_000_000_000n + draw.bits(40));
    const method = STANDARD_METHODS.replies;
    // Burns down to the cost of the call, one less, one more: below it the call is refused.
    const burnsTo = (s: Scope, more: number, then: readonly Statement[] = []): Statement[] => {
      const left = 0;
      return [
        callNew(s, {
          callee: bytesOf(callee.id),
          method,
          reply: indexOf(s.standardCallbacks.reply),
          reject: indexOf(s.standardCallbacks.reject),
        }),
        ...attach(s, draw.pick([0n, 1_000n])),
        systemCall('cost_call', constant(method.length), constant(0), slot(6)),
        systemCall('canister_liquid_cycle_balance128', slot(5)),
        {
          kind: 'set',
          variable: left,
          value: operation('sub', operation('sub', lowHalf(5), lowHalf(6)), constant(more)),
        },
        systemCall('cycles_burn128', constant(0), variable(left), slot(7)),
        logMemory(slot(5), constant(48)),
        ...then,
        systemCall('call_perform'),
        ...look(s),
        systemCall('msg_reply'),
      ];
    };
    happens(stage, caller, (s) => burnsTo(s, draw.pick([-1, 0, 1, 1000, 100_000_000])));
    stage.ingress(caller.id, STANDARD_METHODS.replies);
    // What is below the freezing limit would pay for it.
    stage.step(deposit(caller, 10n ** 12n));
    happens(stage, caller, (s) => burnsTo(s, -1));
    // It was enough until the memory grew, of which more is frozen.
    stage.step(deposit(caller, 10n ** 12n));
    const growing = [grows(1), systemCall('stable64_grow', constant(1))];
    happens(stage, caller, (s) => burnsTo(s, draw.pick([-1, 0, -1_000_000]), [draw.pick(growing)]));
    // With what it grew by before there is enough.
    stage.step(deposit(caller, 10n ** 12n));
    happens(stage, caller, (s) => [...growing, ...burnsTo(s, draw.pick([-1, 0]))]);
  },

  'burned up to the liquid balance': (teller) => {
    const { stage, draw } = teller;
    const [canister] = two(teller, draw.pick([1_000_000_000_000n, (1n << 64n) + 5n, MAX_128 >> 1n]));
    for (const n of draw.sample([0n, 1n, MASK_64, 1n << 64n, MAX_128], 3)) {
      happens(stage, canister, (s) => [
        ...look(s),
        systemCall('cycles_burn128', ...halves(n), slot(4)),
        logMemory(slot(4), constant(16)),
        ...look(s),
        systemCall('msg_reply'),
      ]);
    }
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'attached and not sent': (teller) => {
    const { stage, draw } = teller;
    const [caller, callee] = two(teller);
    const call = (s: Scope) =>
      callNew(s, {
        callee: bytesOf(callee.id),
        method: STANDARD_METHODS.replies,
        reply: indexOf(s.standardCallbacks.reply),
        reject: indexOf(s.standardCallbacks.reject),
      });
    happens(stage, caller, (s) => [
      call(s),
      ...attach(s, draw.pick([1n, 1_000_000n, 1_000_000_000n])),
      // What is attached is not there to be burned.
      ...(draw.chance(40) ? [systemCall('cycles_burn128', ...halves(MAX_128), slot(4))] : []),
      ...look(s),
      // Back at the next call_new, and at the end.
      call(s),
      ...look(s),
      ...attach(s, 77n),
      ...(draw.chance(50) ? [systemCall('call_perform'), ...look(s)] : []),
      ...(draw.chance(40) ? [TRAP] : [systemCall('msg_reply')]),
    ]);
    stage.ingress(caller.id, STANDARD_METHODS.replies);
  },

  'balances beyond 64 bits': (teller) => {
    const { stage, draw } = teller;
    const [canister] = two(teller, draw.pick([MASK_64, 1n << 64n, (1n << 64n) + 10_000_000n, 1n << 65n, MAX_128]));
    happens(stage, canister, (s) => [
      ...look(s),
      ...(s.available('canister_cycle_balance') ? [systemCall('canister_cycle_balance')] : []),
      systemCall('msg_reply'),
    ]);
    stage.step(deposit(canister, draw.pick(AMOUNTS)));
    happens(stage, canister, (s) => [...look(s), systemCall('msg_reply')]);
  },

  'amounts that 64 bits do not hold': ({ stage, draw, swarm, width }) => {
    const n = draw.pick([MASK_64, 1n << 64n, (1n << 64n) + 7n, 1n << 66n]);
    const caller = stage.canister(shapeOf(draw, swarm, width), enoughFor(n, draw));
    const callee = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    update(callee, 'take', (s) => [
      ...accept(s, draw.pick([0n, 1n])),
      systemCall('msg_cycles_available'),
      systemCall('msg_reply'),
    ]);
    const reply = callbackOf(caller, 'reply', (s) =>
      s.available('msg_cycles_refunded') ? [systemCall('msg_cycles_refunded')] : look(s),
    );
    happens(stage, caller, (s) => callWith(s, { callee, method: 'take', attached: [n], reply }));
    happens(stage, caller, (s) => callWith(s, { callee, method: 'take', attached: [n], reply }));
  },

  'saturated balances': (teller) => {
    const { stage, draw } = teller;
    const [full, other] = two(teller, MAX_128 - draw.pick([0n, 1n, 1_000_000n, 7_000_000n]));
    stage.step(deposit(full, draw.pick([1n, MASK_64, MAX_128])));
    // More than it pays for the execution, so that some of it is lost; a trap undoes that.
    update(full, 'take', (s) => [...accept(s, MAX_128), ...look(s), draw.chance(45) ? TRAP : systemCall('msg_reply')]);
    happens(stage, other, (s) =>
      callWith(s, {
        callee: full,
        method: 'take',
        attached: [draw.pick([1n, 1_000_000_000_000n, 1_000_000_000_000n])],
      }),
    );
    happens(stage, full, (s) => [...look(s), systemCall('msg_reply')]);
    // What comes back to who has become full meanwhile is lost: the refund, and what was set aside and is not used.
    const back = callbackOf(full, 'reply', (s) => look(s));
    update(full, 'ask', (s) =>
      callWith(s, { callee: other, method: STANDARD_METHODS.replies, attached: [1_000_000_000_000n], reply: back }),
    );
    stage.ingress(full.id, 'ask', hex(''), { picks: [pick('execute')], hold: true });
    stage.step(deposit(full, MAX_128));
  },

  'frozen and thawed': (teller) => {
    const { stage, draw } = teller;
    const [canister, other] = two(teller, 1_000_000_000_000n);
    happens(stage, canister, () => [
      store(LAYOUT.cells + 8, constant(5)),
      systemCall('stable64_grow', constant(1)),
      systemCall('msg_reply'),
    ]);
    const freeze = (freezingThreshold: bigint) => stage.step(setting(canister, { freezingThreshold }));
    const lessAllocated = draw.chance(50) ? [{ memoryAllocation: 1n << 21n }, { computeAllocation: 0n }] : [];
    if (lessAllocated.length > 0)
      stage.step(setting(canister, { memoryAllocation: 1n << 22n, computeAllocation: 1n, freezingThreshold: 1_000n }));
    freeze(draw.pick([10n ** 12n, 10n ** 15n, MASK_64]));
    // Whatever costs nothing can be changed all the same.
    if (draw.chance(50)) stage.step(setting(canister, { reservedCyclesLimit: cycles(10n ** 12n) }));
    // Who is frozen cannot have more allocated.
    const more = draw.pick([
      { computeAllocation: 1n },
      { memoryAllocation: 1n },
      { memoryAllocation: 1n << 30n },
      // More of one and less of the other is more.
      { computeAllocation: 2n, memoryAllocation: 0n },
      { computeAllocation: 0n, memoryAllocation: 1n << 30n },
    ]);
    stage.step(setting(canister, more));
    // Less of it is given back at any time.
    for (const settings of lessAllocated) stage.step(setting(canister, settings));
    stage.ingress(canister.id, STANDARD_METHODS.replies);
    stage.query(canister.id, STANDARD_METHODS.query);
    happens(stage, other, (s) =>
      [STANDARD_METHODS.replies, STANDARD_METHODS.query].flatMap((method) =>
        callWith(s, { callee: canister, method, attached: [draw.pick([0n, 1_000n])] }),
      ),
    );
    if (draw.chance(50)) freeze(0n);
    else stage.step(deposit(canister, 1n << 100n));
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'frozen while a call is open': (teller) => {
    const { stage, draw } = teller;
    const [caller, callee] = two(teller, 1_000_000_000_000n);
    // Nothing can be attached then; none of it always can.
    const again = (s: Scope) => {
      const options = { callee, method: STANDARD_METHODS.replies, attached: [draw.pick([0n, 0n, 0n, 1n, 1_000n])] };
      return [...look(s), ...callWith(s, options), ...(draw.chance(60) ? [systemCall('msg_reply')] : [])];
    };
    const reply = callbackOf(caller, 'reply', again);
    const first = { callee: draw.pick([callee, caller]), attached: [draw.pick([0n, 1n, 1_000_000n])], reply };
    update(caller, 'ask', (s) => callWith(s, { ...first, method: STANDARD_METHODS.replies }));
    stage.ingress(caller.id, 'ask', undefined, { picks: [pick('execute')], hold: true });
    stage.step(setting(caller, { freezingThreshold: 10n ** 15n }), { hold: draw.chance(50) });
    stage.steps.push({});
  },

  'time costs cycles': (teller) => {
    const { stage, draw } = teller;
    const { swarm, width } = teller;
    const poor = stage.canister(
      shapeOf(draw, swarm, width),
      draw.pick([0n, 1n, 100_000_000n, 1_000_000_000n, 10_000_000_000n]),
      {
        computeAllocation: BigInt(draw.pick([0, 1, 100])),
        memoryAllocation: draw.pick([0n, 1n << 30n, 1n << 36n]),
        freezingThreshold: 0n,
      },
    );
    const rich = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    happens(stage, rich, (s) =>
      callWith(s, { callee: poor, method: STANDARD_METHODS.replies, attached: [1_000_000n] }),
    );
    const passes = (seconds: bigint) => stage.step(wait(seconds * SECOND));
    if (draw.chance(40)) stage.step(manage(poor, 'stop'));
    for (const seconds of [draw.pick([1n, 60n]), draw.pick([86_400n, 31_536_000n, 3_153_600_000n])]) {
      passes(seconds);
      stage.ingress(poor.id, STANDARD_METHODS.replies);
    }
    stage.step(deposit(poor, 10n ** 15n));
    // What it had allocated, it has not any more, if it ran out of cycles.
    stage.step(install(poor, 'reinstall'));
    passes(86_400n);
    happens(stage, poor, (s) => [...look(s), systemCall('msg_reply')]);
  },

  'too few cycles attached': (teller) => {
    const { stage, draw } = teller;
    const [caller, callee] = two(teller);
    const minimum = draw.pick([1n, 1_000n, 1n << 64n]);
    const { replies, query } = STANDARD_METHODS;
    // What the callee asks for, it asks of its controllers, too.
    const controllers = draw.pick([[CONTROLLER], [CONTROLLER, caller.id]]);
    const asksFor = (n: bigint): void => {
      const settings = { controllers, minimumIncomingCanisterCallCycles: cycles(n) };
      stage.step(setting(callee, settings));
    };
    asksFor(minimum);
    for (const more of [-1n, 0n, 1n]) {
      happens(stage, caller, (s) =>
        callWith(s, { callee, method: draw.pick([replies, query]), attached: [minimum + more] }),
      );
    }
    asksFor(0n);
    happens(stage, caller, (s) => callWith(s, { callee, method: replies, attached: [] }));
  },

  'installed for what it costs': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const { fees, limits } = profileOf(stage);
    const price = fees.messageExecution + (limits.installInstructions * fees.tenInstructions[width]) / 10n;
    const canister = stage.canister(shapeOf(draw, swarm, width), price + draw.pick([-1n, 0n, 1n, 1_000_000n]), {
      freezingThreshold: draw.pick([0n, 2_592_000n]),
    });
    stage.query(canister.id, STANDARD_METHODS.query);
    stage.step(deposit(canister, draw.pick([1n, 12_000_000n, 12_000_000n, 30_000_000n, 10n ** 12n])));
    // What counts is what is installed, not what is there.
    const other = stage.module({ width: width === 'i32' ? 'i64' : 'i32', memory: { min: 1n } });
    stage.withStandardMethods(other.module);
    for (const module of draw.shuffle([canister.moduleIndex, other.index])) {
      stage.step(install(canister, draw.pick(['install', 'reinstall', 'reinstall']), { module }));
    }
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'amounts at random': (teller) => {
    const { stage, draw } = teller;
    const [caller, callee] = two(teller, 1n << 125n);
    // At least one of them is of more than 64 bits, and what is taken may be just as much.
    const amounts = [amount(draw), amount(draw), (1n << 64n) + draw.bits(66)].map((n) => n & ((1n << 120n) - 1n));
    const most = draw.pick(amounts);
    update(callee, 'take', (s) => taking(s, draw.shuffle([most, (most >> 1n) + 1n, amount(draw)]).slice(0, 2)));
    for (const n of amounts) {
      happens(stage, caller, (s) => callWith(s, { callee, method: 'take', attached: [n] }));
    }
    // All of it comes back, and does not fit 64 bits.
    const reject = callbackOf(caller, 'reject', (s) =>
      s.available('msg_cycles_refunded') ? [systemCall('msg_cycles_refunded')] : look(s),
    );
    happens(stage, caller, (s) =>
      callWith(s, { callee, method: 'missing', attached: [(1n << 64n) + BigInt(draw.int(0, 5))], reject }),
    );
  },
};
