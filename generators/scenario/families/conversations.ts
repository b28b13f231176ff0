// table: stories about calls that end otherwise than by the first reply — canister-interface.md#system-api-call, abstract-behavior.md#call-expiry
import { bytesOf, cycles, hex, nanoseconds } from '../../../spec/vocabulary/brands.js';
import { userId } from '../../../spec/vocabulary/ids.js';
import type { Expression, Statement } from '../../../spec/vocabulary/program.js';
import type { Pick } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  ENV,
  indexOf,
  operation,
  resultOf,
  store,
  systemCall,
  variable,
} from '../../canister/expressions.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER, ofLength, type StagedCanister } from '../stage.js';
import { callNew } from '../system-calls.js';
import { ENVS } from '../values.js';
import { call, pick } from './call-statements.js';
import { cyclesNow, MASK_64 } from './cycle-statements.js';
import { add, canisterOf, composite, happens, respond, update, type Stories } from './story.js';

const SECOND = 1_000_000_000n;
const AMOUNT = constant(LAYOUT.scratch);

/** What else a callback can tell of the call that it belongs to. */
function whose(s: Scope): Statement[] {
  const size = s.fresh();
  return [
    ...['msg_caller_info_data_size', 'msg_caller_info_signer_size', 'msg_deadline', 'time'].map((name) =>
      systemCall(name),
    ),
    resultOf('msg_caller_size', size),
    systemCall('msg_caller_copy', AMOUNT, constant(0), variable(size)),
  ];
}

/** What was executed, in this execution and in its call context. */
const counters = (): Statement[] => [0, 1].map((counter) => systemCall('performance_counter', constant(counter)));

const append = (s: Scope, text: string): Statement => {
  const blob = s.program.text(text);
  return systemCall('msg_reply_data_append', blob.address, blob.size);
};

