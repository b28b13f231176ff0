// plumbing: stories about calls and callbacks in states that are seldom — canister-interface.md#system-api-call
import { bytesOf, cycles, hex } from '../../../spec/vocabulary/brands.js';
import { canisterId } from '../../../spec/vocabulary/ids.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Pick, Stimulus } from '../../../spec/vocabulary/scenario.js';
import {
  constant,
  ENV,
  indexOf,
  load,
  logMemory,
  operation,
  resultOf,
  store,
  systemCall,
  traced,
  variable,
  when,
} from '../../canister/expressions.js';
import { LAYOUT } from '../../canister/builder.js';
import type { Draw } from '../../draw.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import { trapping } from '../missions.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { ofLength, type Stage, type StagedCanister } from '../stage.js';
import { install, manage, message, pick, setting } from '../steps.js';
import { callNew } from '../system-calls.js';
import { PAGE, PLENTY } from '../values.js';
import { call } from './call-statements.js';
import { cyclesNow } from './cycle-statements.js';
import { profileOf } from './cycle-statements.js';
import { filled, toTheLimit } from './instructions.js';
import { add, composite, grows, happens, query, respond, type Stories, type Teller, TRAP, update } from './story.js';

const { replies, rejects, query: looks } = STANDARD_METHODS;

/** A step that holds back what is under way, or does not. */
function takes(stage: Stage, stimulus: Stimulus, hold = false): void {
  stage.step(stimulus, { hold });
}

function two({ stage, draw, swarm, width }: Teller): readonly [StagedCanister, StagedCanister] {
  const first = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
  return [first, stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm))];
}

/** Ways in which a callback ends badly: before or after it has done something. */
function badly(s: Scope, other: StagedCanister): Statement[] {
  const { draw } = s;
  const before = draw.pick<() => Statement[]>([
    () => [],
    () => (s.available('msg_reply') ? [respond()] : []),
    () => [store(LAYOUT.cells + 0x28, constant(draw.bits(64)))],
    () =>
      s.available('cycles_burn128') ? [systemCall('cycles_burn128', constant(0), constant(PLENTY), s.scratch())] : [],
    () =>
      call(s, {
        callee: other,
        method: s.available('msg_cycles_refunded128') ? replies : looks,
        reply: s.standardCallbacks.reply,
      }),
  ]);
  const kinds = ['unreachable', 'explicit', 'system-call', 'system-call-unavailable', 'stack-budget'] as const;
  return [...before(), ...trapping(draw.pick(['instruction-limit', 'instruction-limit', ...kinds]), s)];
}

/** Everything that says whose call it was. */
function told(s: Scope): Statement[] {
  const names = ['msg_reject_code', 'msg_caller_size', 'msg_caller_info_data_size', 'msg_caller_info_signer_size'];
  const at = s.scratch();
  return [
    ...[...names, 'canister_status', 'canister_version', 'in_replicated_execution']
      .filter((name) => s.available(name))
      .map((name) => systemCall(name)),
    resultOf('msg_caller_info_data_size', 0),
    systemCall('msg_caller_info_data_copy', at, constant(0), variable(0)),
    logMemory(at, variable(0)),
    ...[0, 1].map((counter) => systemCall('performance_counter', constant(counter))),
    ...(s.available('cycles_burn128') ? cyclesNow(s) : []),
  ];
}

/** How a call that was made first ends. */
const ENDS: readonly ((draw: Draw) => {
  readonly method?: string;
  readonly timeout?: number;
  readonly picks: readonly Pick[];
})[] = [
  () => ({ method: replies, picks: [] }),
  () => ({ method: rejects, picks: [] }),
  () => ({ method: 'missing', picks: [] }),
  (draw) => ({ picks: [pick('execute'), { kind: 'reject', rank: 0, code: draw.pick([1, 2, 2]) }] }),
  () => ({ timeout: 60, picks: [pick('execute'), pick('expire-message')] }),
];

