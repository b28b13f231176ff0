// plumbing: stories about tables — functions written into them, called through them, rolled back — canister-interface.md#entry-points
import type { InstallMode } from '../../../spec/vocabulary/scenario.js';
import type { CodeInstruction, Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT, type ProgramBuilder } from '../../canister/builder.js';
import { constant, load, operation, resultOf, store, systemCall, variable } from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import type { CanisterModule } from '../canister.js';
import { comfortable, shapeOf, stageCanisters } from '../mission-scenario.js';
import { ofLength, type Stage, type StagedCanister } from '../stage.js';
import { install, message } from '../steps.js';
import { callNew } from '../system-calls.js';
import { kindsOfState } from './kinds-of-state.js';
import { withSecondTable, withWideTable } from './raw-modules.js';
import { CHANGES, segmentModules, SPECIAL_NAMES } from './segment-modules.js';
import { add, given, grows, happens, query, respond, type Stories, type Teller, update } from './story.js';
import { tableRanges } from './table-ranges.js';

/** Entries that the table has free for stories, from its first one on. */
const ROOM = 8;

/** A module's table: functions that leave a mark of their own, its segments, and a global that holds a function. */
interface Table {
  readonly program: ProgramBuilder;
  readonly marks: readonly string[];
  /** Passive element segments. */
  readonly segments: readonly number[];
  readonly global: number;
}

/** Each function counts in a cell of its own that `log` shows; what was called is in the state, not only in the log. */
function withTable({ program }: CanisterModule, draw: Draw, salt: number): Table {
  const marks = [1, 2, 3, 4].map((i) => {
    const cell = LAYOUT.cells + 8 * i;
    return program.entry(`mark ${i}`, [
      { kind: 'log', value: constant(0xf0 + i) },
      store(cell, operation('add', load(cell, 8), constant(salt + i))),
      // Nothing that may trap comes after this block.
      { kind: 'if', condition: constant(i % 2), then: [{ kind: 'set', variable: 0, value: constant(i) }], else: [] },
    ]);
  });
  for (let i = 0; i < ROOM; i++) program.tableEntry(draw.chance(40) ? draw.pick(marks) : null);
  const first = program.elements.push([marks[0] ?? null, null, marks[1] ?? null]) - 1;
  const second = program.elements.push([marks[3] ?? null, marks[2] ?? null]) - 1;
  const global = program.globals.push({ type: 'funcref', init: 0n }) - 1;
  if (draw.chance(50)) program.tableMax = 40 + draw.below(3);
  return { program, marks, segments: [first, second], global };
}

const code = (...instructions: CodeInstruction[]): Statement => ({ kind: 'code', code: instructions, results: [] });

/** Logs how large the table is, and which of its first entries are null. */
function inspected(): Statement {
  const nulls = Array.from({ length: ROOM }, (_, i): CodeInstruction[] => [
    ['i32.const', BigInt(i)],
    ['table.get', 0],
    ['ref.is_null'],
  ]).flat();
  return { kind: 'code', code: [['table.size', 0], ...nulls], results: Array.from({ length: ROOM + 1 }, () => 'i32') };
}

/** A change of the table, and an entry that it may have written. */
type Change = readonly [at: number, ...Statement[]];

/** Changes of the table; they trap where a segment was dropped before. */
function changes({ marks, segments, global }: Table, draw: Draw): (() => Change)[] {
  const at = () => draw.below(ROOM);
  const one = () => (draw.chance(90) ? draw.pick(marks) : null);
  const set = (i: number): Change => [i, { kind: 'table.set', index: constant(i), function: one() }];
  return [
    () => set(at()),
    () => set(at()),
    // Where this is undone the tables are to be as they were.
    () => [at(), grows(draw.pick([1, 1, 70]))],
    () => {
      // What a grown table is filled with is found by its size before.
      const by = draw.pick([1, 1, 3, 30]);
      const last: CodeInstruction[] = [['table.size', 0], ['i32.const', 1n], ['i32.sub']];
      return [
        at(),
        { kind: 'table.grow', by: constant(by), function: draw.pick(marks), log: true },
        code(...last, ['call_indirect', { params: [], results: [] }, 0]),
      ];
    },
    () => {
      const to = draw.below(ROOM - 3);
      return [to + 1, { kind: 'table.fill', to: constant(to), function: one(), size: constant(draw.int(2, 3)) }];
    },
    () => {
      // Often overlapping, in either direction.
      const [to, from] = [draw.below(ROOM - 4), draw.below(ROOM - 4)];
      return [to, { kind: 'table.copy', to: constant(to), from: constant(from), size: constant(draw.int(1, 4)) }];
    },
    () => {
      const to = draw.below(ROOM - 3);
      const segment = draw.pick(segments);
      const from = draw.below(2);
      return [to, { kind: 'table.init', segment, to: constant(to), from: constant(from), size: constant(1) }];
    },
    () => {
      const to = draw.below(ROOM - 2);
      return [
        to,
        { kind: 'table.init', segment: draw.pick(segments), to: constant(to), from: constant(0), size: constant(2) },
      ];
    },
    () => {
      // By way of a global.
      const i = at();
      return [
        i,
        code(['ref.func', draw.pick(marks)], ['global.set', global]),
        code(['i32.const', BigInt(i)], ['global.get', global], ['table.set', 0]),
      ];
    },
  ];
}

