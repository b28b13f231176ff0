// plumbing: stories about management calls and what they leave — management-canister.md, abstract-behavior.md#ic-management-canister
import { cycles, hex, type PointerWidth } from '../../../spec/vocabulary/brands.js';
import { ANONYMOUS, canisterId, userId } from '../../../spec/vocabulary/ids.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Settings } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, load, logMemory, operation, resultOf, store, systemCall } from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf, stageCanisters } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER, ofLength, type Stage, type StagedCanister } from '../stage.js';
import { anyPicks, create, deposit, install, manage, pick, setting, wait } from '../steps.js';
import { PAGE, SECOND, U64 } from '../values.js';
import { call } from './call-statements.js';
import { amountOf, mostPages } from './cycle-statements.js';
import { kindsOfState } from './kinds-of-state.js';
import { add, grows, happens, query, respond, type Stories, timeAndVersion, TRAP, update } from './story.js';

const U48 = 1n << 48n;
const DAY = 86_400n * SECOND;

/** What settings, time and management calls change, as the canister sees it. */
function look(s: Scope): Statement[] {
  const n = s.fresh();
  return [
    systemCall('canister_status'),
    ...timeAndVersion(s),
    ...amountOf('canister_cycle_balance128'),
    ...amountOf('canister_liquid_cycle_balance128'),
    resultOf('env_var_count', n),
    ...[CONTROLLER, userId(1), s.peers[0]?.canister ?? CONTROLLER].map((who) => {
      const blob = s.program.blob(Buffer.from(who, 'hex'));
      return systemCall('is_controller', blob.address, blob.size);
    }),
  ];
}

/** Values on both sides of what is valid, field by field. */
const SETTINGS: readonly ((draw: Draw) => Settings)[] = [
  (draw) => ({ controllers: Array.from({ length: draw.pick([0, 1, 2, 10, 11]) }, (_, i) => userId(i)) }),
  (draw) => ({ controllers: [CONTROLLER, draw.pick([ANONYMOUS, canisterId(0), userId(1), CONTROLLER])] }),
  (draw) => ({ computeAllocation: draw.pick([0n, 1n, 50n, 100n, 101n, U64 - 1n]) }),
  (draw) => ({ memoryAllocation: draw.pick([0n, 1n, 1n << 30n, 1n << 45n, U64 - 1n, U64]) }),
  (draw) => ({ freezingThreshold: draw.pick([0n, 1n, 2_592_000n, U64 - 1n, U64]) }),
  (draw) => ({ wasmMemoryLimit: draw.pick([0n, 1n, PAGE, 2n * PAGE - 1n, 2n * PAGE, 8n * PAGE, U48, U48 + 1n, U64]) }),
  (draw) => ({ wasmMemoryThreshold: draw.pick([0n, 1n, PAGE, 1n << 40n, U48, U48 + 1n, U64]) }),
  (draw) => ({ reservedCyclesLimit: cycles(draw.pick([0n, 1n, U64])) }),
  (draw) => ({ minimumIncomingCanisterCallCycles: cycles(draw.pick([0n, 1n, U64])) }),
  (draw) => ({
    environmentVariables: draw.pick([
      [],
      [{ name: 'KEY', value: 'wört' }],
      [
        { name: 'b', value: '1' },
        { name: 'a', value: '2' },
        { name: 'ä', value: '' },
      ],
      [
        { name: 'twice', value: '1' },
        { name: 'twice', value: '1' },
      ],
      [{ name: 'n'.repeat(draw.pick([128, 129])), value: '' }],
      [{ name: 'ü'.repeat(draw.pick([64, 65])), value: '' }],
      [{ name: '', value: 'v'.repeat(draw.pick([128, 129])) }],
      Array.from({ length: draw.pick([20, 21]) }, (_, i) => ({ name: `N${i}`, value: `${i}` })),
    ]),
  }),
];

/** An installation with an argument. */
const installed: typeof install = (canister, mode, more) => install(canister, mode, { arg: ofLength(3), ...more });

