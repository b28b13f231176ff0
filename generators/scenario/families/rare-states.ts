// plumbing: stories that end up in states which others hardly reach — abstract-behavior.md
import { bytesOf, cycles, hex } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Pick, Settings } from '../../../spec/vocabulary/scenario.js';
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
import { CONTROLLER, type StagedCanister } from '../stage.js';
import { anyPicks, create, deposit, install, manage, pick, setting, wait } from '../steps.js';
import { callNew } from '../system-calls.js';
import { PAGE, SECOND } from '../values.js';
import { amountOf, profileOf } from './cycle-statements.js';
import { add, grows, happens, query, respond, type Stories, TRAP, update } from './story.js';

/** What the canister can tell of itself. */
function look(s: Scope): Statement[] {
  return [
    systemCall('canister_status'),
    systemCall('canister_version'),
    ...amountOf('canister_cycle_balance128'),
    ...amountOf('canister_liquid_cycle_balance128'),
    systemCall('env_var_count'),
    { kind: 'log', value: { kind: 'memory bytes' } },
    ...(s.available('global_timer_set') ? [systemCall('global_timer_set', constant((1n << 63n) + 5n))] : []),
  ];
}

/** A call to another canister with some cycles, and nothing said to the caller. */
function asks(s: Scope, callee: StagedCanister, method: string, reply?: string, cleanup?: string): Statement[] {
  const standard = s.standardCallbacks;
  return [
    callNew(s, {
      callee: bytesOf(callee.id),
      method,
      reply: indexOf(reply ?? standard.reply),
      reject: indexOf(reply ?? standard.reject),
    }),
    ...(cleanup === undefined ? [] : [systemCall('call_on_cleanup', indexOf(cleanup), constant(1))]),
    systemCall('call_cycles_add128', constant(0), constant(s.draw.pick([0, 1, 1_000_000, 1_000_000]))),
    systemCall('call_perform'),
  ];
}

/** System tasks that wait while the low-memory hook is ready. */
function addTasks(canister: StagedCanister): void {
  for (const task of ['canister_heartbeat', 'canister_global_timer'] as const)
    add(canister, task, (s) => [
      store(LAYOUT.cells + 56, constant(s.draw.bits(8))),
      grows(s.draw.pick([0, 1, 4])),
      ...look(s),
    ]);
}

/** A timer that is due when the execution ends. */
function timerAtOnce(): Statement[] {
  return [resultOf('time', 0), systemCall('global_timer_set', variable(0))];
}

