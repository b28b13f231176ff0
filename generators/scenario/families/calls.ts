// plumbing: stories about calls and responses — canister-interface.md#system-api-call, #responding
import { bytesOf, hex } from '../../../spec/vocabulary/brands.js';
import { canisterId, MANAGEMENT_CANISTER } from '../../../spec/vocabulary/ids.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  ENV,
  indexOf,
  load,
  operation,
  resultOf,
  store,
  systemCall,
  variable,
  when,
} from '../../canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import type { Scope } from '../scope.js';
import { ofLength, type StagedCanister } from '../stage.js';
import { anyPicks, pick, transform, wait } from '../steps.js';
import { callNew, standardCall } from '../system-calls.js';
import { NOT_UTF8, SECOND } from '../values.js';
import { fanOut } from './call-statements.js';
import {
  add,
  canisterOf,
  composite,
  happens,
  query,
  respond,
  type Stories,
  type Teller,
  TRAP,
  update,
} from './story.js';

function callTo(s: Scope, callee: Uint8Array, method: string | Uint8Array, env = 0n): Statement {
  const { reply, reject } = s.standardCallbacks;
  return callNew(s, { callee, method, reply: indexOf(reply), reject: indexOf(reject), env });
}

/** What traps where no call is under construction. */
const withoutCall: readonly ((s: Scope) => Statement)[] = [
  (s) => systemCall('call_on_cleanup', indexOf(s.standardCallbacks.cleanup), constant(1)),
  () => systemCall('call_with_best_effort_response', constant(1)),
  () => systemCall('call_data_append', constant(0), constant(0)),
  () => systemCall('call_cycles_add128', constant(0), constant(0)),
  () => systemCall('call_perform'),
];

/** Composite queries that call one another down to a depth, each at some cost. */
function deepQueries({ stage, draw }: Teller, canister: StagedCanister): void {
  const n = 0;
  const back = canister.module.program.callback('composite back', [
    systemCall('performance_counter', constant(1)),
    tellLog(),
    respond(),
  ]);
  const cost: Statement[] = draw.chance(40)
    ? [
        {
          kind: 'repeat',
          times: constant(draw.int(1, 20)),
          body: [{ kind: 'memory.fill', address: constant(0x2000), byte: constant(0), size: constant(0x6000) }],
        },
      ]
    : [];
  const next = (s: Scope) => (draw.chance(60) ? canister.id : draw.pick(s.peers).canister);
  const goesOn = (s: Scope, callee = next(s)): Statement[] => [
    callNew(s, {
      callee: bytesOf(callee),
      method: draw.weighted([
        [5, 'down'],
        [1, 'look'],
      ]),
      reply: indexOf(back),
      reject: indexOf(back),
    }),
    systemCall('call_data_append', constant(LAYOUT.constants), operation('sub', variable(n), constant(1))),
    systemCall('call_perform'),
  ];
  // The last call of all may be one too many to nobody, or one that needs not be made, as its caller has answered.
  const last = draw.pick([
    (s: Scope) => goesOn(s),
    (s: Scope) => goesOn(s, canisterId(99)),
    (s: Scope) => [...goesOn(s), respond()],
  ]);
  composite(canister, 'down', (s) => [
    resultOf('msg_arg_data_size', n),
    systemCall('msg_caller_copy', constant(LAYOUT.scratch), constant(0), constant(10)),
    ...cost,
    when(operation('gt_u', variable(n), constant(1)), goesOn(s)),
    when(operation('eq', variable(n), constant(1)), last(s)),
    when(operation('eq', variable(n), constant(0)), [respond()]),
  ]);
  for (const depth of [7, draw.pick([1, 2, 5, 6, 8])]) stage.query(canister.id, 'down', ofLength(depth));
}

