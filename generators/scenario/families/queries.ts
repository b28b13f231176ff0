// plumbing: stories about queries — abstract-behavior.md#query-call
import { bytesOf, hex } from '../../../spec/vocabulary/brands.js';
import type { Expression, Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  ENV,
  indexOf,
  load,
  logMemory,
  MEMORY_BYTES,
  operation,
  resultOf,
  store,
  systemCall,
  traced,
  variable,
  when,
} from '../../canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { ofLength, type StagedCanister } from '../stage.js';
import { deposit, manage, pick, setting, transform } from '../steps.js';
import { callNew } from '../system-calls.js';
import { U64 } from '../values.js';
import { ask, dropsASegment, growsOnly, zeroesAPage } from './composite-state.js';
import { kindsOfState } from './kinds-of-state.js';
import {
  canisterOf,
  composite,
  grows,
  happens,
  query,
  respond,
  type Stories,
  type Teller,
  TRAP,
  update,
} from './story.js';

/** Where one evaluation leaves marks for the next one to find. */
const MARK = LAYOUT.cells + 0x98;

/** A place in the stable memory that is far from its beginning, for canisters that have more pages. */
const FAR_PAGES = 90;
const FAR = constant(FAR_PAGES * 65_536 + 4_093);

/** The last bytes of the Wasm memory: after it has grown, bytes of a page that is new. */
const LAST = operation('sub', MEMORY_BYTES, constant(8));
const last8: Expression = { kind: 'load', address: LAST, bytes: 8 };

/** Reads marks in the Wasm memory, at its end, in a global and in the stable memory, and leaves others. */
function marks(n: number): Statement[] {
  return [
    { kind: 'log', value: load(MARK, 8) },
    { kind: 'log', value: { kind: 'global', index: 0 } },
    { kind: 'log', value: MEMORY_BYTES },
    { kind: 'log', value: last8 },
    resultOf('stable64_size', 0),
    {
      kind: 'if',
      condition: { kind: 'variable', index: 0 },
      then: [
        systemCall('stable64_read', constant(LAYOUT.scratch), constant(8), constant(8)),
        logMemory(constant(LAYOUT.scratch), constant(8)),
      ],
      else: [],
    },
    store(MARK, operation('add', operation('mul', load(MARK, 8), constant(31)), constant(n))),
    {
      kind: 'store',
      address: LAST,
      value: operation('add', operation('mul', last8, constant(31)), constant(n)),
      bytes: 8,
    },
    { kind: 'set global', index: 0, value: operation('add', { kind: 'global', index: 0 }, constant(n)) },
    when(operation('gt_u', variable(0), constant(FAR_PAGES)), [
      systemCall('stable64_read', constant(LAYOUT.scratch), FAR, constant(8)),
      logMemory(constant(LAYOUT.scratch), constant(8)),
      systemCall('stable64_write', FAR, constant(MARK), constant(8)),
    ]),
    systemCall('stable64_grow', constant(1)),
    // Some only grow it.
    ...(n % 3 === 2 ? [] : [systemCall('stable64_write', constant(8), constant(MARK), constant(8))]),
  ];
}

/** Statements that change the canister's table, change it again, and call through what has changed. */
function changedTable({ draw }: Teller, { module: { program } }: StagedCanister) {
  const tells = (n: number): string => program.entry(`in the table ${n}`, [{ kind: 'log', value: constant(n) }]);
  const [first, second, third] = [tells(0x7ab1), tells(0x7ab2), tells(0x7ab3)];
  const slot = program.tableEntry(null);
  const other = program.tableEntry(third);
  // What has no place in the table has the index that grows first.
  const grown = indexOf(first);
  const set = (index: Expression, name: string | null): Statement => ({ kind: 'table.set', index, function: name });
  return {
    change: [
      set(constant(slot), draw.pick([first, second])),
      { kind: 'table.grow', by: constant(1), function: draw.pick([second, third]), log: true },
    ] satisfies Statement[] as Statement[],
    again: draw.pick([[], [set(constant(slot), third)], [set(grown, second), set(constant(other), first)]]),
    read: [constant(slot), grown, constant(other)].map((index): Statement => ({ kind: 'call indirect', index })),
  };
}

