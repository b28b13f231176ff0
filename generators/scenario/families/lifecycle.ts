// plumbing: stories about the life of canisters — canister-interface.md#system-api-upgrades, management-canister.md
import { cycles, hex } from '../../../spec/vocabulary/brands.js';
import { ANONYMOUS, canisterId, userId } from '../../../spec/vocabulary/ids.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Settings, Stimulus } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, load, operation, resultOf, store, systemCall, variable } from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { STANDARD_METHODS } from '../canister.js';
import { shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER, ofLength, type StagedCanister } from '../stage.js';
import { anyPicks, create, deposit, install, manage, pick, setting, wait } from '../steps.js';
import { standardCall, wellCalled } from '../system-calls.js';
import {
  add,
  canisterOf,
  grows,
  happens,
  query,
  respond,
  type Stories,
  type Teller,
  timeAndVersion,
  TRAP,
  update,
} from './story.js';

/** What a canister can tell of its status and version. */
export const statusAndVersion = (s: Scope): Statement[] => [
  systemCall('canister_status'),
  ...timeAndVersion(s),
  systemCall('in_replicated_execution'),
];

/** Writes to everything that an upgrade keeps or drops. */
function fill(s: Scope): Statement[] {
  return [
    store(LAYOUT.cells + 8, constant(s.draw.bits(64))),
    { kind: 'set global', index: 0, value: constant(s.draw.bits(32)) },
    systemCall('stable64_grow', constant(1)),
    systemCall('stable64_write', constant(0), constant(LAYOUT.cells), constant(64)),
    systemCall('certified_data_set', constant(LAYOUT.cells), constant(32)),
    systemCall('global_timer_set', constant((1n << 63n) - 1n)),
    grows(1),
    systemCall('debug_print', constant(LAYOUT.cells), constant(16)),
  ];
}

/** Hooks that write a mark to stable memory each, so that their order shows. */
function addHooks(
  canister: StagedCanister,
  mark: number,
  trap: 'canister_pre_upgrade' | 'canister_post_upgrade' | 'start' | null,
  draw: Draw,
): void {
  const stamp = (at: number): Statement[] => [
    systemCall('stable64_grow', constant(1)),
    systemCall('stable64_read', constant(LAYOUT.scratch), constant(100), constant(8)),
    store(LAYOUT.scratch, operation('add', operation('mul', load(LAYOUT.scratch, 8), constant(10)), constant(at))),
    systemCall('stable64_write', constant(100), constant(LAYOUT.scratch), constant(8)),
  ];
  // Whatever it was before the upgrade, the version is greater after it.
  const versionBefore = 108;
  const rememberVersion = (s: Scope): Statement[] => {
    const now = s.fresh();
    return [
      resultOf('canister_version', now),
      store(LAYOUT.scratch, variable(now)),
      systemCall('stable64_write', constant(versionBefore), constant(LAYOUT.scratch), constant(8)),
    ];
  };
  const compareVersion = (s: Scope): Statement[] => {
    const now = s.fresh();
    return [
      systemCall('stable64_read', constant(LAYOUT.scratch), constant(versionBefore), constant(8)),
      resultOf('canister_version', now),
      { kind: 'log', value: operation('lt_u', load(LAYOUT.scratch, 8), variable(now)) },
    ];
  };
  const ends = (hook: string): Statement[] =>
    hook === trap ? [{ kind: 'trap', means: draw.pick(['unreachable', 'recursion', 'load beyond the end']) }] : [];
  const { program } = canister.module;
  add(canister, 'canister_pre_upgrade', (s) => [
    ...stamp(1 + mark),
    ...statusAndVersion(s),
    ...wellCalled('msg_caller_copy', s),
    ...rememberVersion(s),
    ...fill(s),
    ...ends('canister_pre_upgrade'),
  ]);
  add(canister, 'canister_post_upgrade', (s) => [
    ...stamp(3 + mark),
    ...compareVersion(s),
    ...statusAndVersion(s),
    ...wellCalled('msg_arg_data_copy', s),
    ...wellCalled('msg_caller_copy', s),
    ...ends('canister_post_upgrade'),
  ]);
  add(canister, 'canister_init', (s) => [
    ...stamp(5 + mark),
    systemCall('debug_print', constant(LAYOUT.scratch), constant(4)),
    ...statusAndVersion(s),
    ...wellCalled('msg_caller_copy', s),
    ...(draw.chance(20) ? ends('canister_post_upgrade') : []),
  ]);
  const prints = systemCall('debug_print', constant(LAYOUT.scratch), constant(8));
  if (draw.chance(60)) program.startFunction([...stamp(2 + mark), prints, ...ends('start')]);
}