/** A composite query of many calls: a callback sees what the method and earlier callbacks of the same evaluation wrote. */
function wideQueries({ stage, draw }: Teller, canister: StagedCanister): void {
  const at = LAYOUT.cells + 0x90;
  const remember = canister.module.program.callback('composite history', [
    store(at, operation('add', operation('mul', load(at, 8), constant(31)), ENV)),
    { kind: 'log', value: load(at, 8) },
    ...(draw.chance(30) ? [TRAP] : []),
  ]);
  const tells = canister.module.program.callback('composite end', [tellLog(), respond()]);
  const count = draw.pick([2, 3, 17]);
  composite(canister, 'wide', (s) => [
    store(at, constant(7)),
    ...Array.from({ length: count }, (_, i) => [
      callNew(s, {
        callee: bytesOf(draw.pick(s.peers).canister),
        method: draw.pick(['look', 'missing']),
        reply: indexOf(i + 1 < Math.min(count, 16) ? remember : tells),
        reject: indexOf(i + 1 < Math.min(count, 16) ? remember : tells),
        env: BigInt(i + 1),
      }),
      ...(draw.chance(i === 0 ? 80 : 40)
        ? [systemCall('call_on_cleanup', indexOf(s.standardCallbacks.cleanup), constant(i))]
        : []),
      systemCall('call_perform'),
    ]).flat(),
    ...(draw.chance(20) ? [respond()] : []),
  ]);
  stage.query(canister.id, 'wide');
  stage.ingress(canister.id, 'wide');
}