export const queryStories: Stories = {
  'a composite query and its callbacks share their state': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { program } = canister.module;
    const ends = draw.weighted([
      [2, 'reply'],
      [1, 'nothing'],
      [2, 'trap'],
    ] as const);
    const mends = program.callback('marks in cleanup', [...marks(5), { kind: 'log', value: ENV }, traced(ENV)]);
    const breaks = program.callback('marks in cleanup and traps', [...marks(23), TRAP]);
    const cleaned = () => draw.pick([{ cleanup: mends }, { cleanup: mends }, { cleanup: breaks }, {}]);
    const table = stage.openWasm ? changedTable(teller, canister) : undefined;
    const kinds = kindsOfState(program, draw);
    const growsAndWrites = (percent: number, n: number): Statement[] => [
      grows(draw.chance(percent) ? 1 : 0),
      { kind: 'store', address: LAST, value: constant(n), bytes: 8 },
    ];
    const last = program.callback('marks and reply', [
      ...marks(3),
      ...kinds.tell(),
      ...(table?.read ?? []),
      ...(ends === 'trap' ? [TRAP] : []),
      ...(ends === 'nothing' ? [] : [tellLog(), respond()]),
    ]);
    const answers = program.callback('marks and answer', [
      ...[...marks(19), ...kinds.tell(), ...(table?.read ?? []), tellLog(), respond()],
    ]);
    // What a callback that does not answer has left, or has not, the next one tells.
    const another = (s: Scope): Statement[] =>
      ends !== 'reply' && draw.chance(80)
        ? ask(s, { method: STANDARD_METHODS.query, reply: answers, ...cleaned() })
        : [];
    const next = canister.module.callback('marks and ask again', 'composite reply callback', (s) => [
      ...marks(2),
      ...(draw.chance(50) ? kinds.change() : []),
      ...growsAndWrites(40, 41),
      ...(table?.again ?? []),
      ...ask(s, { method: STANDARD_METHODS.query, reply: last, refused: [tellLog(), respond()], ...cleaned() }),
      ...another(s),
    ]);
    composite(canister, 'share', (s) => [
      ...marks(1),
      ...kinds.change(),
      ...growsAndWrites(75, 37),
      ...(table?.change ?? []),
      ...ask(s, { method: draw.pick([STANDARD_METHODS.query, 'missing']), reply: next, ...cleaned() }),
      ...marks(7),
    ]);
    // The callee may be the same canister: its evaluation begins with the committed state.
    composite(canister, 'share above', (s) => [
      ...marks(11),
      ...(table?.change ?? []),
      ...ask(s, { method: 'share', reply: last, ...cleaned() }),
      // A trapped callback whose cleanup returned does not end the evaluation: the next call is made.
      ...another(s),
    ]);
    growsOnly(stage, canister);
    zeroesAPage(stage, canister);
    dropsASegment(stage, canister);
    happens(stage, canister, () => [...marks(13), respond()]);
    stage.query(canister.id, 'share');
    // With places that are far from the beginning.
    if (draw.chance(50))
      happens(stage, canister, () => [systemCall('stable64_grow', constant(FAR_PAGES + 5)), respond()]);
    stage.query(canister.id, 'share above');
    stage.query(canister.id, 'share');
    happens(stage, canister, () => [...marks(17), respond()]);
  },

  'a chain of composite queries': (teller) => {
    const { stage, draw } = teller;
    const first = canisterOf(teller);
    const chain = [first, canisterOf(teller), canisterOf(teller)];
    // In a ring, to and fro, or each itself: by the place of the next one.
    const places = draw.pick([
      [1, 2, 0],
      [1, 2, 0],
      [1, 0, 1],
      [0, 1, 2],
    ]);
    const told = constant(LAYOUT.scratch);
    // What each of them sees, above what comes from below.
    const sees = (s: Scope): Statement[] => [
      resultOf('msg_caller_size', 0),
      systemCall('msg_caller_copy', told, constant(0), variable(0)),
      store(MARK, operation('add', operation('mul', load(MARK, 8), constant(31)), load(LAYOUT.scratch, 8))),
      ...(s.available('data_certificate_present') ? [systemCall('data_certificate_present')] : []),
      ...['msg_deadline', 'time'].filter((name) => s.available(name)).map((name) => systemCall(name)),
    ];
    const answers = [systemCall('msg_reply_data_append', constant(MARK), constant(8)), respond()];
    for (const [i, canister] of chain.entries()) {
      const next = chain[places[i] ?? 0] ?? canister;
      const up = canister.module.callback('up', 'composite reply callback', (s) => [
        systemCall('msg_arg_data_copy', told, constant(0), constant(8)),
        store(MARK, operation('add', operation('mul', load(MARK, 8), constant(37)), load(LAYOUT.scratch, 8))),
        ...['data_certificate_present', 'msg_deadline']
          .filter((name) => s.available(name))
          .map((name) => systemCall(name)),
        ...answers,
      ]);
      const lost = canister.module.callback('lost', 'composite reject callback', () => answers);
      composite(canister, 'down', (s) => [
        ...sees(s),
        resultOf('msg_arg_data_size', 1),
        // As many levels as the argument has bytes.
        {
          kind: 'if',
          condition: variable(1),
          then: [
            callNew(s, {
              callee: bytesOf(next.id),
              method: 'down',
              reply: indexOf(up),
              reject: indexOf(lost),
            }),
            systemCall('call_data_append', constant(LAYOUT.cells), operation('sub', variable(1), constant(1))),
            ...(draw.chance(40)
              ? [systemCall('call_with_best_effort_response', constant(draw.pick([0, 1, 300])))]
              : []),
            systemCall('call_perform'),
          ],
          else: answers,
        },
      ]);
    }
    for (const levels of [3, draw.int(0, 6)]) stage.query(first.id, 'down', hex('00'.repeat(levels)));
  },

  'a composite query without a memory': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister({ width, memory: undefined }, comfortable(draw, swarm));
    const { module } = canister;
    // What is left in the global and of the stable memory shows in what the system calls get and give.
    const counts = (n: number): Statement[] => [
      systemCall('stable64_grow', operation('and', { kind: 'global', index: 0 }, constant(3))),
      { kind: 'set global', index: 0, value: operation('add', { kind: 'global', index: 0 }, constant(n)) },
    ];
    const last = module.callback('counts and replies', 'composite reject callback', () => [...counts(5), respond()]);
    const next = module.callback('counts and asks', 'composite reject callback', (s) => [
      ...counts(2),
      ...ask(s, { method: STANDARD_METHODS.query, reply: last }),
      ...(draw.chance(50) ? [TRAP] : []),
    ]);
    const cleans = module.callback('counts and cleans', 'composite cleanup callback after reject', () => counts(3));
    composite(canister, 'count', (s) => [
      ...counts(1),
      ...ask(s, { method: STANDARD_METHODS.query, reply: draw.pick([last, next]), cleanup: cleans }),
      ...ask(s, { method: STANDARD_METHODS.query, reply: last, cleanup: cleans }),
    ]);
    stage.query(canister.id, 'count');
    happens(stage, canister, () => [...counts(7), respond()]);
    stage.query(canister.id, 'count');
  },

  'queues of composite queries': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { program } = canister.module;
    const times = (n: number, body: readonly Statement[]): Statement => ({ kind: 'repeat', times: constant(n), body });
    const count = LAYOUT.cells + 0xa0;
    // Replies with the log, once more than 14 of the first calls have been answered: the calls that callbacks make are evaluated first.
    const quiet = program.callback('quiet', [
      { kind: 'log', value: ENV },
      when(operation('gt_u', load(count, 8), constant(14)), [tellLog(), respond()]),
    ]);
    // Callbacks that trap give their places back as others do; their cleanup counts them.
    const failed = LAYOUT.cells + 0xa8;
    const most = draw.pick([0, 0, 2]);
    const cleanup = program.callback('counts traps', [store(failed, operation('add', load(failed, 8), constant(1)))]);
    // As many as have been answered may be made anew.
    const again = canister.module.callback('fill up', 'composite reply callback', (s) => [
      when(operation('gt_u', constant(most), load(failed, 8)), [TRAP]),
      store(count, operation('add', load(count, 8), constant(1))),
      times(draw.int(1, 3), ask(s, { method: STANDARD_METHODS.query, reply: quiet })),
    ]);
    composite(canister, 'fill', (s) => {
      const one = callNew(s, {
        callee: bytesOf(canister.id),
        method: STANDARD_METHODS.query,
        reply: indexOf(again),
        reject: indexOf(quiet),
      });
      const cleans = systemCall('call_on_cleanup', indexOf(cleanup), constant(0));
      return [times(draw.pick([15, 16, 17]), [one, cleans, systemCall('call_perform')])];
    });
    stage.query(canister.id, 'fill');
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'the budget of a query call': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { program } = canister.module;
    // Four million instructions for all of it, two million for each execution: memory.fill is charged its size.
    const spend = (n: number): Statement[] => [
      {
        kind: 'repeat',
        times: constant(Math.ceil(n / 0x8000)),
        body: [{ kind: 'memory.fill', address: constant(0x2000), byte: constant(0), size: constant(0x8000) }],
      },
    ];
    const each = draw.pick([900_000, 1_000_000, 1_300_000, 1_900_000]);
    query(canister, 'spend', () => [
      ...spend(each),
      // What it spent counts, whatever becomes of it.
      draw.chance(50) ? TRAP : respond(),
    ]);
    const end = program.callback('end of spending', [
      systemCall('performance_counter', constant(1)),
      tellLog(),
      respond(),
    ]);
    const more = canister.module.callback('spend more', 'composite reply callback', (s) => [
      ...spend(each),
      systemCall('performance_counter', constant(1)),
      ...(draw.chance(50) ? [tellLog(), respond()] : ask(s, { method: 'spend', reply: end })),
    ]);
    const cleanup = program.callback('spend in cleanup', spend(each));
    composite(canister, 'spend all', (s) => [
      ...spend(each),
      ...ask(s, { method: 'spend', reply: more, cleanup }),
      ...ask(s, { method: draw.pick(['spend', 'missing']), reply: more, reject: more, cleanup }),
    ]);
    stage.query(canister.id, 'spend all');
    stage.query(canister.id, 'spend');
    stage.query(canister.id, STANDARD_METHODS.query);
  },

  'queries of the poor': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    const amount = constant(LAYOUT.scratch);
    const liquid: Statement[] = [
      systemCall('canister_liquid_cycle_balance128', amount),
      logMemory(amount, constant(16)),
    ];
    const tells = canister.module.program.callback('tells what is left', [...liquid, tellLog(), respond()]);
    composite(canister, 'ask', (s) => [
      ...liquid,
      ...ask(s, { method: STANDARD_METHODS.query, reply: tells, refused: [tellLog(), respond()] }),
    ]);
    stage.query(canister.id, 'ask');
    happens(stage, canister, () => [
      systemCall('cycles_burn128', constant((1n << 64n) - 1n), constant(0), amount),
      respond(),
    ]);
    stage.query(canister.id, 'ask');
    stage.query(canister.id, STANDARD_METHODS.query);
    stage.step(setting(canister, { freezingThreshold: draw.pick([0n, 10n ** 9n]) }));
    stage.query(canister.id, 'ask');
    // The callee is not what the caller is: frozen first, then stopped and no longer frozen.
    stage.step(deposit(canister, 10n ** 30n));
    composite(canister, 'ask the other', (s) =>
      ask(s, { callee: other, method: STANDARD_METHODS.query, reply: tells }),
    );
    const sets = (freezingThreshold: bigint) => stage.step(setting(other, { freezingThreshold }));
    sets(U64 - 1n);
    stage.query(canister.id, 'ask the other');
    stage.step(transform(other, STANDARD_METHODS.query));
    sets(0n);
    // Stopping, as long as a call of its own is open, and then stopped.
    update(other, 'wait', (s) =>
      ask(s, { callee: canister, method: STANDARD_METHODS.replies, reply: s.standardCallbacks.reply }),
    );
    stage.ingress(other.id, 'wait', hex(''), { picks: [pick('execute')], hold: true });
    stage.step(manage(other, 'stop'), { hold: true });
    for (let i = 0; i < 2; i++) stage.query(canister.id, 'ask the other');
  },

  'queries that write': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    // The same method, asked and called: neither leaves anything but cycles, log and version.
    canister.module.exported('canister_query writes', 'canister_query replicated', (s) => [
      ...marks(1),
      grows(draw.int(0, 1)),
      ...marks(29),
      tellLog(),
      systemCall('debug_print', constant(MARK), constant(8)),
      ...(s.available('msg_cycles_accept128') && draw.chance(40)
        ? [
            resultOf('in_replicated_execution', 1),
            {
              kind: 'if',
              condition: { kind: 'variable', index: 1 },
              then: [systemCall('msg_cycles_accept128', constant(0), constant(500), constant(LAYOUT.scratch))],
              else: [],
            } as const,
          ]
        : []),
      draw.chance(25) ? TRAP : respond(),
    ]);
    happens(stage, canister, (s) => [
      ...marks(2),
      callNew(s, {
        callee: bytesOf(canister.id),
        method: 'writes',
        reply: indexOf(s.standardCallbacks.reply),
        reject: indexOf(s.standardCallbacks.reject),
      }),
      systemCall('call_cycles_add128', constant(0), constant(1_000)),
      systemCall('call_perform'),
      respond(),
    ]);
    stage.query(canister.id, 'writes', ofLength(2));
    stage.ingress(canister.id, 'writes', ofLength(3));
    stage.step(transform(canister, 'writes', hex('00')));
    happens(stage, canister, () => [...marks(3), respond()]);
  },
};