/** Writes to everything that there is, with a mark. */
function writes(mark: number): Statement[] {
  return [
    store(LAYOUT.cells + 0xa0, constant(mark)),
    { kind: 'set global', index: 0, value: constant(mark) },
    grows(1),
    systemCall('stable64_grow', constant(1)),
    systemCall('stable64_write', constant(16), constant(LAYOUT.cells + 0xa0), constant(8)),
    systemCall('certified_data_set', constant(LAYOUT.cells + 0xa0), constant(8)),
    systemCall('global_timer_set', constant((1n << 63n) + BigInt(mark))),
    systemCall('cycles_burn128', constant(0), constant(1_000_000_000_000n + BigInt(mark)), constant(LAYOUT.scratch)),
    systemCall('debug_print', constant(LAYOUT.cells + 0xa0), constant(8)),
  ];
}

/** Reads what `writes` writes. */
function reads(): Statement[] {
  return [
    { kind: 'log', value: load(LAYOUT.cells + 0xa0, 8) },
    { kind: 'log', value: { kind: 'global', index: 0 } },
    { kind: 'log', value: { kind: 'memory bytes' } },
    systemCall('stable64_size'),
  ];
}

/** Each of them is refused: one more than is valid, or a name that is there twice. */
const INVALID: readonly Settings[] = [
  { computeAllocation: 101n },
  { environmentVariables: [{ name: 'long', value: 'v'.repeat(129) }] },
  { environmentVariables: [{ name: 'long', value: 'ü'.repeat(65) }] },
  { environmentVariables: ['twice', 'once', 'twice'].map((name, i) => ({ name, value: `${i}` })) },
  { environmentVariables: [{ name: 'n'.repeat(129), value: '' }] },
  { environmentVariables: [{ name: 'ü'.repeat(65), value: '' }] },
  { wasmMemoryLimit: U48 + 1n },
  { controllers: Array.from({ length: 11 }, (_, i) => userId(i)) },
  { controllers: Array.from({ length: 11 }, (_, i) => userId(i % 2)) },
];

/** As much as is valid, or just what is. */
const VALID: readonly Settings[] = [
  { environmentVariables: Array.from({ length: 20 }, (_, i) => ({ name: `N${i}`, value: `${i}` })) },
  { environmentVariables: ['a', 'A', 'a ', '\u00e4', 'a\u0308', 'a\u0000', ''].map((name) => ({ name, value: '' })) },
  { environmentVariables: [{ name: 'n'.repeat(128), value: 'ü'.repeat(64) }] },
  { controllers: [CONTROLLER, ...Array.from({ length: 9 }, (_, i) => userId(i + 1))] },
  { computeAllocation: 0n, memoryAllocation: 1n, freezingThreshold: 1n },
  {},
  {},
];

/** What is refused has taken no id. */
function refusedCreation(stage: Stage): void {
  const { draw } = stage;
  if (draw.chance(50)) {
    stage.step(create(1n, 0n, draw.pick(INVALID)));
  } else if (draw.chance(50)) {
    stage.step(create(1n, 0n, { computeAllocation: 1n }));
  }
}

/** A module whose `canister_init` changes memories and traps; gives its index. */
function failingModule(stage: Stage, width: PointerWidth): number {
  const { draw } = stage;
  const failing = stage.module({ width, memory: { min: draw.pick([0n, 1n]) } });
  add(failing, 'canister_init', () => [
    ...(failing.module.program.hasRoom && draw.chance(70) ? writes(4).filter(({ kind }) => kind !== 'set global') : []),
    systemCall('stable64_grow', constant(draw.int(0, 2))),
    TRAP,
  ]);
  return failing.index;
}