export const callsStories: Stories = {
  'messages in any order': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const names = [fanOut(stage, canister, draw.int(2, 4)), fanOut(stage, canister, draw.int(1, 3))];
    for (const name of names) stage.ingress(canister.id, name, hex(''), { hold: true });
    stage.steps.push({ picks: anyPicks(draw, draw.int(4, 10)), hold: true });
    stage.ingress(canister.id, STANDARD_METHODS.replies, hex(''), { picks: anyPicks(draw, 4), hold: draw.chance(50) });
    stage.steps.push({});
  },

  'calls that expire': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const name = fanOut(stage, canister, 3, 90);
    stage.ingress(canister.id, name, hex(''), { picks: [pick('execute')], hold: true });
    stage.step(wait(BigInt(draw.pick([0, 1, 11, 301])) * SECOND), { hold: true });
    const kinds = ['expire-message', 'expire-context', 'execute', 'deliver'] as const;
    stage.steps.push({
      picks: Array.from({ length: 5 }, () => ({ kind: draw.pick(kinds), rank: draw.below(3) })),
      hold: true,
    });
    stage.steps.push({});
  },

  deadlines: (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    // Whenever it is, there is one or there is none.
    const until = 7;
    const deadline = (): Statement[] => [
      resultOf('msg_deadline', until),
      { kind: 'log', value: operation('gt_u', variable(until), constant(0)) },
      systemCall('time'),
    ];
    const later = canister.module.program.callback('deadline later', [...deadline(), respond()]);
    // Who is called without bound has none, whatever the caller has.
    update(canister, 'below', () => [...deadline(), respond()]);
    update(canister, 'when', (s) => [
      ...deadline(),
      callNew(s, {
        callee: bytesOf(canister.id),
        method: 'below',
        reply: indexOf(later),
        reject: indexOf(later),
      }),
      systemCall('call_perform'),
    ]);
    canister.module.exported('canister_query when asked', 'canister_query replicated', () => [
      ...deadline(),
      tellLog(),
      respond(),
    ]);
    const methods = draw.shuffle(['when', 'when asked', 'when asked']);
    for (const [i, seconds] of draw.sample([0, 1, 299, 300, 301, 0xffffffff], 3).entries()) {
      happens(stage, canister, (s) => [
        callTo(s, bytesOf(canister.id), methods[i] ?? 'when'),
        systemCall('call_with_best_effort_response', constant(seconds)),
        systemCall('call_perform'),
        // The call after it has none.
        ...(i === 0 ? [callTo(s, bytesOf(canister.id), 'when'), systemCall('call_perform')] : []),
        ...deadline(),
      ]);
    }
  },

  'rejected by the system': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const name = fanOut(stage, canister, 3);
    stage.ingress(canister.id, STANDARD_METHODS.replies, hex(''), {
      picks: [{ kind: 'reject', rank: 0, code: draw.int(1, 2) }],
    });
    stage.ingress(canister.id, name, hex(''), {
      picks: [pick('execute'), { kind: 'reject', rank: 0, code: 1 }, { kind: 'reject', rank: draw.below(3), code: 2 }],
    });
  },

  'misused builder': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const cleanup = (s: Scope) => systemCall('call_on_cleanup', indexOf(s.standardCallbacks.cleanup), constant(1));
    const timeout = (seconds = 1) => systemCall('call_with_best_effort_response', constant(seconds));
    const misuses: ((s: Scope) => Statement[])[] = [
      ...withoutCall.map((more) => (s: Scope) => [more(s)]),
      ...withoutCall.map((more) => (s: Scope) => [standardCall(s), systemCall('call_perform'), more(s)]),
      (s) => [standardCall(s), cleanup(s), cleanup(s)],
      (s) => [
        standardCall(s),
        cleanup(s),
        systemCall('call_on_cleanup', indexOf(s.standardCallbacks.reply), constant(2)),
      ],
      // All zeroes are a callback like any other.
      (s) => [standardCall(s), ...[0, 1].map(() => systemCall('call_on_cleanup', constant(0), constant(0)))],
      (s) => [standardCall(s), timeout(), timeout(draw.pick([0, 1, 2]))],
      (s) => [standardCall(s), timeout(0), timeout(draw.pick([0, 1]))],
      (s) => [standardCall(s), cleanup(s), standardCall(s), cleanup(s), systemCall('call_perform')],
      (s) => [standardCall(s), timeout(), standardCall(s), timeout(), systemCall('call_perform')],
    ];
    for (const misuse of draw.sample(misuses, 4)) {
      happens(stage, canister, (s) => [store(LAYOUT.cells + 16, constant(1)), ...misuse(s), respond()]);
    }
  },

  'full queues': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    happens(stage, canister, (s) => [
      {
        kind: 'repeat',
        times: constant(draw.pick([16, 17, 18])),
        body: [
          callTo(s, bytesOf(canister.id), STANDARD_METHODS.replies),
          ...(draw.chance(40) ? [systemCall('call_with_best_effort_response', constant(60))] : []),
          systemCall('call_cycles_add128', constant(0), constant(5)),
          systemCall('call_perform'),
        ],
      },
      // A call that could not be performed is gone like one that was.
      ...(draw.chance(60) ? [draw.pick(withoutCall)(s)] : []),
      respond(),
    ]);
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'answers and silence': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const append = (s: Scope, text: string): Statement => {
      const blob = s.program.text(text);
      return systemCall('msg_reply_data_append', blob.address, blob.size);
    };
    const reject = (s: Scope): Statement => {
      const blob = s.program.blob(draw.chance(30) ? draw.pick(NOT_UTF8) : new TextEncoder().encode('sorry'));
      return systemCall('msg_reject', blob.address, blob.size);
    };
    const ways: ((s: Scope) => Statement[])[] = [
      () => [],
      (s) => [append(s, 'one'), append(s, 'two'), respond()],
      (s) => [append(s, 'lost')],
      () => [respond(), respond()],
      (s) => [respond(), append(s, 'late')],
      (s) => [respond(), reject(s)],
      (s) => [reject(s), respond()],
      (s) => [append(s, 'dropped'), reject(s)],
      (s) => [reject(s), reject(s)],
      (s) => [respond(), standardCall(s), systemCall('call_perform')],
      (s) => [standardCall(s), systemCall('call_perform'), reject(s)],
      (s) => [append(s, 'yielded'), standardCall(s), systemCall('call_perform')],
    ];
    ways.forEach((way, i) => {
      if (draw.chance(60)) return;
      const name = `answer ${i}`;
      if (draw.chance(70)) update(canister, name, way);
      else query(canister, name, (s) => [append(s, 'q'), respond()]);
      if (draw.chance(60)) stage.ingress(canister.id, name);
      else
        happens(stage, canister, (s) => [callTo(s, bytesOf(canister.id), name), systemCall('call_perform'), respond()]);
    });
    update(canister, 'rejected already', (s) => {
      const blob = s.program.text('sorry');
      return [systemCall('msg_reject', blob.address, blob.size), append(s, 'late')];
    });
    stage.ingress(canister.id, 'rejected already');
    // A callback answers, and one that comes after it finds the call answered.
    const answer = canister.module.callback('answers', 'reply callback', (s) => [
      append(s, draw.pick(['from a callback', ''])),
      respond(),
    ]);
    happens(stage, canister, (s) =>
      [0, 1].flatMap((i) => [
        callNew(s, {
          callee: bytesOf(canister.id),
          method: STANDARD_METHODS.replies,
          reply: indexOf(answer),
          reject: indexOf(answer),
          env: BigInt(i),
        }),
        systemCall('call_on_cleanup', indexOf(s.standardCallbacks.cleanup), constant(i)),
        systemCall('call_perform'),
      ]),
    );
  },

  'largest payloads': (teller) => {
    const { stage, draw } = teller;
    const { swarm, width } = teller;
    const shape = { width, memory: { min: 3n } } as const;
    const canister = stage.canister(shape, 10n ** 15n + BigInt(swarm.size));
    const size = constant(draw.pick([65_535, 65_536, 65_537, 98_304, 98_305]));
    const parts = draw.chance(50) ? [size] : [operation('sub', size, constant(100)), constant(100)];
    const start = constant(LAYOUT.cells);
    happens(stage, canister, () => [
      ...parts.map((part) => systemCall('msg_reply_data_append', start, part)),
      respond(),
    ]);
    happens(stage, canister, (s) => [
      callTo(s, bytesOf(canister.id), STANDARD_METHODS.query),
      ...parts.map((part) => systemCall('call_data_append', start, part)),
      systemCall('call_perform'),
      respond(),
    ]);
    // The limit is one of each call, however much others of the execution carry.
    happens(stage, canister, (s) => [
      ...[40_000, 40_000, 7].flatMap((bytes) => [
        callTo(s, bytesOf(canister.id), STANDARD_METHODS.query),
        systemCall('call_data_append', start, constant(bytes)),
        systemCall('call_perform'),
      ]),
      respond(),
    ]);
    canister.module.program.exported('canister_query large', [
      ...parts.map((part) => systemCall('msg_reply_data_append', start, part)),
      respond(),
    ]);
    stage.query(canister.id, 'large');
    stage.ingress(canister.id, 'large');
    canister.module.program.exported('canister_query rejects', [systemCall('msg_reject', constant(0xc000), size)]);
    stage.query(canister.id, 'rejects');
  },

  'strange callees and names': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const callees = [bytesOf(canisterId(99)), draw.bytes(29), draw.bytes(30), draw.bytes(1), Uint8Array.of(4)];
    for (const callee of [bytesOf(MANAGEMENT_CANISTER), draw.pick(callees)]) {
      happens(stage, canister, (s) => [
        callTo(s, callee, draw.pick(['', 'raw_rand', 'ok', 'no such'])),
        systemCall('call_cycles_add128', constant(0), constant(1_000)),
        systemCall('call_perform'),
        respond(),
      ]);
    }
    happens(stage, canister, (s) => [
      callTo(s, bytesOf(canister.id), draw.pick(NOT_UTF8)),
      systemCall('call_perform'),
      respond(),
    ]);
    happens(stage, canister, (s) => {
      const callee = s.program.blob(bytesOf(canister.id));
      const { reply } = s.standardCallbacks;
      return [
        systemCall(
          'call_new',
          callee.address,
          callee.size,
          constant(LAYOUT.constants),
          constant(draw.pick([20_000, 20_001])),
          indexOf(reply),
          constant(0),
          indexOf(reply),
          constant(0),
        ),
        systemCall('call_perform'),
        respond(),
      ];
    });
  },

  'calls upon calls': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    // Calls itself with one less, until nothing is left; answers on the way back.
    const [n, counted] = [0, 1];
    // Whatever was counted, in the call context it does not become less.
    const back = canister.module.program.callback('back', [
      resultOf('performance_counter', counted, constant(1)),
      { kind: 'log', value: operation('gt_u', ENV, variable(counted)) },
      respond(),
    ]);
    update(canister, 'down', (s) => [
      resultOf('msg_arg_data_size', n),
      { kind: 'system call', name: 'performance_counter', args: [constant(1)], into: counted },
      {
        kind: 'if',
        condition: variable(n),
        then: [
          callNew(s, {
            callee: bytesOf(canister.id),
            method: 'down',
            reply: indexOf(back),
            reject: indexOf(back),
            env: variable(counted),
          }),
          systemCall('call_data_append', constant(LAYOUT.constants), operation('sub', variable(n), constant(1))),
          systemCall('call_perform'),
        ],
        else: [respond()],
      },
    ]);
    stage.ingress(canister.id, 'down', ofLength(draw.int(1, 5)));
  },

  'composite queries, deep and wide': (teller) => {
    const canister = canisterOf(teller);
    deepQueries(teller, canister);
    wideQueries(teller, canister);
  },

  'methods of the wrong kind': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    composite(canister, 'composed', () => [respond()]);
    // What the system calls by itself is no method, by whichever name.
    const task = draw.pick(['canister_global_timer', 'canister_on_low_wasm_memory', 'canister_init'] as const);
    add(canister, task, () => [{ kind: 'log', value: constant(1) }]);
    const ofTheSystem = [task, task.replace('canister_', '')];
    const methods = ['composed', STANDARD_METHODS.query, STANDARD_METHODS.replies, 'missing', '', ...ofTheSystem];
    for (const method of [task, ...draw.sample(methods, 3)]) {
      stage.ingress(canister.id, method);
      stage.query(canister.id, method);
      stage.step(transform(canister, method));
    }
    happens(stage, canister, (s) => [
      ...['composed', draw.pick(methods)].flatMap((method) => [
        callTo(s, bytesOf(canister.id), method),
        systemCall('call_cycles_add128', constant(0), constant(1_000)),
        systemCall('call_perform'),
      ]),
      respond(),
    ]);
    stage.query(canisterId(55), 'nobody');
    stage.ingress(canisterId(55), 'nobody');
  },

  'blobs are taken at the call': (teller) => {
    const { stage } = teller;
    const canister = canisterOf(teller);
    update(canister, 'hears', () => [
      systemCall('msg_arg_data_copy', constant(LAYOUT.scratch), constant(0), constant(4)),
      { kind: 'log', value: load(LAYOUT.scratch, 4) },
      respond(),
    ]);
    happens(stage, canister, (s) => {
      const blob = s.program.text('before');
      const overwrite: Statement = {
        kind: 'memory.fill',
        address: blob.address,
        byte: constant(0x58),
        size: blob.size,
      };
      return [
        callTo(s, bytesOf(canister.id), 'hears'),
        systemCall('call_data_append', blob.address, blob.size),
        systemCall('msg_reply_data_append', blob.address, blob.size),
        systemCall('certified_data_set', blob.address, blob.size),
        overwrite,
        systemCall('call_perform'),
        respond(),
      ];
    });
  },
};