/** Changes and calls of what was written, in one execution. */
function changed(stage: Stage, table: Table, count: number): Statement[] {
  const { draw } = stage;
  // What a closed profile allows of all this.
  if (!stage.openWasm) return [code(['ref.func', draw.pick(table.marks)], ['global.set', table.global])];
  return draw.sample(changes(table, draw), count).flatMap((change) => {
    const [at, ...statements] = change();
    return [...statements, ...(draw.chance(30) ? [{ kind: 'call indirect', index: constant(at) } as const] : [])];
  });
}

/** The method `through` calls the entry that the length of its argument says; `look at` tells of all entries. */
function withCalls(module: CanisterModule): void {
  const called = [
    resultOf('msg_arg_data_size', 0),
    { kind: 'call indirect', index: variable(0) } as const,
    systemCall('msg_reply_data_append', constant(LAYOUT.cells), constant(64)),
    respond(),
  ];
  module.program.exported('canister_update through', called);
  module.program.exported('canister_query through too', called);
  module.program.exported('canister_query look at', [
    inspected(),
    systemCall('msg_reply_data_append', constant(LAYOUT.log.at), operation('add', load(LAYOUT.log.at, 8), constant(8))),
    respond(),
  ]);
}

function calledThrough(stage: Stage, { id }: StagedCanister): void {
  const { draw } = stage;
  stage.ingress(id, 'through', ofLength(draw.below(ROOM)));
  stage.query(id, 'look at');
  for (const at of draw.sample([0, 1, 2, 3, 4, 5], 2)) stage.query(id, 'through too', ofLength(at));
}

const trap = (draw: Draw): Statement => ({
  kind: 'trap',
  means: draw.pick(['unreachable', 'table.get beyond the end', 'call_indirect of another type']),
});

function staged(teller: Teller): { canister: StagedCanister; table: Table } {
  const { stage, draw, swarm, width } = teller;
  const canister = stageCanisters(stage, draw, swarm, width);
  const table = withTable(canister.module, draw, 0x100);
  withCalls(canister.module);
  return { canister, table };
}