/** Another module for the canister, with hooks. */
function newVersion(
  { stage, draw, swarm, width }: Teller,
  mark: number,
  trap: Parameters<typeof addHooks>[2],
): StagedCanister {
  const other = stage.module(shapeOf(draw, swarm, draw.chance(85) ? width : width === 'i32' ? 'i64' : 'i32'));
  other.module.program.globals.push({ type: 'i32', init: 1n }, { type: 'i64', init: 2n });
  const staged = { id: canisterId(0), module: other.module, moduleIndex: other.index };
  addHooks(staged, mark, trap, draw);
  update(staged, 'new method', (s) => [...statusAndVersion(s), respond()]);
  return staged;
}

/** One management call of any kind, by any sender. */
export function anyManagement(draw: Draw, canister: StagedCanister, modules: number): Stimulus {
  const sender = draw.weighted([
    [8, CONTROLLER],
    [1, userId(1)],
    [1, ANONYMOUS],
  ]);
  return draw.weighted<() => Stimulus>([
    [3, () => manage(canister, 'stop', sender)],
    [3, () => manage(canister, 'start', sender)],
    [
      3,
      () =>
        install(canister, draw.pick(['install', 'reinstall', 'upgrade']), {
          module: draw.below(modules),
          arg: ofLength(draw.below(3)),
          sender,
        }),
    ],
    [1, () => manage(canister, 'uninstall', sender)],
    [1, () => manage(canister, 'delete', sender)],
    [2, () => setting(canister, anySettings(draw), sender)],
    [1, () => deposit(canister, draw.bits(40), sender)],
    [2, () => wait(draw.bits(34))],
    [1, () => create(10n ** 13n, draw.pick([0n, 1n, 10n ** 12n]), anySettings(draw), sender)],
  ])();
}