export const conversationStories: Stories = {
  'expired at every point': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { module } = canister;
    const seen = module.callback('expired or not', 'reject callback', (s) => [
      systemCall('msg_reject_code'),
      ...whose(s),
      ...cyclesNow(s),
    ]);
    const came = module.callback('came in time', 'reply callback', (s) => [
      systemCall('msg_arg_data_size'),
      ...whose(s),
      ...cyclesNow(s),
    ]);
    const later = module.callback('answers later', 'reply callback', (s) => [
      ...whose(s),
      ...cyclesNow(s),
      ...(draw.chance(50) ? [systemCall('msg_cycles_accept128', constant(0), constant(200), AMOUNT)] : []),
      // Another call, which waits as long as it says, whatever has become of the one that is answered.
      ...(draw.chance(40) ? call(s, { callee: canister, method: STANDARD_METHODS.replies, reply: came }) : []),
      ...(draw.chance(80) ? [respond()] : []),
    ]);
    // Processed for a while: its answer waits for that of another call.
    update(canister, 'slow', (s) => [
      systemCall('msg_deadline'),
      ...cyclesNow(s),
      systemCall('msg_cycles_accept128', constant(0), constant(100), AMOUNT),
      // Its own calls wait as long as it says, not as long as its caller does.
      ...call(s, {
        callee: canister,
        method: STANDARD_METHODS.replies,
        reply: later,
        ...(draw.chance(50) ? { timeout: draw.pick([0, 30, 300]) } : {}),
      }),
    ]);
    update(canister, 'bounded', (s) =>
      [0, 1].flatMap((i) =>
        call(s, {
          callee: canister,
          method: draw.pick(['slow', 'slow', STANDARD_METHODS.replies]),
          reply: came,
          reject: seen,
          env: BigInt(i),
          cycles: draw.pick([0n, 1_000n, 10_000_000n]),
          ...(draw.chance(85) ? { timeout: draw.pick([0, 1, 60, 300]) } : {}),
        }),
      ),
    );
    const execute = pick('execute');
    const expire = pick('expire-message', draw.below(2));
    const end = pick('expire-context', draw.below(2));
    const points: readonly (readonly Pick[])[] = [
      [execute, expire],
      [execute, expire, expire],
      [execute, execute, end],
      [execute, execute, execute, end, end],
      [execute, execute, end, execute, expire],
      [execute, execute, execute, execute, expire, expire],
      [execute, execute, execute, pick('deliver'), expire],
    ];
    for (const picks of draw.sample(points, 3)) {
      stage.ingress(canister.id, 'bounded', hex(''), { picks, hold: draw.chance(60) });
      stage.step(
        { kind: 'advance-time', by: nanoseconds(draw.pick([1n, SECOND, 301n * SECOND])) },
        { hold: draw.chance(40) },
      );
      stage.steps.push({ picks: [pick(draw.pick(['expire-message', 'expire-context', 'deliver'])), pick('deliver')] });
      stage.steps.push({});
    }
  },

  'one of several callbacks traps': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { module } = canister;
    const at = LAYOUT.cells + 0xb0;
    const cleanup = module.callback('after the trap', 'cleanup callback after reply', (s) => [
      store(at, ENV),
      ...cyclesNow(s),
      systemCall('msg_caller_size'),
      systemCall('msg_reject_code'),
      systemCall('performance_counter', constant(1)),
    ]);
    const traps = module.callback('accepts and traps', 'reply callback', (s) => [
      store(at, constant(5)),
      s.available('msg_cycles_accept') && draw.chance(50)
        ? systemCall('msg_cycles_accept', constant(draw.pick([1n, 1n << 63n, MASK_64])))
        : systemCall('msg_cycles_accept128', constant(0), constant(70), AMOUNT),
      systemCall('certified_data_set', constant(at), constant(8)),
      systemCall('cycles_burn128', constant(0), constant(33), AMOUNT),
      { kind: 'trap', means: 'unreachable' },
    ]);
    const accepts = module.callback('accepts', 'reply callback', (s) => [
      ...cyclesNow(s),
      s.available('msg_cycles_accept') && draw.chance(60)
        ? systemCall('msg_cycles_accept', constant(draw.pick([0n, 1n, 500n, 1n << 63n, MASK_64])))
        : systemCall('msg_cycles_accept128', constant(draw.pick([0n, 1n])), constant(draw.pick([0n, 500n])), AMOUNT),
      ...cyclesNow(s),
      ...(draw.chance(30) ? [respond()] : []),
    ]);
    update(canister, 'several', (s) =>
      draw.shuffle([traps, accepts, draw.pick([traps, accepts])]).flatMap((reply, i) =>
        call(s, {
          callee: canister,
          method: draw.pick([STANDARD_METHODS.replies, STANDARD_METHODS.rejects]),
          reply,
          env: draw.pick(ENVS.slice(0, 6)) + BigInt(i),
          ...(draw.chance(60) ? { cleanup } : {}),
        }),
      ),
    );
    update(canister, 'pay for several', (s) =>
      call(s, {
        callee: canister,
        method: 'several',
        reply: s.standardCallbacks.reply,
        reject: s.standardCallbacks.reject,
        cycles: draw.pick([1_000n, 1n << 64n]),
      }),
    );
    stage.ingress(canister.id, draw.pick(['several', 'pay for several']), hex(''), {
      picks: [pick('execute'), pick('execute'), pick('execute', draw.below(3)), pick('deliver', draw.below(2))],
    });
    stage.ingress(canister.id, 'pay for several');
  },

  'data that were not sent': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { module } = canister;
    const answers = module.callback('appends and replies', 'reply callback', (s) => [append(s, 'new'), respond()]);
    const silent = module.callback('appends only', 'reply callback', (s) => [
      append(s, 'lost'),
      ...call(s, { callee: canister, method: STANDARD_METHODS.replies, reply: answers }),
    ]);
    happens(stage, canister, (s) => [
      append(s, 'forgotten'),
      ...call(s, { callee: canister, method: STANDARD_METHODS.replies, reply: draw.pick([answers, silent]) }),
    ]);
    happens(stage, canister, (s) => [respond(), append(s, 'too late')]);
    happens(stage, canister, (s) => [respond(), append(s, '')]);
    // Nor is there anything to say in a callback, of either kind, once the call has its answer.
    const nothing = [constant(LAYOUT.cells), constant(0)] as const;
    const says = ['msg_reply', 'msg_reject', 'msg_reply_data_append'] as const;
    for (const answer of ['reply', 'reject'] as const) {
      for (const name of draw.sample(says, 2)) {
        const late = module.callback(`${name} after ${answer}`, `${answer} callback`, () => [
          systemCall(name, ...(name === 'msg_reply' ? [] : nothing)),
        ]);
        happens(stage, canister, (s) => [
          ...call(s, {
            callee: canister,
            method: answer === 'reply' ? STANDARD_METHODS.replies : STANDARD_METHODS.rejects,
            reply: late,
          }),
          respond(),
        ]);
      }
    }
    // A call that is begun anew has nothing of the one before it.
    const other = module.callback('notes', 'cleanup callback after reply', () => [{ kind: 'log', value: ENV }]);
    const begun = (s: Scope): Statement[] =>
      draw
        .sample<(s: Scope) => Statement>(
          [
            () => systemCall('call_on_cleanup', indexOf(other), constant(9)),
            () => systemCall('call_with_best_effort_response', constant(7)),
            () => systemCall('call_data_append', constant(LAYOUT.cells), constant(16)),
            () => systemCall('call_cycles_add128', constant(0), constant(1_234)),
          ],
          3,
        )
        .map((make) => make(s));
    const traps = module.callback('traps', 'reply callback', () => [{ kind: 'trap', means: 'unreachable' }]);
    for (const performed of [false, true]) {
      happens(stage, canister, (s) => {
        const anew = (): Statement =>
          callNew(s, {
            callee: bytesOf(canister.id),
            method: STANDARD_METHODS.query,
            reply: indexOf(traps),
            reject: indexOf(traps),
          });
        return [
          anew(),
          ...begun(s),
          ...(performed ? [systemCall('call_perform')] : []),
          anew(),
          systemCall('call_data_append', constant(LAYOUT.cells), constant(1)),
          systemCall('call_perform'),
          ...cyclesNow(s),
          respond(),
        ];
      });
    }
  },

  'sizes at the limits': (teller) => {
    const { stage, draw, width } = teller;
    const canister = stage.canister({ width, memory: { min: 3n } }, 10n ** 15n);
    const start = constant(LAYOUT.cells);
    const limit = draw.pick([65_536, 98_304]);
    const size = limit + draw.pick([-1, 0, 0, 1]);
    const parts = draw.pick([[size], [size - 1, 1], [size >> 1, size - (size >> 1)]]);
    const replies = (): Statement[] => [
      ...parts.map((part) => systemCall('msg_reply_data_append', start, constant(part))),
      respond(),
    ];
    canister.module.program.exported('canister_query large', replies());
    // A callback of a composite query replies as much as the query.
    const later = canister.module.program.callback('large later', replies());
    for (const method of [STANDARD_METHODS.query, 'missing']) {
      composite(canister, `large after ${method}`, (s) => call(s, { callee: canister, method, reply: later }));
      stage.query(canister.id, `large after ${method}`);
    }
    update(canister, 'large update', replies);
    stage.query(canister.id, 'large');
    stage.ingress(canister.id, 'large');
    stage.ingress(canister.id, 'large update');
    // An update call of a query method replies as little as an update: in pieces of which each would do.
    for (const piece of [0, draw.pick([1, 32_768])]) {
      canister.module.program.exported(`canister_query and ${piece}`, [
        systemCall('msg_reply_data_append', start, constant(65_536)),
        systemCall('msg_reply_data_append', start, constant(piece)),
        respond(),
      ]);
      stage.ingress(canister.id, `and ${piece}`);
      stage.query(canister.id, `and ${piece}`);
    }
    stage.step({ kind: 'transform', canister: canister.id, method: 'large', arg: hex('') });
    const most = 65_536;
    for (const more of [-1, 0, 1]) {
      update(canister, `reject ${more}`, () => [
        { kind: 'memory.fill', address: constant(0x10000), byte: constant(0x61), size: constant(most + 1) },
        systemCall('msg_reject', constant(0x10000), constant(most + more)),
      ]);
      stage.ingress(canister.id, `reject ${more}`);
    }
    // All of it reaches a canister that asked.
    happens(stage, canister, (s) =>
      ['large update', 'reject -1', 'reject 0'].flatMap((method) =>
        call(s, { callee: canister, method, ...s.standardCallbacks, cleanup: undefined }),
      ),
    );
    const cut = draw.pick([0, 1, 100]);
    for (const more of draw.sample([-1, 0, 1], 2)) {
      happens(stage, canister, (s) => [
        callNew(s, {
          callee: bytesOf(canister.id),
          method: STANDARD_METHODS.query,
          reply: indexOf(s.standardCallbacks.reply),
          reject: indexOf(s.standardCallbacks.reject),
        }),
        systemCall('call_data_append', start, constant(most + more - cut)),
        systemCall('call_data_append', start, constant(cut)),
        systemCall('call_perform'),
        respond(),
      ]);
    }
    for (const length of [29, 30]) {
      happens(stage, canister, (s) => {
        const blob = s.program.blob(draw.bytes(length));
        const { reply, reject } = s.standardCallbacks;
        const none: Expression = constant(0);
        return [
          systemCall('call_new', blob.address, blob.size, none, none, indexOf(reply), none, indexOf(reject), none),
          systemCall('call_perform'),
          respond(),
        ];
      });
    }
  },

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

  'calls of system tasks': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { module } = canister;
    const back = module.callback('back to the task', 'reply callback', (s) => [
      ...whose(s),
      ...cyclesNow(s),
      ...counters(),
      ...(draw.chance(30) ? [{ kind: 'trap', means: 'unreachable' } as const] : []),
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
    add(canister, 'canister_heartbeat', 'canister_heartbeat', body);
    add(canister, 'canister_global_timer', 'canister_global_timer', (s) => [
      systemCall('global_timer_set', constant(0)),
      systemCall('global_timer_set', constant(1n << 63n)),
      ...(draw.chance(50) ? [systemCall('global_timer_set', constant(0))] : []),
      ...body(s),
    ]);
    happens(stage, canister, (s) => [
      systemCall('global_timer_set', constant(s.time + BigInt(draw.pick([-1, 0, 1, 1_000_000_000])))),
      respond(),
    ]);
    stage.steps.push({ picks: [pick('heartbeat')] });
    stage.step({ kind: 'advance-time', by: nanoseconds(2n * SECOND + 1n) });
    happens(stage, canister, () => [
      systemCall('global_timer_set', constant(0)),
      systemCall('global_timer_set', constant(0)),
      respond(),
    ]);
  },

  'who says what of the caller': (teller) => {
    const { stage, draw, swarm } = teller;
    const canister = canisterOf(teller);
    const [second, third] = [0, 1].map(() => stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm)));
    if (second === undefined || third === undefined) throw new RangeError('two more canisters');
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
      stage.step({
        kind: 'ingress',
        canister: canister.id,
        method: 'who',
        arg: hex(''),
        sender,
        ...(draw.chance(75) ? { senderInfo } : {}),
      });
    }
    stage.step({
      kind: 'query',
      canister: canister.id,
      method: STANDARD_METHODS.query,
      arg: hex('01'),
      sender: CONTROLLER,
      senderInfo,
    });
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
    add(canister, 'canister_inspect_message', 'canister_inspect_message', () => [
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
    stage.step({
      kind: 'update-settings',
      canister: canister.id,
      sender: CONTROLLER,
      settings: { minimumIncomingCanisterCallCycles: cycles(1_000n) },
    });
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
      stage.step({ kind, canister: canister.id, sender: CONTROLLER });
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