/** Stories that are told where the profile allows table instructions. */
export const tableStories: Stories = {
  'a table of functions': (teller) => {
    const { stage, draw } = teller;
    const { canister, table } = staged(teller);
    const steps: (() => void)[] = [
      () => happens(stage, canister, () => [...changed(stage, table, 2), respond()]),
      () => happens(stage, canister, () => [...changed(stage, table, 3), trap(draw)]),
      () => happens(stage, canister, () => [...changed(stage, table, 1), respond()]),
      () =>
        happens(stage, canister, () => [
          ...changed(stage, table, 1),
          { kind: 'elem.drop', segment: draw.pick(table.segments) },
          ...(draw.chance(40) ? [trap(draw)] : [respond()]),
        ]),
      () => {
        // Nothing of it stays, whoever asks.
        query(canister, 'change it for once', () => [...changed(stage, table, 2), respond()]);
        for (const kind of draw.shuffle(['ingress', 'query'] as const))
          stage.step(message(kind, canister, 'change it for once'));
      },
    ];
    for (const step of draw.shuffle(steps)) {
      step();
      calledThrough(stage, canister);
    }
  },

  'callbacks written into the table': (teller) => {
    const { stage, draw } = teller;
    const { canister, table } = staged(teller);
    const { module } = canister;
    const reply = (mark: number, traps: boolean) =>
      module.callback(`reply ${mark}`, 'reply callback', () => [
        { kind: 'log', value: constant(mark) },
        ...changed(stage, table, 1),
        traps ? trap(draw) : respond(),
      ]);
    const [first, second] = [reply(1, draw.chance(40)), reply(2, draw.chance(40))];
    const slot = 0;
    const written = (name: string | null): Statement[] =>
      stage.openWasm ? [{ kind: 'table.set', index: constant(slot), function: name }] : [];
    happens(stage, canister, (s) => [
      ...(draw.chance(75) ? written(first) : []),
      callNew(s, {
        callee: new Uint8Array(),
        method: 'raw_rand',
        reply: constant(slot),
        reject: constant(slot),
        env: 5n,
      }),
      systemCall('call_perform'),
      // What stands there when the response comes is what counts.
      ...(draw.chance(50) ? written(draw.pick([second, second, null])) : []),
    ]);
    stage.query(canister.id, 'look at');
    happens(stage, canister, () => [...written(second), trap(draw)]);
    calledThrough(stage, canister);
  },

  'two tables, and one of 64-bit indices': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const { id } = canister;
    const ranges = Array.from({ length: 5 }, () => tableRanges);
    for (const make of [withSecondTable, withSecondTable, withWideTable, withWideTable, withWideTable, ...ranges]) {
      given(stage, canister, make(draw, width), 'two tables');
      for (let i = 0; i < 2; i++) {
        stage.ingress(id, 'change');
        stage.query(id, 'hello');
      }
    }
  },

  'tables, segments and references of every kind': ({ stage, draw, swarm, width }) => {
    const made = () => stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    // Two canisters of one module, each with tables of its own.
    const both = [made(), made()] as const;
    const installed = (canister: StagedCanister, module: number, mode: InstallMode) => {
      stage.step(install(canister, mode, { module }));
      stage.query(canister.id, 'hello');
    };
    for (let round = 0; round < 2; round++) {
      const [module, twin] = segmentModules(draw, width).map((bytes) =>
        stage.opaque({ kind: 'wasm', bytes, description: 'segments' }),
      ) as [number, number];
      for (const canister of both) installed(canister, module, 'reinstall');
      // A method of nearly the same name is another one.
      for (const method of [...CHANGES, draw.pick(SPECIAL_NAMES), draw.pick(['mark ', 'marked', 'change 1 '])]) {
        for (const { id } of draw.sample(both, draw.int(1, 2))) {
          stage.ingress(id, method);
          stage.query(id, 'hello');
        }
      }
      installed(draw.pick(both), twin, draw.pick(['reinstall', 'upgrade']));
    }
  },

  'the same code again': (teller) => {
    const { stage, draw } = teller;
    const { canister, table } = staged(teller);
    const kinds = kindsOfState(canister.module.program, draw);
    update(canister, 'tell', () => [...kinds.tell(), ...kinds.copy(), respond()]);
    update(canister, 'fill', () => [
      ...(stage.openWasm
        ? table.segments.map((segment): Statement => {
            return { kind: 'table.init', segment, to: constant(1), from: constant(0), size: constant(2) };
          })
        : []),
      respond(),
    ]);
    const dropped: Statement[] = [
      kinds.drop(),
      ...(stage.openWasm ? table.segments.map((segment): Statement => ({ kind: 'elem.drop', segment })) : []),
    ];
    // The module is known by now, and nothing of the instance that was may be left in the one that is made of it.
    for (const mode of ['reinstall', draw.pick(['upgrade', 'reinstall'] as const)] as const) {
      happens(stage, canister, () => [
        ...kinds.change(),
        ...changed(stage, table, 2),
        ...draw.sample(dropped, draw.int(1, 2)),
        respond(),
      ]);
      stage.step(install(canister, mode, { skipPreUpgrade: draw.chance(30) }));
      for (const method of draw.shuffle(['tell', 'fill'])) stage.ingress(canister.id, method);
      calledThrough(stage, canister);
    }
  },

  'a table changed during an installation': (teller) => {
    const { stage, draw, width } = teller;
    const { canister, table } = staged(teller);
    const newer = stage.module({ width, memory: { min: 1n } });
    const other = withTable(newer.module, draw, 0x2000);
    withCalls(newer.module);
    const fails = draw.pick(['start', 'init', 'post_upgrade', 'init', 'post_upgrade', 'none', 'none'] as const);
    const end = (here: string): Statement[] => (here === fails ? [trap(draw)] : []);
    add(canister, 'canister_pre_upgrade', () => changed(stage, table, 2));
    add(newer, 'canister_init', () => [...changed(stage, other, 2), ...end('init')]);
    add(newer, 'canister_post_upgrade', () => [...changed(stage, other, 2), ...end('post_upgrade')]);
    newer.module.start(() => [...changed(stage, other, 2), ...end('start')]);
    happens(stage, canister, () => [...changed(stage, table, 2), respond()]);
    for (const mode of draw.shuffle(['upgrade', 'reinstall'] as const)) {
      stage.step(
        install(canister, mode, { module: newer.index, skipPreUpgrade: mode === 'upgrade' && draw.chance(20) }),
      );
      calledThrough(stage, canister);
    }
  },
};