export const rareStateStories: Stories = {
  'out of cycles with a timer and a call open': ({ stage, draw, swarm, width }) => {
    // One percent for a second: 10^7 cycles.
    const poor = stage.canister(shapeOf(draw, swarm, width), 10n ** 12n, {
      computeAllocation: 100n,
      memoryAllocation: draw.pick([0n, 1n << 30n, 1n << 36n]),
      freezingThreshold: draw.pick([0n, 50n]),
      ...(draw.chance(50) ? { wasmMemoryLimit: 4n * PAGE, wasmMemoryThreshold: 4n * PAGE } : {}),
    });
    const rich = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    add(poor, 'canister_global_timer', (s) => look(s));
    if (draw.chance(50)) add(poor, 'canister_on_low_wasm_memory', (s) => look(s));
    const waits = (s: Scope): Statement[] => [
      resultOf('time', 0),
      systemCall('global_timer_set', operation('add', variable(0), constant(draw.pick([0n, SECOND, 1n << 60n])))),
      systemCall('msg_cycles_accept128', constant(0), constant(draw.pick([0, 1])), constant(LAYOUT.scratch)),
      systemCall('certified_data_set', constant(LAYOUT.scratch), constant(8)),
      systemCall('debug_print', constant(LAYOUT.scratch), constant(8)),
      ...asks(s, rich, draw.pick([STANDARD_METHODS.replies, STANDARD_METHODS.rejects])),
    ];
    update(poor, 'wait', waits);
    // Who has answered still waits for its callback.
    update(poor, 'answer and wait', (s) => [...waits(s), respond()]);
    update(rich, 'ask', (s) => ['wait', 'answer and wait'].flatMap((method) => asks(s, poor, method)));
    const [first, method] = draw.pick([
      [poor, 'wait'],
      [rich, 'ask'],
    ] as const);
    // Where the hook is ready it runs before anything else does.
    stage.ingress(first.id, method, hex(''), {
      picks: [pick('low-wasm-memory'), pick('execute'), pick('execute')],
      hold: true,
    });
    stage.ingress(rich.id, 'ask', hex(''), {
      picks: Array.from({ length: 5 }, () => pick('execute', draw.below(2))),
      hold: true,
    });
    for (let i = draw.pick([0, 0, 1, 2]); i > 0; i--) stage.step(manage(poor, 'stop'), { hold: true });
    stage.step(wait(draw.pick([1n, 2_000n, 2_000n, 2_000n, 2_000n, 2_000n]) * SECOND), { hold: true });
    stage.steps.push({ picks: anyPicks(draw, 1), hold: draw.chance(80) });
    // It has code again when the answers to what it asked before come: these are not for the new code.
    stage.step(deposit(poor, 10n ** 15n), { hold: draw.chance(75) });
    stage.step(install(poor, draw.pick(['install', 'reinstall'])));
    stage.steps.push({});
    // What is left of its allocations and thresholds shows in what it pays, and in what it may spend.
    if (draw.chance(80)) stage.step(wait(86_400n * SECOND));
    happens(stage, poor, (s) => [...look(s), respond()]);
    // Who has run out of cycles once can run out of them again.
    stage.step(setting(poor, { computeAllocation: 100n }));
    stage.step(wait(2_000_000n * SECOND));
  },

  'uninstalled while it is stopping': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    update(canister, 'ask', (s) => [
      ...asks(s, other, draw.pick([STANDARD_METHODS.replies, STANDARD_METHODS.rejects])),
      // Who has answered still waits for its callback.
      ...(draw.chance(50) ? [respond()] : []),
    ]);
    // A call to oneself is open as well, and waits for that to the other.
    update(canister, 'ask oneself', (s) => asks(s, canister, 'ask'));
    const execute = pick('execute');
    stage.ingress(canister.id, 'ask oneself', hex(''), { picks: [execute, execute], hold: true });
    if (draw.chance(50)) stage.ingress(canister.id, 'ask', hex(''), { picks: [execute], hold: true });
    const { id } = canister;
    for (let i = draw.int(1, 2); i > 0; i--) stage.step(manage(canister, 'stop'), { hold: true });
    stage.step(manage(canister, 'uninstall'), { hold: true });
    const next = draw.pick(['install', 'start', 'stop', 'delete', 'nothing'] as const);
    if (next === 'install') stage.step(install(canister, 'install'));
    else if (next !== 'nothing') stage.step(manage(canister, next), { hold: true });
    stage.steps.push({ picks: anyPicks(draw, 2) });
    stage.ingress(id, STANDARD_METHODS.replies);
    // To stop what has stopped already, with code or without, is one change and no more.
    stage.step(manage(canister, 'stop'));
    stage.step(manage(canister, draw.pick(['start', 'delete'] as const)));
    stage.ingress(id, STANDARD_METHODS.replies);
  },

  'frozen before its callback runs': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    const amount = constant(draw.pick([0n, 1n, (1n << 64n) - 1n]));
    const spends = (s: Scope): Statement[] => [
      ...look(s),
      systemCall('cycles_burn128', constant(draw.pick([0n, 0n, 1n])), amount, constant(LAYOUT.scratch)),
      logMemory(constant(LAYOUT.scratch), constant(16)),
      ...(s.available('call_new') && draw.chance(40) ? asks(s, other, STANDARD_METHODS.replies) : []),
      ...look(s),
    ];
    const traps = (s: Scope): Statement[] => [...spends(s), TRAP];
    // A callback sees the settings that there are now, not those of when the call was made.
    const settings = (s: Scope): Statement[] => {
      const [late, who] = [s.program.text('late'), s.program.blob(bytesOf(other.id))];
      return [
        systemCall('env_var_name_exists', late.address, late.size),
        systemCall('is_controller', who.address, who.size),
      ];
    };
    const later = canister.module.callback('frozen', 'reply callback', (s) => [
      ...settings(s),
      ...spends(s),
      respond(),
    ]);
    const fails = canister.module.callback('frozen, and traps', 'reply callback', traps);
    const cleanup = canister.module.callback('frozen cleanup', 'cleanup callback after reply', spends);
    const attempt = (): Statement[] => [
      grows(1),
      systemCall('stable64_grow', constant(draw.pick([1, 1_000, 100_000]))),
    ];
    update(canister, 'ask', (s) => [
      ...settings(s),
      ...look(s),
      callNew(s, {
        callee: bytesOf(other.id),
        method: draw.pick([STANDARD_METHODS.replies, STANDARD_METHODS.rejects]),
        reply: indexOf(draw.pick([later, fails])),
        reject: indexOf(later),
      }),
      systemCall('call_on_cleanup', indexOf(cleanup), constant(1)),
      systemCall('call_perform'),
    ]);
    stage.ingress(canister.id, 'ask', hex(''), { picks: [pick('execute')], hold: true });
    const freezingThreshold = draw.pick([10n ** 13n, 10n ** 16n, (1n << 64n) - 1n]);
    const changed: Settings = {
      freezingThreshold,
      controllers: [CONTROLLER, other.id],
      environmentVariables: [{ name: 'late', value: '1' }],
    };
    stage.step(setting(canister, changed), { hold: true });
    stage.steps.push({});
    // Not frozen before it grows, and frozen from then on.
    stage.step(setting(canister, { freezingThreshold: 10n ** draw.pick([9n, 10n, 11n]) }));
    happens(stage, canister, (s) => [...attempt(), ...spends(s), respond()]);
    stage.step(setting(canister, { freezingThreshold: 0n }));
    happens(stage, canister, (s) => [...look(s), respond()]);
  },

  'little memory left': ({ stage, draw, swarm, width }) => {
    const limit = PAGE * 8n;
    // System tasks that could run when the hook is ready, and have to wait.
    const tasks = draw.chance(60);
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm), {
      wasmMemoryLimit: tasks ? limit : draw.pick([0n, limit]),
      wasmMemoryThreshold: tasks ? PAGE * draw.pick([4n, 5n]) : draw.pick([0n, PAGE * 4n, limit, 1n << 40n]),
    });
    if (draw.chance(85)) {
      add(canister, 'canister_on_low_wasm_memory', () => [
        systemCall('canister_status'),
        systemCall('canister_version'),
        store(LAYOUT.cells + 40, operation('add', load(LAYOUT.cells + 40, 8), constant(1))),
        ...(draw.chance(20) ? [grows(1)] : []),
        ...(draw.chance(20) ? [TRAP] : []),
      ]);
    }
    if (tasks) addTasks(canister);
    // What a query grew is gone when it ends: no reason for the hook.
    query(canister, 'grow in a query', () => [grows(7), respond()]);
    stage.ingress(canister.id, 'grow in a query');
    const first = (): Pick[] => [pick('execute'), pick(draw.pick(['heartbeat', 'global-timer'] as const))];
    for (let i = 0; i < 4; i++) {
      const name = `g${stage.next()}`;
      update(canister, name, () => [grows(draw.int(0, 3)), ...(tasks ? timerAtOnce() : []), respond()]);
      stage.ingress(canister.id, name, hex(''), tasks ? { picks: first(), hold: draw.chance(30) } : {});
      if (draw.chance(25)) stage.step(setting(canister, { wasmMemoryThreshold: draw.pick([0n, PAGE, limit]) }));
      if (draw.chance(15)) stage.step(install(canister, 'upgrade'));
    }
    // The hook is due, or becomes due, while the canister is frozen: it runs when that ends.
    if (draw.chance(80)) {
      stage.step(install(canister, 'reinstall'));
      stage.step(setting(canister, { wasmMemoryLimit: limit, wasmMemoryThreshold: PAGE * 4n }));
    }
    update(canister, 'all of it', () => [grows(7), respond()]);
    const freezing = (freezingThreshold: bigint, more: Settings = {}): void => {
      const settings = { freezingThreshold, ...more };
      stage.step(setting(canister, settings), { hold: true });
    };
    stage.ingress(canister.id, 'all of it', hex(''), { picks: [pick('execute')], hold: true });
    freezing((1n << 64n) - 1n, draw.chance(50) ? { wasmMemoryThreshold: draw.pick([0n, limit]) } : {});
    if (draw.chance(30)) freezing((1n << 64n) - 1n, { wasmMemoryThreshold: limit });
    freezing(0n);
    stage.steps.push({});
  },

  'a hook that has run': ({ stage, draw, swarm, width }) => {
    const limit = PAGE * 16n;
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm), {
      wasmMemoryLimit: limit,
      wasmMemoryThreshold: limit,
    });
    const { id } = canister;
    const { replies } = STANDARD_METHODS;
    const ends: Statement[] = draw.chance(30) ? [TRAP] : [];
    add(canister, 'canister_on_low_wasm_memory', (s) => [...look(s), ...ends]);
    update(canister, 'grow', () => [grows(1), respond()]);
    stage.ingress(id, replies);
    // As long as there is too little it does not run again, whatever else becomes of the canister.
    const changes: readonly (() => void)[] = [
      () => stage.step(setting(canister, { wasmMemoryThreshold: limit + draw.pick([-1n, 1n, PAGE]) })),
      () => stage.step(setting(canister, { wasmMemoryLimit: limit - PAGE })),
      () => stage.step(setting(canister, { freezingThreshold: 7n })),
      () => stage.step(install(canister, draw.pick(['upgrade', 'reinstall']))),
      // Without code there is memory enough: with other code it is due once more.
      () => [manage(canister, 'uninstall'), install(canister, 'install')].forEach((each) => stage.step(each)),
      () => stage.ingress(id, 'grow'),
      () => (['stop', 'start'] as const).forEach((kind) => stage.step(manage(canister, kind))),
    ];
    for (const change of draw.sample(changes, 3)) {
      change();
      stage.ingress(id, replies);
    }
    // The limit is less than what is there, so that nothing is set: the threshold was never less.
    stage.step(setting(canister, { wasmMemoryThreshold: 0n, wasmMemoryLimit: 1n }));
    stage.step(setting(canister, { wasmMemoryThreshold: limit }));
    stage.ingress(id, replies);
    // It is due again, but cannot be paid for: nothing waits for it then.
    stage.step(setting(canister, { wasmMemoryThreshold: 0n }));
    const due = { wasmMemoryThreshold: limit, freezingThreshold: draw.pick([0n, (1n << 64n) - 1n]) };
    stage.ingress(id, replies, hex(''), { hold: true });
    stage.step(setting(canister, due));
    stage.step(setting(canister, { freezingThreshold: 0n }));
    stage.ingress(id, replies);
  },

  'little memory left while callbacks run': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm), {
      wasmMemoryLimit: draw.pick([8n, 9n]) * PAGE,
      wasmMemoryThreshold: 4n * PAGE + draw.pick([0n, 1n]),
    });
    const other = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    const counts = (s: Scope, at: number): Statement[] => [
      store(LAYOUT.cells + at, constant(s.draw.bits(8))),
      ...look(s),
    ];
    add(canister, 'canister_on_low_wasm_memory', (s) => counts(s, 40));
    addTasks(canister);
    const later = canister.module.callback('with little memory', 'reply callback', (s) => [
      ...counts(s, 48),
      ...(draw.chance(50) ? [grows(draw.int(1, 3))] : []),
      ...(draw.chance(40) ? [TRAP] : []),
      respond(),
    ]);
    const cleanup = canister.module.program.callback('cleans up and grows', [grows(draw.int(0, 6))]);
    update(canister, 'ask', (s) => [
      ...asks(s, other, draw.pick([STANDARD_METHODS.replies, STANDARD_METHODS.rejects]), later, cleanup),
      grows(draw.pick([0, 2, 4, 6])),
      ...timerAtOnce(),
    ]);
    update(canister, 'grow', () => [grows(draw.int(1, 3)), ...timerAtOnce(), respond()]);
    for (let i = 0; i < 2; i++)
      stage.ingress(canister.id, draw.pick(['ask', 'ask', 'grow']), hex(''), {
        picks: [pick('execute'), pick(draw.pick(['execute', 'heartbeat', 'global-timer'] as const), draw.below(2))],
        hold: true,
      });
    // While it is stopping the hook has to wait.
    if (draw.chance(30)) stage.step(manage(canister, 'stop'), { hold: true });
    stage.steps.push({
      picks: [
        pick(draw.pick(['heartbeat', 'global-timer'] as const)),
        pick('deliver'),
        pick('deliver'),
        pick('low-wasm-memory'),
      ],
      hold: draw.chance(50),
    });
    const { id } = canister;
    // The hook stays as it is, ready or executed, as long as little is left.
    const settings = { wasmMemoryLimit: 9n * PAGE - 1n, wasmMemoryThreshold: 5n * PAGE };
    for (const kind of draw.sample(['stop', 'start', 'upgrade', 'settings'] as const, 3)) {
      if (kind === 'upgrade') stage.step(install(canister, kind), { hold: true });
      else if (kind === 'settings') stage.step(setting(canister, settings), { hold: true });
      else stage.step(manage(canister, kind), { hold: true });
    }
    if (draw.chance(50)) stage.steps.push({});
    stage.step(manage(canister, 'start'), { hold: true });
    if (draw.chance(40)) stage.step(manage(canister, 'uninstall'), { hold: draw.chance(50) });
    if (draw.chance(60)) stage.step(install(canister, draw.pick(['install', 'reinstall', 'upgrade'])));
    stage.ingress(id, 'grow');
    stage.ingress(id, 'grow');
  },

  'a reserved balance': ({ stage, draw, swarm, width }) => {
    const reserved = draw.pick([1n, 10n ** 9n, 10n ** 9n, 10n ** 9n, 5n * 10n ** 12n, 5n * 10n ** 12n]);
    const canister = stage.canister(
      shapeOf(draw, swarm, width),
      draw.pick([10n ** 11n, 10n ** 13n]),
      {
        // With one percent for a thousand seconds, it pays for a part of the freezing limit.
        freezingThreshold: draw.pick([0n, 10n, 1_000n, 1_000n]),
        computeAllocation: draw.pick([0n, 1n, 1n]),
        ...(draw.chance(50) ? { reservedCyclesLimit: cycles(reserved + draw.pick([0n, 1n])) } : {}),
      },
      reserved,
    );
    const spends = (s: Scope): Statement[] => [
      ...look(s),
      systemCall(
        'cycles_burn128',
        constant(0),
        constant(draw.pick([1n, 10n ** 12n, (1n << 64n) - 1n, (1n << 64n) - 1n])),
        constant(LAYOUT.scratch),
      ),
      systemCall('stable64_grow', constant(draw.pick([0, 1, 100]))),
      ...look(s),
      // All that is liquid can be attached, with what is reserved paying for its part.
      callNew(s, {
        callee: bytesOf(canister.id),
        method: STANDARD_METHODS.replies,
        reply: indexOf(s.standardCallbacks.reply),
        reject: indexOf(s.standardCallbacks.reject),
      }),
      systemCall('canister_liquid_cycle_balance128', constant(LAYOUT.scratch)),
      systemCall('call_cycles_add128', load(LAYOUT.scratch + 8, 8), load(LAYOUT.scratch, 8)),
      respond(),
    ];
    // Who has nothing but what is allocated pays for a second of that what is reserved, a cycle more or a cycle less.
    const ofASecond = profileOf(stage).fees.computePercentSecond + draw.pick([-1n, 0n, 0n, 1n]);
    stage.step(create(10n ** 11n, ofASecond, { computeAllocation: 1n, freezingThreshold: 0n }));
    stage.step(wait(SECOND));
    // Just enough, or too little, which is refused.
    stage.step(setting(canister, { reservedCyclesLimit: cycles(draw.pick([0n, reserved - 1n, reserved])) }));
    happens(stage, canister, (s) => spends(s));
    for (const by of draw.sample([1n, SECOND, 100n * SECOND, 86_400n * SECOND], 2)) {
      stage.step(wait(by));
      happens(stage, canister, (s) => [...look(s), respond()]);
    }
    // Refused as a whole while more than that is reserved.
    stage.step(
      setting(canister, {
        reservedCyclesLimit: cycles(draw.pick([0n, 1n])),
        freezingThreshold: 20n,
        environmentVariables: [],
      }),
    );
    stage.step(
      setting(canister, {
        computeAllocation: draw.pick([1n, 2n, 100n]),
        freezingThreshold: draw.pick([1n, 10n ** 4n]),
      }),
    );
    happens(stage, canister, (s) => spends(s));
    const end = draw.pick(['uninstall', 'stop', 'stop', 'upgrade'] as const);
    if (end === 'upgrade') stage.step(install(canister, end));
    else stage.step(manage(canister, end));
    stage.step(wait(draw.pick([SECOND, 1_000_000n * SECOND])));
    if (end === 'stop') stage.step(manage(canister, 'delete'));
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'more memory than the limit that stays': ({ stage, draw, swarm, width }) => {
    const limit = draw.pick([2n, 3n]) * PAGE;
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm), {
      wasmMemoryLimit: limit,
    });
    const other = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    const later = canister.module.callback('more than the limit', 'reply callback', (s) => [
      grows(draw.int(1, 4)),
      ...look(s),
      respond(),
    ]);
    add(canister, 'canister_heartbeat', () => [grows(draw.int(1, 2))]);
    update(canister, 'ask', (s) => asks(s, other, STANDARD_METHODS.replies, later));
    if (draw.chance(60)) stage.ingress(canister.id, 'ask');
    else stage.steps.push({ picks: [pick('heartbeat'), pick('heartbeat')] });
    happens(stage, canister, (s) => [...look(s), respond()]);
    stage.step(setting(canister, { freezingThreshold: 9n }));
    stage.step(setting(canister, { wasmMemoryThreshold: PAGE }));
    const to = draw.pick([0n, limit - 1n, limit, limit + PAGE, limit + 4n * PAGE, 1n << 48n, (1n << 48n) + 1n]);
    const environmentVariables = [{ name: 'late', value: '1' }];
    stage.step(setting(canister, { wasmMemoryLimit: to, freezingThreshold: 8n, environmentVariables }));
    stage.step(setting(canister, draw.pick<Settings>([{}, { freezingThreshold: 7n }, { controllers: [CONTROLLER] }])));
    stage.step(install(canister, draw.pick(['upgrade', 'reinstall'])));
    stage.step(setting(canister, { freezingThreshold: 6n }));
    happens(stage, canister, (s) => [...look(s), respond()]);
  },
};
