// plumbing: stories about what canisters learn of those who call them and of themselves, and about many calls — canister-interface.md#system-api-call, #entry-points
import { bytesOf, cycles, hex } from '../../../spec/vocabulary/brands.js';
import { userId } from '../../../spec/vocabulary/ids.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, indexOf, operation, store, systemCall } from '../../canister/expressions.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER, ofLength, type StagedCanister } from '../stage.js';
import { manage, message, pick, setting, wait } from '../steps.js';
import { callNew } from '../system-calls.js';
import { SECOND } from '../values.js';
import { call, whose } from './call-statements.js';
import { cyclesNow } from './cycle-statements.js';
import { add, canisterOf, composite, happens, respond, type Stories, TRAP, update } from './story.js';

const AMOUNT = constant(LAYOUT.scratch);

/** What was executed, in this execution and in its call context. */
const counters = (): Statement[] => [0, 1].map((counter) => systemCall('performance_counter', constant(counter)));

export const conversationStories: Stories = {
  'many calls to several canisters': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const times = (n: number, body: readonly Statement[]): Statement => ({ kind: 'repeat', times: constant(n), body });
    const to = (s: Scope, callee: Uint8Array, method: string): Statement[] => [
      callNew(s, {
        callee,
        method,
        reply: indexOf(s.standardCallbacks.reply),
        reject: indexOf(s.standardCallbacks.reject),
      }),
      systemCall('call_perform'),
    ];
    // Twice eight fill a queue to the last place, twice nine are too many.
    update(canister, 'some', (s) => [
      times(draw.pick([8, 9, 9]), to(s, bytesOf(canister.id), STANDARD_METHODS.replies)),
      times(draw.int(1, 9), to(s, draw.bytes(10), 'nobody')),
      respond(),
    ]);
    // The calls of the first are under way when the second makes its own.
    stage.ingress(canister.id, 'some', hex(''), { picks: [pick('execute')], hold: true });
    stage.ingress(canister.id, 'some', hex(''), {
      picks: [pick('execute', 16), pick('deliver')],
      hold: draw.chance(50),
    });
    stage.steps.push({});
  },

  'full queues of tasks, callbacks and composite queries': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { module, id } = canister;
    const fills = (s: Scope, method: string): Statement => ({
      kind: 'repeat',
      times: constant(draw.pick([16, 17, 17])),
      body: [
        callNew(s, {
          callee: bytesOf(id),
          method,
          reply: indexOf(s.standardCallbacks.reply),
          reject: indexOf(s.standardCallbacks.reject),
        }),
        systemCall('call_perform'),
      ],
    });
    const { replies, rejects, query: asked } = STANDARD_METHODS;
    const tasks = ['canister_heartbeat', 'canister_global_timer'] as const;
    for (const task of tasks) add(canister, task, (s) => [fills(s, replies)]);
    const onAnswer = (end: 'reply' | 'reject') =>
      module.callback(`fills on ${end}`, `${end} callback`, (s) => [fills(s, replies)]);
    const below = (end: 'reply' | 'reject') =>
      module.callback(`fills below on ${end}`, `composite ${end} callback`, (s) => [fills(s, asked), respond()]);
    const [told, refused] = [onAnswer('reply'), onAnswer('reject')];
    const [answered, unanswered] = [below('reply'), below('reject')];
    update(canister, 'ask', (s) =>
      call(s, { callee: canister, method: draw.pick([replies, rejects]), reply: told, reject: refused }),
    );
    for (const method of [asked, 'missing'])
      composite(canister, `ask for ${method}`, (s) =>
        call(s, { callee: canister, method, reply: answered, reject: unanswered }),
      );
    stage.ingress(id, 'ask');
    stage.steps.push({ picks: [pick('heartbeat')] });
    happens(stage, canister, () => [systemCall('global_timer_set', constant(1)), respond()]);
    for (const method of [asked, 'missing']) stage.query(id, `ask for ${method}`);
  },

  'calls of system tasks': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { module } = canister;
    const back = module.callback('back to the task', 'reply callback', (s) => [
      ...whose(s),
      ...cyclesNow(s),
      ...counters(),
      ...(draw.chance(30) ? [TRAP] : []),
    ]);
    // Nobody waits for an answer.
    const answers = module.callback('answers nobody', 'reply callback', () => [
      store(LAYOUT.cells + 0x20, constant(1)),
      respond(),
    ]);
    const cleanup = module.callback('cleans up', 'cleanup callback after reply', () => [
      systemCall('msg_caller_size'),
      ...counters(),
    ]);
    const body = (s: Scope): Statement[] =>
      [back, answers].flatMap((reply) =>
        call(s, {
          callee: canister,
          method: draw.pick([STANDARD_METHODS.replies, STANDARD_METHODS.rejects, 'missing']),
          reply,
          cleanup,
          cycles: draw.pick([0n, 5_000n]),
        }),
      );
    add(canister, 'canister_heartbeat', body);
    add(canister, 'canister_global_timer', (s) => [
      systemCall('global_timer_set', constant(0)),
      systemCall('global_timer_set', constant(1n << 63n)),
      ...(draw.chance(50) ? [systemCall('global_timer_set', constant(0))] : []),
      ...body(s),
    ]);
    happens(stage, canister, (s) => [
      systemCall('global_timer_set', constant(s.time + BigInt(draw.pick([-1, 0, 1, 1_000_000_000])))),
      respond(),
    ]);
    // A task begins while the calls of another are under way.
    stage.steps.push({ picks: [pick('heartbeat'), pick('heartbeat')] });
    stage.step(wait(2n * SECOND + 1n));
    happens(stage, canister, () => [
      systemCall('global_timer_set', constant(0)),
      systemCall('global_timer_set', constant(0)),
      respond(),
    ]);
  },

  'who says what of the caller': (teller) => {
    const { stage, draw, swarm } = teller;
    const canister = canisterOf(teller);
    const another = () => stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    const [second, third] = [another(), another()];
    const tells = ({ module }: StagedCanister) =>
      module.callback('still knows', 'reply callback', (s) => [...whose(s), respond()]);
    // Who calls, who is called and who answers are three canisters.
    const asks = (who: StagedCanister, callee: StagedCanister, method: string): void =>
      update(who, 'who', (s) => [
        ...whose(s),
        ...call(s, { callee, method: draw.pick([method, method, 'missing']), reply: tells(who), timeout: 60 }),
      ]);
    asks(canister, second, 'who');
    asks(second, draw.pick([third, third, second]), 'who is it');
    for (const who of [second, third]) update(who, 'who is it', (s) => [...whose(s), respond()]);
    const senderInfo = { data: ofLength(draw.int(1, 40)), signer: canister.id };
    for (const sender of [CONTROLLER, userId(1)]) {
      stage.step(message('ingress', canister, 'who', { sender, ...(draw.chance(75) ? { senderInfo } : {}) }));
    }
    stage.step(message('query', canister, STANDARD_METHODS.query, { arg: hex('01'), senderInfo }));
  },

  'a log that is full': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const print = (size: number): Statement => systemCall('debug_print', constant(LAYOUT.constants), constant(size));
    for (let i = 0; i < 4; i++) {
      // Just as much as is kept.
      if (i === 1 && draw.chance(50))
        happens(stage, canister, () => [...[1_024, 1_024, 1_024, 1_000, 24].map(print), respond()]);
      happens(stage, canister, (s) => {
        const text = s.program.text(draw.pick(['a\u0000b', '\ufeffx', 'ends']));
        return [
          ...Array.from({ length: draw.int(1, 4) }, () => print(draw.pick([0, 1, 500, 1_023, 1_024, 1_025, 5_000]))),
          draw.chance(40) ? systemCall('trap', text.address, text.size) : respond(),
        ];
      });
    }
    add(canister, 'canister_inspect_message', () => [
      print(100),
      systemCall('stable64_grow', constant(1)),
      systemCall('stable64_write', constant(0), constant(LAYOUT.constants), constant(8)),
      ...(draw.chance(75) ? [systemCall('accept_message')] : []),
    ]);
    stage.query(canister.id, STANDARD_METHODS.log);
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'just enough to call oneself': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    stage.step(setting(canister, { minimumIncomingCanisterCallCycles: cycles(1_000n) }));
    const other = stage.root();
    happens(stage, canister, (s) => [
      ...call(s, {
        callee: canister,
        method: STANDARD_METHODS.replies,
        reply: s.standardCallbacks.reply,
        cycles: draw.pick([0n, 999n]),
      }),
      ...cyclesNow(s),
    ]);
    const asked = (attached: bigint): void =>
      happens(stage, other, (s) =>
        call(s, {
          callee: canister,
          method: STANDARD_METHODS.replies,
          reply: s.standardCallbacks.reply,
          reject: s.standardCallbacks.reject,
          cycles: attached,
        }),
      );
    asked(draw.pick([999n, 1_000n, 1_001n]));
    // Who has stopped executes no call of others, whatever comes with it, until it is started.
    for (const kind of ['stop', 'start'] as const) {
      stage.step(manage(canister, kind));
      asked(1_001n);
    }
    // Exactly the liquid balance can be attached, and nothing more.
    happens(stage, canister, (s) => [
      callNew(s, {
        callee: bytesOf(other.id),
        method: STANDARD_METHODS.replies,
        reply: indexOf(s.standardCallbacks.reply),
        reject: indexOf(s.standardCallbacks.reject),
      }),
      systemCall('canister_liquid_cycle_balance128', AMOUNT),
      systemCall(
        'call_cycles_add128',
        { kind: 'load', address: constant(LAYOUT.scratch + 8), bytes: 8 },
        operation('add', { kind: 'load', address: AMOUNT, bytes: 8 }, constant(draw.pick([0, 0, 1]))),
      ),
      ...cyclesNow(s),
      systemCall('call_perform'),
      respond(),
    ]);
  },
};