/** Canisters that are created when another is gone already. */
function furtherCanisters(stage: Stage, first: StagedCanister): void {
  const { draw } = stage;
  // It would be frozen from the beginning, or just not.
  const allocates = { computeAllocation: 1n, freezingThreshold: 1_000n };
  const enough = 10n ** 10n + draw.pick([0n, -1n, -(10n ** 9n)]);
  stage.step(create(enough, 0n, allocates));
  // No id is given twice, whatever was deleted.
  if (draw.chance(50)) {
    stage.step(manage(first, 'stop'));
    stage.step(manage(first, 'delete'));
  }
  stage.step(create(10n ** 13n, 0n, {}));
}

export const managementStories: Stories = {
  'settings, one after another': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const canister = stageCanisters(stage, draw, swarm, width, { controllers: [CONTROLLER, userId(1)] });
    happens(stage, canister, (s) => [...look(s), respond()]);
    // Who gives back what was allocated pays for it no more.
    for (const n of [1n, 0n]) stage.step(setting(canister, { computeAllocation: n, memoryAllocation: n << 40n }));
    stage.step(wait(DAY));
    for (const change of draw.sample(SETTINGS, 3)) {
      const more = draw.chance(30) ? draw.pick(SETTINGS)(draw) : {};
      stage.step(setting(canister, { ...change(draw), ...more }, draw.pick([userId(0), userId(1)])));
      happens(stage, canister, (s) => [...look(s), respond()]);
      if (draw.chance(20)) stage.step(wait(draw.bits(40)));
    }
    for (const valid of draw.sample(VALID, 2)) {
      stage.step(setting(canister, valid));
      happens(stage, canister, (s) => [...look(s), respond()]);
    }
    for (const invalid of draw.sample(INVALID, 5)) stage.step(setting(canister, invalid));
    if (draw.chance(50)) stage.step(setting(canister, { environmentVariables: [] }));
    happens(stage, canister, (s) => [...look(s), respond()]);
    // What stays when the code goes.
    if (draw.chance(50)) {
      happens(stage, canister, () => [...writes(7), respond()]);
      stage.step(manage(canister, 'uninstall'));
      stage.step(installed(canister, 'install'));
      // Nothing of what the memories held comes back when they have their size again.
      const page = constant(LAYOUT.scratch);
      happens(stage, canister, (s) => [
        ...look(s),
        systemCall('stable64_grow', constant(1)),
        systemCall('stable64_read', page, constant(16), constant(8)),
        logMemory(page, constant(8)),
        respond(),
      ]);
    } else stage.step(manage(canister, 'stop'));
  },

  'a new canister': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const first = stageCanisters(stage, draw, swarm, width);
    const count = stage.canisterCount;
    const id = canisterId(count);
    // The default of reserved_cycles_limit is 5 * 10^12.
    const reserved = draw.pick([0n, 1n, 10n ** 9n, 5n * 10n ** 12n, 5n * 10n ** 12n + 1n]);
    const low = draw.chance(50);
    const controllers = draw.pick([undefined, [userId(1), CONTROLLER], [CONTROLLER], ...(low ? [] : [[]])]);
    refusedCreation(stage);
    const { freezingThreshold } = draw.pick([
      { freezingThreshold: 0n },
      { freezingThreshold: 10n ** 10n },
      {},
    ]) as Settings;
    stage.step(
      create(draw.pick([10n ** 13n, 10n ** 15n]), reserved, {
        ...(controllers && { controllers }),
        ...(freezingThreshold === undefined ? {} : { freezingThreshold }),
        ...(low ? { wasmMemoryLimit: PAGE, wasmMemoryThreshold: PAGE + 4_464n } : {}),
        ...(!low && draw.chance(40) ? draw.pick(SETTINGS)(draw) : {}),
      }),
    );
    const made: StagedCanister = { ...first, id };
    if (low) {
      // Less memory is left than the threshold from the beginning, and nobody has asked yet.
      stage.step(installed(made, 'install', { module: failingModule(stage, width) }));
      stage.step(setting(made, { wasmMemoryLimit: 16n * PAGE }));
    }
    stage.step(
      installed(made, draw.pick(['install', 'install', 'upgrade', 'reinstall']), {
        sender: draw.pick([CONTROLLER, userId(1)]),
      }),
    );
    update(first, 'self', (s) => [...look(s), ...writes(3), respond()]);
    stage.ingress(id, 'self');
    stage.step(deposit(made, draw.pick([0n, 1n, 10n ** 12n]), ANONYMOUS));
    stage.step(wait(draw.pick([1n, DAY, DAY + 1n, 365n * DAY])));
    stage.ingress(id, 'self');
    stage.step(manage(made, 'stop'));
    stage.step(wait(draw.pick([1n, 100n * DAY])));
    stage.step(manage(made, draw.pick(['delete', 'start', 'uninstall'])));
    stage.ingress(id, 'self');
    stage.step(deposit(made, 7n));
    furtherCanisters(stage, first);
  },

  'stopped and started': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const canister = stageCanisters(stage, draw, swarm, width);
    add(canister, 'canister_post_upgrade', (s) => look(s));
    add(canister, 'canister_pre_upgrade', (s) => look(s));
    const sees = canister.module.callback('sees', 'reply callback', look);
    update(canister, 'ask', (s) => [
      ...call(s, { callee: canister, method: STANDARD_METHODS.replies, reply: sees }),
      ...(draw.chance(75) ? [respond()] : []),
    ]);
    const open = draw.chance(75);
    if (open) stage.ingress(canister.id, 'ask', hex(''), { picks: [pick('execute')], hold: true });
    const kinds = ['stop', 'stop', 'start', 'stop', 'start'] as const;
    const sequence = kinds.slice(draw.below(2), draw.int(2, 5));
    for (const kind of sequence) {
      stage.step(manage(canister, kind), open ? { hold: true } : {});
      if (draw.chance(45))
        stage.step(installed(canister, 'upgrade', { wasmMemoryPersistence: draw.pick(['keep', 'replace']) }));
      if (draw.chance(25)) stage.ingress(canister.id, STANDARD_METHODS.replies, hex(''), { hold: open });
    }
    stage.steps.push({ picks: [pick('deliver'), ...anyPicks(draw, 1)] });
    // Its hooks see that it is stopped.
    stage.step(manage(canister, 'stop'));
    if (draw.chance(70)) stage.step(installed(canister, 'upgrade', { wasmMemoryPersistence: 'replace' }));
    for (const kind of draw.sample(['stop', 'start', 'delete'] as const, 2)) stage.step(manage(canister, kind));
    stage.query(canister.id, STANDARD_METHODS.query);
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'a memory that is kept': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const shape = { ...shapeOf(draw, swarm, width), persistent: draw.chance(90) };
    const canister = stage.canister(shape, comfortable(draw, swarm));
    add(canister, 'canister_pre_upgrade', () => writes(5));
    add(canister, 'canister_post_upgrade', (s) => [...reads(), ...look(s), ...(draw.chance(25) ? [TRAP] : [])]);
    happens(stage, canister, () => [...writes(draw.int(1, 9)), respond()]);
    const other = stage.module({
      width: draw.chance(60) ? width : width === 'i32' ? 'i64' : 'i32',
      memory: { min: BigInt(draw.int(1, 6)), ...(draw.chance(40) ? { max: BigInt(draw.int(6, 8)) } : {}) },
      persistent: draw.chance(90),
    });
    other.module.program.globals.push({ type: 'i64', init: 77n });
    // Data of the code come after what is kept, and stand where it stood.
    for (const { program } of draw.sample([other.module, canister.module], draw.int(1, 2)))
      program.activeData(BigInt(LAYOUT.cells + 0xa0 + draw.below(4)), Uint8Array.of(0x3c, draw.below(256)));
    const newer: StagedCanister = { id: canister.id, module: other.module, moduleIndex: other.index };
    update(newer, 'new method', (s) => [...reads(), ...look(s), respond()]);
    // No place for what is kept, or too little: that is found when pre_upgrade has run, and undoes what it did.
    if (draw.chance(60)) {
      const least = { width, memory: { min: 1n, max: draw.pick([1n, 2n]) } };
      const small = draw.chance(25) ? ({ width: 'i32', memory: undefined } as const) : least;
      const { index } = stage.module({ ...small, persistent: true });
      stage.step(installed(canister, 'upgrade', { module: index, wasmMemoryPersistence: 'keep' }));
      stage.ingress(canister.id, STANDARD_METHODS.replies);
    }
    for (const to of draw.sample([canister, newer, newer], 2)) {
      stage.step(
        installed(to, draw.pick(['upgrade', 'upgrade', 'upgrade', 'reinstall']), {
          ...draw.pick([
            { wasmMemoryPersistence: 'keep' },
            { wasmMemoryPersistence: 'keep' },
            { wasmMemoryPersistence: 'replace' },
            {},
          ] as const),
          skipPreUpgrade: draw.chance(30),
        }),
      );
      stage.ingress(canister.id, 'new method');
      stage.ingress(canister.id, STANDARD_METHODS.replies);
    }
    stage.query(canister.id, STANDARD_METHODS.log);
  },

  'an installation that fails late': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const canister = stageCanisters(stage, draw, swarm, width);
    const { program } = canister.module;
    const tables: Statement[] = stage.openWasm
      ? [
          { kind: 'table.grow', by: constant(2), function: null, log: true },
          { kind: 'table.set', index: constant(0), function: null },
        ]
      : [];
    if (stage.openWasm) program.tableEntry(null);
    const kinds = kindsOfState(program, draw);
    const fails = draw.pick(['post_upgrade', 'init', 'start', 'none'] as const);
    const trap = (here: string): Statement[] =>
      here === fails ? [{ kind: 'trap', means: draw.pick(['unreachable', 'load beyond the end']) }] : [];
    const other = stage.module({ width, memory: { min: 1n } });
    const { module } = other;
    module.program.globals.push({ type: 'i64', init: 5n });
    add(canister, 'canister_pre_upgrade', () => [
      ...[...reads(), ...kinds.copy(), ...kinds.tell(), ...writes(21), ...kinds.change(), ...tables],
      ...(draw.chance(50) ? [kinds.drop()] : []),
    ]);
    add(other, 'canister_post_upgrade', () => [...writes(23), ...trap('post_upgrade')]);
    add(other, 'canister_init', () => [...writes(25), ...trap('init')]);
    module.start(() => [
      systemCall('stable64_grow', constant(1)),
      systemCall('stable64_write', constant(24), constant(LAYOUT.cells), constant(8)),
      ...trap('start'),
    ]);
    update(canister, 'tell', (s) => [
      ...[...reads(), ...kinds.copy(), ...kinds.tell(), ...look(s)],
      ...[systemCall('global_timer_set', constant(0)), respond()],
    ]);
    happens(stage, canister, () => [...writes(draw.int(1, 9)), respond()]);
    const stops = draw.chance(50);
    for (const mode of draw.sample(['upgrade', 'upgrade', 'reinstall', 'install'] as const, 3)) {
      if (stops) stage.step(manage(canister, 'stop'));
      stage.step(install(canister, mode, { module: other.index, wasmMemoryPersistence: 'replace' }));
      if (stops) stage.step(manage(canister, 'start'));
      stage.ingress(canister.id, 'tell');
    }
    if (!stage.openWasm) return;
    // Nothing but a table changes before it fails.
    const tabled = stage.module({ width, memory: { min: 1n } });
    tabled.module.program.tableEntry(null);
    const holder: StagedCanister = { id: canister.id, module: tabled.module, moduleIndex: tabled.index };
    const grow = (by: number): Statement => ({ kind: 'table.grow', by: constant(by), function: null, log: true });
    add(holder, 'canister_pre_upgrade', () => [grow(2)]);
    update(holder, 'size', () => [grow(0), respond()]);
    const failing = stage.module({ width, memory: { min: 1n } });
    failing.module.start(() => [TRAP]);
    stage.step(installed(holder, 'reinstall'));
    stage.step(installed(holder, 'upgrade', { module: failing.index }));
    stage.ingress(canister.id, 'size');
  },

  'little memory left, to the page': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const limit = draw.pick([0n, 0n, 5n, 6n, 8n]) * PAGE;
    const whole = mostPages(teller) * PAGE;
    // What remains is exactly the threshold, a page more or a page less, once the memory has grown by one or two.
    const remaining = (limit === 0n ? whole : limit) - BigInt(draw.int(2, 4)) * PAGE;
    const threshold = remaining + draw.pick([-1n, 0n, 0n, 1n]);
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm), {
      wasmMemoryLimit: limit,
      wasmMemoryThreshold: threshold,
    });
    add(canister, 'canister_on_low_wasm_memory', () => [
      systemCall('canister_version'),
      store(LAYOUT.cells + 40, operation('add', load(LAYOUT.cells + 40, 8), constant(1))),
      systemCall('stable64_grow', constant(draw.int(0, 3))),
      ...(draw.chance(20) ? [TRAP] : []),
    ]);
    // Growth that does not stay leaves as much as there was.
    const undone = (): Statement[] => [grows(draw.pick([1, 3, 3])), TRAP];
    canister.module.program.exported('canister_query grow', [grows(draw.pick([1, 3, 3])), respond()]);
    if (draw.chance(70)) stage.ingress(canister.id, 'grow');
    if (draw.chance(70)) stage.query(canister.id, 'grow');
    if (draw.chance(70)) happens(stage, canister, undone);
    for (let i = 0; i < 4; i++) {
      happens(stage, canister, () => [
        grows(draw.int(0, 2)),
        systemCall('stable64_grow', constant(draw.int(0, 5))),
        respond(),
      ]);
    }
    const change = draw.pick<() => void>([
      () => stage.step(setting(canister, { wasmMemoryLimit: limit + 2n * PAGE })),
      () => stage.step(setting(canister, { wasmMemoryThreshold: draw.pick([0n, threshold - 1n, threshold + 1n]) })),
      () => stage.step(installed(canister, draw.pick(['reinstall', 'upgrade']))),
      () => stage.step(manage(canister, 'stop')),
    ]);
    change();
    happens(stage, canister, () => [grows(1), respond()]);
    stage.step(setting(canister, { wasmMemoryThreshold: 0n }));
    stage.step(setting(canister, { wasmMemoryThreshold: threshold }));
  },

  'a limit of the Wasm memory, to the page': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const limit = draw.pick([2n, 3n]) * PAGE + draw.pick([-1n, 0n, 0n, 1n]);
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm), {
      wasmMemoryLimit: limit,
    });
    const grow = (s: Scope, pages: number): Statement[] => [
      store(LAYOUT.cells + 8, constant(s.draw.bits(32))),
      systemCall('stable64_grow', constant(1)),
      systemCall('stable64_write', constant(0), constant(LAYOUT.cells), constant(16)),
      grows(pages),
      respond(),
    ];
    for (const pages of [1, draw.int(0, 2), 1]) happens(stage, canister, (s) => grow(s, pages));
    query(canister, 'grow', (s) => grow(s, 5));
    stage.query(canister.id, 'grow');
    stage.ingress(canister.id, 'grow');
    // A limit below what is in use is refused.
    stage.step(
      setting(canister, {
        wasmMemoryLimit: draw.pick([PAGE, 2n * PAGE, 2n * PAGE - 1n, 0n]),
        freezingThreshold: 9n,
        controllers: [CONTROLLER, userId(1)],
      }),
    );
    stage.step(setting(canister, {}, userId(1)));
    stage.step(installed(canister, draw.pick(['upgrade', 'reinstall'])));
    happens(stage, canister, (s) => [...look(s), ...grow(s, 1), ...look(s)]);
  },
};