/** One or two settings, with values on both sides of what is valid. */
export function anySettings(draw: Draw): Settings {
  const fields: (() => Settings)[] = [
    () => ({
      controllers: draw.pick([
        [CONTROLLER],
        [CONTROLLER, userId(1)],
        [CONTROLLER, canisterId(0)],
        Array.from({ length: draw.pick([10, 11]) }, (_, i) => userId(i)),
      ]),
    }),
    () => ({ computeAllocation: draw.pick([0n, 1n, 100n, 101n]) }),
    () => ({ memoryAllocation: draw.pick([0n, 1n << 20n, 1n << 40n]) }),
    () => ({ freezingThreshold: draw.pick([0n, 1n, 2_592_000n, (1n << 64n) - 1n, 1n << 64n]) }),
    () => ({ reservedCyclesLimit: cycles(draw.pick([0n, 1n, 1n << 64n])) }),
    () => ({ wasmMemoryLimit: draw.pick([0n, 1n << 16n, 1n << 20n, 1n << 48n]) }),
    () => ({ wasmMemoryThreshold: draw.pick([0n, 1n, 1n << 24n, 1n << 40n]) }),
    () => ({ minimumIncomingCanisterCallCycles: cycles(draw.pick([0n, 1n, 1n << 64n])) }),
    () => ({
      environmentVariables: draw.pick([
        [],
        [{ name: 'A', value: '1' }],
        [
          { name: 'B', value: '' },
          { name: 'A', value: '2' },
        ],
        [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
        [{ name: 'n'.repeat(129), value: '' }],
        [{ name: 'n', value: 'v'.repeat(129) }],
        Array.from({ length: draw.pick([20, 21]) }, (_, i) => ({ name: `N${i}`, value: '' })),
      ]),
    }),
  ];
  return Object.assign({}, ...draw.sample(fields, draw.int(1, 2)).map((field) => field())) as Settings;
}

export const lifecycleStories: Stories = {
  'an upgrade, step by step': (teller) => {
    const { stage, draw } = teller;
    // Any of the controllers may install, not only the first one.
    const canister = canisterOf(teller, { controllers: draw.shuffle([CONTROLLER, userId(1), ANONYMOUS]) });
    const trap = draw.pick(['canister_pre_upgrade', 'canister_post_upgrade', 'start', null, null] as const);
    addHooks(canister, 0, trap === 'canister_pre_upgrade' ? trap : null, draw);
    const other = newVersion(teller, 4, trap === 'canister_pre_upgrade' ? null : trap);
    happens(stage, canister, (s) => [...fill(s), respond()]);
    stage.observe();
    const skipPreUpgrade = draw.pick([undefined, false, true]);
    const wasmMemoryPersistence = draw.pick([undefined, 'keep', 'replace'] as const);
    const mode = draw.weighted([
      [5, 'upgrade'],
      [2, 'reinstall'],
      [1, 'install'],
    ] as const);
    stage.step(
      install(canister, mode, {
        module: other.moduleIndex,
        arg: ofLength(draw.below(9)),
        ...(skipPreUpgrade === undefined ? {} : { skipPreUpgrade }),
        ...(wasmMemoryPersistence === undefined ? {} : { wasmMemoryPersistence }),
      }),
    );
    stage.ingress(canister.id, 'new method');
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'upgrades again and again': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    addHooks(canister, 0, null, draw);
    happens(stage, canister, (s) => [...fill(s), respond()]);
    for (let i = 0; i < 3; i++) {
      stage.step(
        install(canister, draw.pick(['upgrade', 'upgrade', 'reinstall']), {
          wasmMemoryPersistence: draw.pick(['keep', 'replace']),
        }),
      );
      happens(stage, canister, (s) => [grows(draw.int(0, 2)), ...wellCalled('certified_data_set', s), respond()]);
    }
  },

  'stopping with a call open': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    // Who has answered before is called back all the same.
    const early = draw.chance(40);
    const ends: Statement[] = draw.chance(30) ? [TRAP] : early ? [] : [respond()];
    const reply = canister.module.callback('status later', 'reply callback', (s) => [...statusAndVersion(s), ...ends]);
    update(canister, 'ask', (s) => [standardCall(s), systemCall('call_perform'), ...statusAndVersion(s)]);
    update(canister, 'ask and see', (s) => {
      const call = standardCall(s);
      return [
        call.kind === 'system call'
          ? {
              ...call,
              args: call.args.map((arg, i) =>
                i === 4 || i === 6 ? ({ kind: 'index of', function: reply } as const) : arg,
              ),
            }
          : call,
        systemCall('call_perform'),
        ...statusAndVersion(s),
        ...(early ? [respond()] : []),
      ];
    });
    stage.ingress(canister.id, draw.pick(['ask', 'ask and see']), hex(''), {
      picks: [pick('execute')],
      hold: true,
    });
    const [stop, start] = [manage(canister, 'stop'), manage(canister, 'start')];
    stage.step(stop, { hold: true });
    stage.ingress(canister.id, STANDARD_METHODS.replies, hex(''), { hold: true });
    const asked = { canister: canister.id, method: STANDARD_METHODS.query, arg: hex('') };
    stage.step(
      { ...asked, ...draw.pick([{ kind: 'query', sender: CONTROLLER }, { kind: 'transform' }]) },
      { hold: true },
    );
    for (const next of draw.sample([stop, start, stop], draw.int(0, 3))) stage.step(next, { hold: true });
    if (draw.chance(30)) stage.step(install(canister, 'upgrade'));
    stage.steps.push({ picks: anyPicks(draw, 3) });
    stage.query(canister.id, STANDARD_METHODS.query);
    if (draw.chance(60)) stage.step(manage(canister, 'delete'));
    else stage.step(start);
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'changed before a message is executed': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { id } = canister;
    const other = stage.module(shapeOf(draw, teller.swarm, teller.width));
    const says = (n: number): Statement[] => [
      store(LAYOUT.cells + 8, operation('add', load(LAYOUT.cells + 8, 8), constant(n))),
      respond(),
    ];
    // What is an update method of one of them is a query method of the other.
    update(canister, 'turn', () => says(1));
    query(canister, 'return', () => says(2));
    query(other, 'turn', () => says(3));
    update(other, 'return', () => says(4));
    const held = (stimulus: Stimulus) => stage.step(stimulus, { hold: true });
    const changes: (() => void)[] = [
      () => held(install(canister, draw.pick(['upgrade', 'reinstall']), { module: other.index })),
      () => held(manage(canister, 'uninstall')),
      () => held(manage(canister, 'stop')),
      () => held(setting(canister, { freezingThreshold: 10n ** 19n })),
      () => held(wait(400n * 10n ** 9n)),
    ];
    for (const change of draw.sample(changes, 3)) {
      for (const method of ['turn', 'return']) stage.ingress(id, method, hex(''), { hold: true });
      change();
      stage.steps.push({});
      stage.step(setting(canister, { freezingThreshold: 0n }));
      stage.step(manage(canister, 'start'));
      stage.step(install(canister, 'reinstall'));
    }
    // In the end there is no canister any more.
    stage.ingress(id, 'turn', hex(''), { hold: true });
    held(manage(canister, 'stop'));
    held(manage(canister, 'delete'));
    stage.steps.push({});
  },

  'one module in two canisters': (teller) => {
    const { stage, draw } = teller;
    const [first, second] = [canisterOf(teller), canisterOf(teller)];
    const own = constant(LAYOUT.scratch);
    // All that a canister has for itself, and who it is.
    const tells = (s: Scope): Statement[] => [
      systemCall('canister_self_copy', own, constant(0), constant(10)),
      systemCall('is_controller', own, constant(10)),
      { kind: 'log', value: load(LAYOUT.cells + 8, 8) },
      { kind: 'log', value: { kind: 'global', index: 0 } },
      systemCall('stable64_size'),
      ...wellCalled('msg_caller_copy', s),
    ];
    update(first, 'keep', (s) => [...tells(s), ...fill(s), respond()]);
    update(first, 'lose', (s) => [...fill(s), ...tells(s), TRAP]);
    query(first, 'who', (s) => [...fill(s), ...tells(s), respond()]);
    update(first, 'call', (s) => [...tells(s), standardCall(s), systemCall('call_perform')]);
    stage.step(install(second, draw.pick(['reinstall', 'upgrade']), { module: first.moduleIndex }));
    for (let i = 0; i < 8; i++) {
      const asked = draw.pick([first, second]);
      const method = draw.pick(['keep', 'lose', 'call', 'who']);
      if (method === 'who' && draw.chance(50)) stage.query(asked.id, method);
      else stage.ingress(asked.id, method, hex(''), { hold: draw.chance(30) });
      if (draw.chance(15))
        stage.step(install(asked, draw.pick(['reinstall', 'upgrade']), { module: first.moduleIndex }));
    }
    stage.steps.push({});
  },

  'gone while a call is open': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    update(canister, 'ask', (s) => [
      store(LAYOUT.cells + 8, constant(3)),
      standardCall(s),
      systemCall('call_cycles_add128', constant(0), constant(1_000_000)),
      systemCall('call_perform'),
    ]);
    // The calls that the earlier ones made are older than the message.
    for (let i = 0; i < 2; i++) stage.ingress(canister.id, 'ask', hex(''), { picks: [pick('execute', i)], hold: true });
    stage.step(manage(canister, 'uninstall'), { hold: draw.chance(50) });
    if (draw.chance(50)) stage.step(install(canister, 'install'));
    stage.steps.push({});
    stage.ingress(canister.id, STANDARD_METHODS.replies);
    stage.query(canister.id, STANDARD_METHODS.query);
    if (draw.chance(50)) {
      stage.step(manage(canister, 'stop'));
      stage.step(manage(canister, 'delete'));
      stage.ingress(canister.id, STANDARD_METHODS.replies);
    }
  },

  'management at random': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(
      teller,
      draw.chance(30) ? { controllers: draw.pick([[], [userId(1)], [CONTROLLER, userId(1)]]) } : {},
    );
    addHooks(canister, 0, null, draw);
    update(canister, 'ask', (s) => [standardCall(s), systemCall('call_perform'), ...statusAndVersion(s)]);
    const count = draw.int(5, 9);
    for (let i = 0; i < count; i++) {
      if (draw.chance(30))
        stage.ingress(canister.id, draw.pick(['ask', STANDARD_METHODS.replies]), hex(''), { hold: draw.chance(40) });
      else stage.step(anyManagement(draw, canister, 1), { hold: draw.chance(20) });
    }
    stage.steps.push({ picks: [pick('bump-version'), ...anyPicks(draw, 2)] });
  },
};