export const stateStories: Stories = {
  'cycles sent to who cannot take them': (teller) => {
    const { stage, draw } = teller;
    const [caller, callee] = two(teller);
    const back = caller.module.callback('came back', 'reject callback', (s) => [
      systemCall('msg_reject_code'),
      ...cyclesNow(s),
    ]);
    composite(callee, 'composite', () => [respond()]);
    update(callee, 'ask', (s) => call(s, { callee: caller, method: replies, reply: s.standardCallbacks.reply }));
    const sends = (methods: readonly string[], more: Parameters<Stage['ingress']>[3] = {}): void => {
      const name = `s${stage.next()}`;
      update(caller, name, (s) =>
        methods.flatMap((method) =>
          call(s, {
            callee,
            method,
            reply: back,
            cycles: draw.pick([1n, 1_000_000n, PLENTY]),
            ...(draw.chance(30) ? { timeout: 60 } : {}),
          }),
        ),
      );
      stage.ingress(caller.id, name, hex(''), more);
    };
    const either = () => [draw.pick([replies, looks])];
    const states: readonly (() => void)[] = [
      () => {
        takes(stage, manage(callee, 'stop'));
        sends(either());
        takes(stage, manage(callee, 'start'));
      },
      () => {
        // Stopping: its own call waits, and is older.
        stage.ingress(callee.id, 'ask', hex(''), { picks: [pick('execute')], hold: true });
        takes(stage, manage(callee, 'stop'), true);
        sends(either(), { picks: [pick('execute', 1), pick('execute', 1), pick('deliver')], hold: draw.chance(50) });
        stage.steps.push({});
        takes(stage, manage(callee, 'start'));
      },
      () => {
        stage.step(setting(callee, { freezingThreshold: 10n ** 20n / 6n }));
        sends(either());
        stage.step(setting(callee, { freezingThreshold: 0n }));
      },
      () => {
        takes(stage, manage(callee, 'uninstall'));
        sends(either());
        takes(stage, install(callee, 'install'));
      },
      () => {
        stage.step(setting(callee, { minimumIncomingCanisterCallCycles: cycles(PLENTY + 1n) }));
        sends(either());
        stage.step(setting(callee, { minimumIncomingCanisterCallCycles: cycles(0n) }));
      },
      () => sends(draw.sample(['missing', 'composite', ''], 2)),
    ];
    for (const state of draw.sample(states, 3)) state();
    takes(stage, manage(callee, 'stop'));
    if (draw.chance(50)) takes(stage, manage(callee, 'delete'));
    sends(either());
  },

  'what a cleanup is told': (teller) => {
    const { stage, draw } = teller;
    const [canister, other] = two(teller);
    const { module } = canister;
    // The first of the table, which has the index 0.
    const cleanup = module.callback('cleans up', 'cleanup callback after reject', (s) => [
      ...told(s),
      ...(draw.chance(30) ? badly(s, other) : []),
    ]);
    const after = (answer: 'reply' | 'reject') =>
      module.callback(`ends badly on ${answer}`, `${answer} callback`, (s) => badly(s, other));
    const [reply, reject] = [after('reply'), after('reject')];
    for (const end of draw.sample(ENDS, 3)) {
      const name = `e${stage.next()}`;
      const { method = replies, timeout, picks } = end(draw);
      update(canister, name, (s) => {
        const [first, ...rest] = call(s, {
          callee: draw.pick([canister, other]),
          method,
          reply,
          reject,
          cycles: draw.pick([0n, 1_000n, PLENTY]),
          ...(timeout === undefined ? {} : { timeout }),
        });
        const cleans = systemCall(
          'call_on_cleanup',
          { kind: 'index of', function: cleanup },
          constant(draw.pick([0, 0, 7])),
        );
        return [...(first === undefined ? [] : [first]), cleans, ...(draw.chance(15) ? [cleans] : []), ...rest];
      });
      stage.step(
        message('ingress', canister, name, {
          ...(draw.chance(60) ? { senderInfo: { data: ofLength(draw.int(1, 20)), signer: canisterId(0) } } : {}),
        }),
        { picks },
      );
    }
    const late = module.callback('cleans up below', 'composite cleanup callback after reply', told);
    const ends = module.callback('ends badly below', 'composite reply callback', (s) => badly(s, other));
    composite(canister, 'composite', (s) => call(s, { callee: other, method: looks, reply: ends, cleanup: late }));
    // Neither an update method nor what is missing can be asked below.
    const answers = module.callback('tells', 'composite reject callback', () => [
      systemCall('msg_reject_code'),
      tellLog(),
      respond(),
    ]);
    composite(canister, 'wrong', (s) =>
      call(s, {
        callee: draw.pick([canister, other]),
        method: draw.pick([replies, rejects, 'missing']),
        reply: answers,
      }),
    );
    stage.query(canister.id, 'wrong');
    stage.query(canister.id, 'composite');
  },

  'another width while a call is open': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    const spends = (s: Scope): Statement[] => [
      ...cyclesNow(s),
      { kind: 'log', value: ENV },
      traced(ENV),
      ...filled(draw.pick([1, 20, 30, 39, 41])),
      draw.chance(30) ? TRAP : respond(),
    ];
    const callbacks = ({ module }: { readonly module: StagedCanister['module'] }) => {
      const reply = module.callback('answered', 'reply callback', spends);
      const cleanup = module.callback('cleans up', 'cleanup callback after reply', () => filled(draw.pick([1, 9])));
      return { reply, cleanup };
    };
    const mine = callbacks(canister);
    // An environment has no sign.
    const env = draw.pick([1n, 1n << 31n, (1n << 32n) - 1n, 1n << 63n]);
    const performs = systemCall('call_perform');
    // What is beyond every table stays so, though its low half is the index of a callback.
    const beyond = operation('add', indexOf(mine.reply), constant(1n << 32n));
    const high = width === 'i64' && draw.chance(35);
    update(canister, 'ask', (s) =>
      high
        ? [callNew(s, { callee: bytesOf(other.id), method: replies, reply: beyond, reject: beyond, env }), performs]
        : call(s, {
            callee: other,
            method: draw.pick([replies, rejects]),
            ...mine,
            env,
            cycles: draw.pick([0n, PLENTY]),
          }),
    );
    const { module, index } = stage.module({ width: width === 'i32' ? 'i64' : 'i32', memory: { min: 1n } });
    callbacks({ module });
    stage.withStandardMethods(module);
    const executed = Array.from({ length: draw.int(1, 2) }, () => pick('execute'));
    stage.ingress(canister.id, 'ask', hex(''), { picks: executed, hold: true });
    const mode = draw.pick(['upgrade', 'reinstall'] as const);
    takes(stage, install(canister, mode, { module: index }), true);
    stage.steps.push({});
    stage.ingress(canister.id, replies);
  },

  'queues that empty again': (teller) => {
    const { stage, draw } = teller;
    const [canister, other] = two(teller);
    const { queueCapacity } = profileOf(stage).limits;
    const count = Math.min(queueCapacity, 20);
    const bounded = draw.chance(60);
    const timeout = bounded ? { timeout: 60 } : {};
    const method = draw.pick([replies, rejects, 'missing']);
    const failing = draw.chance(40);
    // The first answer makes room for one call, and not for two.
    const first = load(LAYOUT.cells + 0x48, 8);
    const again = canister.module.callback('calls again', 'reply callback', (s) => [
      when(operation('eq', first, constant(0)), [
        store(LAYOUT.cells + 0x48, constant(1)),
        ...[0, 1].flatMap(() => call(s, { callee: other, method, reply: s.standardCallbacks.reply })),
      ]),
    ]);
    update(canister, 'many', (s) => [
      // Everything is attached to the first one, which cannot be performed then, and does not count.
      ...(failing
        ? [
            callNew(s, {
              callee: bytesOf(other.id),
              method,
              reply: indexOf(s.standardCallbacks.reply),
              reject: indexOf(s.standardCallbacks.reject),
            }),
            systemCall('canister_liquid_cycle_balance128', constant(LAYOUT.scratch)),
            systemCall('call_cycles_add128', load(LAYOUT.scratch + 8, 8), load(LAYOUT.scratch, 8)),
            systemCall('call_perform'),
          ]
        : []),
      {
        kind: 'repeat',
        // One more than there is room for.
        times: constant(count + draw.pick([0, 1])),
        body: call(s, {
          callee: other,
          method,
          reply: again,
          cycles: 5n,
          ...timeout,
        }),
      },
      ...(draw.chance(50) ? [respond()] : []),
    ]);
    const all = (kind: Pick['kind']) => Array.from({ length: count }, () => pick(kind));
    stage.ingress(canister.id, 'many', hex(''), {
      picks: [
        pick('execute'),
        ...draw.pick([
          [],
          all('reject'),
          all('execute'),
          ...(bounded ? [1, 2, 3].map(() => all('expire-message')) : []),
        ]),
      ],
      hold: true,
    });
    // A query call has queues of its own, however full those of updates are.
    const below = canister.module.callback('told below', 'composite reply callback', () => [tellLog(), respond()]);
    composite(canister, 'ask below', (s) => call(s, { callee: other, method: looks, reply: below }));
    stage.step(message('query', canister, 'ask below'), { hold: true });
    const gone = draw.pick(['uninstall', 'uninstall', 'reinstall', 'no'] as const);
    if (gone === 'uninstall') takes(stage, manage(canister, gone), draw.chance(80));
    if (gone !== 'no') takes(stage, install(canister, 'reinstall'), true);
    stage.steps.push({});
    stage.ingress(canister.id, 'many');
  },

  'memory that a query does not keep': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm), {
      freezingThreshold: swarm.has('rich canisters') ? 10n ** 17n : 10n ** 12n,
      wasmMemoryLimit: draw.pick([0n, 2n * PAGE]),
    });
    const growth = (s: Scope): Statement[] => [
      grows(draw.pick([0, 1, 2, 5])),
      systemCall('stable64_grow', constant(draw.pick([0, 1, 120_000, 120_000]))),
      ...cyclesNow(s),
      systemCall('canister_liquid_cycle_balance128', s.scratch()),
      respond(),
    ];
    query(canister, 'grows', growth);
    update(canister, 'keeps', growth);
    stage.ingress(canister.id, 'grows');
    stage.query(canister.id, 'grows');
    happens(stage, canister, (s) => [
      ...call(s, { callee: canister, method: 'grows', reply: s.standardCallbacks.reply }),
      respond(),
    ]);
    // An installation that takes more memory than the canister can pay for is none. The first one has no argument, and takes none.
    for (const name of ['canister_init', 'canister_post_upgrade'] as const)
      add(canister, name, (s) => {
        const size = s.fresh();
        const pages = operation('mul', variable(size), constant(draw.pick([1, 60_000])));
        return [
          resultOf('msg_arg_data_size', size),
          systemCall('stable64_grow', pages),
          systemCall('canister_liquid_cycle_balance128', s.scratch()),
        ];
      });
    takes(stage, install(canister, draw.pick(['upgrade', 'reinstall']), { arg: ofLength(draw.int(0, 2)) }));
    stage.ingress(canister.id, 'keeps');
    stage.ingress(canister.id, 'grows');
  },

  'every entry point to its last instruction': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm), {
      wasmMemoryThreshold: 1n << 40n,
    });
    const { limits } = profileOf(stage);
    const { module } = canister;
    const ends = (limit: bigint) => (): Statement[] => toTheLimit(limit, draw);
    const tasks = { updates: ends(limits.updateInstructions) };
    add(canister, 'canister_heartbeat', tasks.updates);
    add(canister, 'canister_global_timer', tasks.updates);
    add(canister, 'canister_on_low_wasm_memory', tasks.updates);
    add(canister, 'canister_inspect_message', () => [
      systemCall('accept_message'),
      ...(draw.chance(40) ? toTheLimit(limits.inspectInstructions, draw) : []),
    ]);
    const cleanup = module.callback('cleans up', 'cleanup callback after reply', ends(limits.cleanupInstructions));
    const late = module.callback(
      'cleans up below',
      'composite cleanup callback after reply',
      ends(limits.cleanupInstructions),
    );
    const at = ends(limits.callbackInstructions);
    const reply = module.callback('answered', 'reply callback', at);
    const fails = module.callback('fails', 'reject callback', () => [TRAP]);
    const below = module.callback('answered below', 'composite reply callback', at);
    const more = { callee: canister, reply, reject: fails, cleanup };
    composite(canister, 'composite', (s) =>
      call(s, { ...more, method: draw.pick([looks, 'missing']), reply: below, cleanup: late }),
    );
    query(canister, 'ends', ends(limits.queryInstructions));
    update(canister, 'ask', (s) => [
      resultOf('time', 0),
      systemCall('global_timer_set', variable(0)),
      ...[replies, rejects].flatMap((method) => call(s, { ...more, method })),
      store(LAYOUT.cells + 0x30, operation('add', variable(0), constant(1))),
      respond(),
    ]);
    stage.ingress(canister.id, 'ask');
    stage.steps.push({ picks: [pick('heartbeat'), pick('global-timer')] });
    stage.query(canister.id, 'composite');
    stage.query(canister.id, 'ends');
    stage.ingress(canister.id, 'ends');
  },
};
