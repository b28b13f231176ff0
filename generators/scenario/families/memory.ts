// plumbing: stories about WebAssembly state and stable memory — canister-interface.md#system-api-stable-memory, #entry-points
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { CodeInstruction, Expression, Statement } from '../../../spec/vocabulary/program.js';
import { INSTRUCTIONS, type Instruction, type Mnemonic } from '../../../spec/wasm/instructions.js';
import { VALUE_TYPE_CODES, type ValueType } from '../../../spec/wasm/types.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  logMemory,
  MEMORY_BYTES,
  operation,
  resultOf,
  store,
  systemCall,
  variable,
} from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable } from '../mission-scenario.js';
import { trapping } from '../missions.js';
import { rawCode } from '../raw-code.js';
import type { Scope } from '../scope.js';
import { ofLength } from '../stage.js';
import { install, pick } from '../steps.js';
import { calledAtBoundary, standardCall } from '../system-calls.js';
import { bitsOrNaN, HUGE, PAGE_COUNTS } from '../values.js';
import { add, canisterOf, composite, grows, happens, query, respond, type Stories, TRAP, update } from './story.js';

/** A system call of either stable memory interface; the deprecated one where it exists. */
function stable(s: Scope, name: 'size' | 'grow' | 'read' | 'write', ...args: readonly Expression[]): Statement {
  const old = s.available(`stable_${name}`) && s.draw.chance(50);
  return systemCall(`${old ? 'stable' : 'stable64'}_${name}`, ...args);
}

/** Pages to grow by; read as signed numbers the last ones are negative. */
const GROWTHS = [
  0n,
  1n,
  255n,
  256n,
  65_536n,
  1n << 48n,
  (1n << 32n) - 1n,
  (1n << 32n) + 1n,
  1n << 63n,
  (1n << 64n) - 1n,
] as const;

/** Instructions that load a number, or a vector, and nothing else. */
const LOADS = (INSTRUCTIONS as readonly Instruction<Mnemonic>[]).filter(
  ({ accessBytes, lanes, typing }) =>
    accessBytes !== undefined && lanes === undefined && typing.kind === 'fixed' && typing.results.length === 1,
);

/** Loads what `fills` has written, and logs it. */
function loaded({ mnemonic, typing }: Instruction<Mnemonic>, width: PointerWidth): Statement {
  const results = typing.kind === 'fixed' ? (typing.results as readonly ValueType[]) : [];
  const address = BigInt(LAYOUT.scratch);
  return {
    kind: 'code',
    code: [
      [`${width}.const`, address],
      [mnemonic, 0, 0n],
    ],
    results,
  };
}

/** Bodies that change the table, in places that there are or are not. */
function changesOfTable(draw: Draw, element: number): ((s: Scope) => Statement[])[] {
  return [
    () => [
      {
        kind: 'table.init',
        segment: element,
        to: constant(0),
        from: constant(0),
        size: constant(draw.pick([0, 1, 2])),
      },
      respond(),
    ],
    (s) => [{ kind: 'table.set', index: constant(draw.pick([0, 1, 999])), function: null }, ...trapOrRespond(s)],
    (s) => [
      { kind: 'table.grow', by: constant(draw.pick([0, 1, 10_000, 0xffffffff])), function: null, log: true },
      ...trapOrRespond(s),
    ],
    (s) => [
      { kind: 'table.fill', to: constant(0), function: null, size: constant(draw.pick([0, 1, 1000])) },
      ...trapOrRespond(s),
    ],
    (s) => [
      { kind: 'table.copy', to: constant(0), from: constant(1), size: constant(draw.pick([0, 1, 1000])) },
      ...trapOrRespond(s),
    ],
  ];
}

export const memoryStories: Stories = {
  'typed-stack code': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    // What is loaded is seldom zero, and often negative.
    const size = LAYOUT.cells + LAYOUT.cellBytes - LAYOUT.scratch;
    const fills = (): Statement => ({
      kind: 'memory.fill',
      address: constant(LAYOUT.scratch),
      byte: constant(draw.int(1, 255)),
      size: constant(size),
    });
    for (let i = 0; i < 3; i++) {
      happens(stage, canister, (s) => [fills(), rawCode(s, draw.int(20, 80)), respond()]);
    }
    happens(stage, canister, () => [fills(), ...LOADS.map((row) => loaded(row, teller.width)), respond()]);
    query(canister, 'code', (s) => [fills(), rawCode(s, draw.int(20, 80)), respond()]);
    stage.query(canister.id, 'code');
    stage.ingress(canister.id, 'code');
  },

  'typed-stack code among system calls': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const callback = (s: Scope): Statement[] => [
      rawCode(s, draw.int(10, 40)),
      systemCall('performance_counter', constant(1)),
    ];
    const reply = canister.module.callback('code on reply', 'reply callback', callback);
    const reject = canister.module.callback('code on reject', 'reject callback', callback);
    update(canister, 'ask', (s) => {
      const call = standardCall(s);
      const args = (list: readonly Expression[]) =>
        list.map((arg, i): Expression =>
          i === 4 ? { kind: 'index of', function: reply } : i === 6 ? { kind: 'index of', function: reject } : arg,
        );
      return [
        rawCode(s, draw.int(5, 30)),
        call.kind === 'system call' ? { ...call, args: args(call.args) } : call,
        rawCode(s, draw.int(5, 30)),
        systemCall('call_perform'),
        rawCode(s, draw.int(5, 30)),
        ...(draw.chance(50) ? [respond()] : []),
      ];
    });
    stage.ingress(canister.id, 'ask', ofLength(draw.below(20)));
    add(canister, 'canister_heartbeat', (s) => [rawCode(s, draw.int(10, 40))]);
    stage.steps.push({ picks: [pick('heartbeat')] });
    composite(canister, 'composed', (s) => [rawCode(s, draw.int(10, 40)), respond()]);
    stage.query(canister.id, 'composed');
  },

  'stable memory around 4 GiB': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const pages = draw.pick([65_535n, 65_536n, 65_537n, 65_540n]);
    happens(stage, canister, (s) => [
      stable(s, 'size'),
      stable(s, 'grow', constant(pages - BigInt(draw.pick([0, 0, 1])))),
      stable(s, 'size'),
      respond(),
    ]);
    happens(stage, canister, (s) => [stable(s, 'grow', constant(draw.pick([0, 1, 2]))), stable(s, 'size'), respond()]);
    // Three places, of which the first is just below 4 GiB; code of 32 bits asks by either interface.
    const near = [(1n << 32n) - 1n, 1n << 32n, (1n << 32n) + 65_528n, 0n, (1n << 32n) - 4n];
    for (const at of [(1n << 32n) - 8n, ...draw.sample(near, 2)]) {
      happens(stage, canister, (s) => [
        stable(s, 'write', constant(at), constant(LAYOUT.cells), constant(draw.pick([0, 1, 4, 8]))),
        stable(s, 'read', constant(LAYOUT.scratch), constant(at), constant(draw.pick([0, 1, 4, 8]))),
        logMemory(constant(LAYOUT.scratch), constant(8)),
        respond(),
      ]);
    }
    // Whatever was grown before: now it is larger than 4 GiB, with something on both sides.
    happens(stage, canister, () => [
      systemCall('stable64_grow', constant(4)),
      systemCall('stable64_grow', constant(65_534)),
      store(LAYOUT.cells, constant(0x0807_0605_0403_0201n)),
      systemCall('stable64_write', constant((1n << 32n) - 4n), constant(LAYOUT.cells), constant(8)),
      systemCall('stable64_read', constant(LAYOUT.scratch), constant((1n << 32n) - 4n), constant(8)),
      logMemory(constant(LAYOUT.scratch), constant(8)),
      // A place beyond is not the one that is 4 GiB below it.
      systemCall('stable64_write', constant((1n << 32n) + 64n), constant(LAYOUT.cells), constant(8)),
      ...[64n, (1n << 32n) + 64n].flatMap((at) => [
        systemCall('stable64_read', constant(LAYOUT.scratch), constant(at), constant(8)),
        logMemory(constant(LAYOUT.scratch), constant(8)),
      ]),
      respond(),
    ]);
    // From here on the deprecated interface traps, whatever is asked.
    const old: readonly Statement[] = [
      systemCall('stable_size'),
      systemCall('stable_grow', constant(draw.below(2))),
      systemCall(
        'stable_read',
        constant(LAYOUT.scratch),
        constant(draw.pick([0, 0xffff_fff8])),
        constant(draw.pick([0, 8])),
      ),
      systemCall(
        'stable_write',
        constant(draw.pick([0, 0xffff_fff8])),
        constant(LAYOUT.cells),
        constant(draw.pick([0, 8])),
      ),
    ];
    for (const call of draw.sample(old, 2)) {
      happens(stage, canister, (s) => [
        store(LAYOUT.cells + 8, constant(9)),
        ...(s.available('stable_size') ? [call] : []),
        systemCall('stable64_size'),
        respond(),
      ]);
    }
  },

  'stable memory to the limit': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    // A page that was written and is gone is empty when it comes again.
    const onNewPage = (s: Scope, then: (at: Expression) => Statement[]): Statement[] => {
      const before = s.fresh();
      const grow = resultOf('stable64_grow', before, constant(1));
      return [grow, ...then(operation('mul', variable(before), constant(65_536)))];
    };
    happens(stage, canister, (s) => [
      store(LAYOUT.cells + 8, constant(0x1122_3344_5566_7788n)),
      ...onNewPage(s, (at) => [systemCall('stable64_write', at, constant(LAYOUT.cells), constant(16))]),
      TRAP,
    ]);
    happens(stage, canister, (s) => [
      ...onNewPage(s, (at) => [systemCall('stable64_read', constant(LAYOUT.scratch), at, constant(16))]),
      logMemory(constant(LAYOUT.scratch), constant(16)),
      respond(),
    ]);
    // Over several pages of any size, up to the last byte of one.
    happens(stage, canister, () => [
      { kind: 'memory.fill', address: constant(0x2000), byte: constant(draw.int(1, 255)), size: constant(0x3000) },
      ...[4096, 8192].map((end) => {
        const start = draw.int(1, 4095);
        return systemCall('stable64_write', constant(start), constant(0x2000), constant(end - start));
      }),
      systemCall('stable64_write', constant(16_384 - draw.int(1, 9)), constant(0x2000), constant(0x3000)),
      respond(),
    ]);
    for (const pages of draw.sample(PAGE_COUNTS, 3)) {
      happens(stage, canister, (s) => [stable(s, 'grow', constant(pages)), systemCall('stable64_size'), respond()]);
    }
    happens(stage, canister, (s) => [
      systemCall('stable64_grow', constant(1)),
      // Pages of 4 KiB are charged once for each execution.
      systemCall(
        'stable64_write',
        constant(draw.pick([4095, 4096, 8190])),
        constant(LAYOUT.constants),
        constant(draw.pick([1, 2, 4096, 8192])),
      ),
      systemCall('performance_counter', constant(0)),
      systemCall('stable64_write', constant(4095), constant(LAYOUT.constants), constant(2)),
      systemCall('performance_counter', constant(0)),
      ...trapOrRespond(s),
    ]);
  },

  'at the ends of memories': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const calls = [
      'stable64_read',
      'stable64_write',
      'msg_arg_data_copy',
      'msg_caller_copy',
      'canister_self_copy',
      'debug_print',
      'msg_reply_data_append',
      'canister_cycle_balance128',
      'certified_data_set',
      'is_controller',
      'cost_create_canister',
      'env_var_value_copy',
      'call_data_append',
    ];
    for (const name of draw.sample(calls, 4)) {
      happens(stage, canister, (s) => [store(LAYOUT.cells + 8, constant(1)), ...calledAtBoundary(name, s), respond()]);
    }
  },

  'bulk operations at the end': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const size = () => constant(draw.pick([0n, 1n, 16n, 16n, 1n << 63n, (1n << 64n) - 1n]));
    const end = () =>
      draw.pick([
        MEMORY_BYTES,
        operation('sub', MEMORY_BYTES, constant(1)),
        operation('sub', MEMORY_BYTES, constant(16)),
        constant(draw.pick(HUGE)),
      ]);
    const operations: (() => Statement)[] = [
      () => ({ kind: 'memory.fill', address: end(), byte: constant(draw.below(256)), size: size() }),
      () => ({ kind: 'memory.copy', to: end(), from: constant(0), size: size() }),
      () => ({ kind: 'memory.copy', to: constant(0), from: end(), size: size() }),
      () => ({ kind: 'store', address: end(), value: constant(1), bytes: draw.pick([1, 2, 4, 8] as const) }),
      () => grows(draw.pick(GROWTHS)),
    ];
    for (const make of draw.sample(operations, 4))
      happens(stage, canister, () => [make(), { kind: 'log', value: MEMORY_BYTES }, respond()]);
  },

  'segments dropped for good': (teller) => {
    const { stage, draw } = teller;
    const swarm = new Set(teller.swarm);
    swarm.delete('memory maximum');
    const canister = canisterOf({ ...teller, swarm });
    const { program } = canister.module;
    const segment = program.passiveData(draw.bytes(8));
    const other = program.passiveData(draw.bytes(4));
    program.elements.push([null, program.callback('in the segment', [])]);
    const element = program.elements.length - 1;
    const copied = (size: number): Statement => ({
      kind: 'memory.init',
      segment,
      to: constant(LAYOUT.scratch),
      from: constant(0),
      size: constant(size),
    });
    const init = (): Statement => copied(draw.pick([0, 8]));
    const steps: ((s: Scope) => Statement[])[] = [
      () => [init(), logMemory(constant(LAYOUT.scratch), constant(8)), respond()],
      (s) => [{ kind: 'data.drop', segment: draw.pick([segment, other]) }, ...trapOrRespond(s)],
      () => [init(), respond()],
      (s) => [{ kind: 'elem.drop', segment: element }, ...trapOrRespond(s)],
    ];
    // What was dropped stays so when the memory has become large, and what is dropped then as well.
    if (draw.chance(75)) {
      steps.push(
        () => [grows(draw.pick([1, 70, 70])), respond()],
        () => [{ kind: 'data.drop', segment }, respond()],
        () => [copied(8)],
        () => [init(), logMemory(constant(LAYOUT.scratch), constant(8)), respond()],
      );
    }
    if (stage.openWasm) steps.push(...changesOfTable(draw, element));
    for (const step of draw.shuffle(steps)) happens(stage, canister, step);
    happens(stage, canister, () => [copied(8), respond()]);
    if (draw.chance(40)) {
      stage.step(install(canister, 'upgrade', { wasmMemoryPersistence: draw.pick(['keep', 'replace']) }));
      happens(stage, canister, () => [init(), respond()]);
    }
  },

  'globals of every type': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { globals } = canister.module.program;
    // NaNs that are loaded, not computed, keep every bit.
    const nans = draw.chance(60);
    globals.push(
      { type: 'f32', init: nans ? 0x7fa0_0001n : 0n },
      { type: 'f64', init: nans ? 0x7ff4_0000_0000_0001n : 0n },
      { type: 'v128', init: draw.bits(128) },
      { type: 'funcref', init: 0n },
      { type: 'externref', init: 0n },
    );
    const settable = globals.flatMap(({ type }, index) => (type === 'funcref' || type === 'externref' ? [] : [index]));
    const set = (): Statement[] =>
      settable.map((index) => ({ kind: 'set global', index, value: constant(bitsOrNaN(draw)) }));
    // One bit, or one lane, and nothing else of the state.
    const little = (): Statement => {
      const type = draw.pick(['f32', 'f64', 'v128'] as const);
      const index = globals.findIndex((global) => global.type === type);
      const changed: CodeInstruction[] =
        type === 'v128'
          ? [
              ['i64.const', draw.bits(64)],
              ['i64x2.replace_lane', draw.below(2)],
            ]
          : [[`${type}.neg`]];
      return { kind: 'code', code: [['global.get', index], ...changed, ['global.set', index]], results: [] };
    };
    // A function, or none again; which it is shows in what a later execution finds.
    const functions = [canister.module.program.entry('referred', []), canister.module.program.entry('other', [])];
    const reference = globals.findIndex(({ type }) => type === 'funcref');
    const refers = draw.chance(60);
    const refer = (): Statement[] =>
      !refers
        ? []
        : [
            {
              kind: 'code',
              code: [
                draw.chance(75) ? ['ref.func', draw.pick(functions)] : ['ref.null', VALUE_TYPE_CODES.funcref],
                ['global.set', reference],
              ],
              results: [],
            },
          ];
    const isNull = (): Statement => ({
      kind: 'code',
      code: [['global.get', reference], ['ref.is_null']],
      results: ['i32'],
    });
    for (let i = 0; i < 3; i++) happens(stage, canister, () => [little(), respond()]);
    // A memory that becomes larger, or does not, leaves them as they are.
    happens(stage, canister, (s) => [grows(draw.pick([1, 1, 70])), ...(draw.chance(40) ? [TRAP] : trapOrRespond(s))]);
    happens(stage, canister, (s) => [...set(), ...refer(), ...trapOrRespond(s)]);
    happens(stage, canister, (s) => [isNull(), ...set(), ...refer(), rawCode(s, 20), ...trapOrRespond(s)]);
    query(canister, 'set', () => [
      isNull(),
      ...set(),
      ...refer(),
      { kind: 'log', value: { kind: 'global', index: 0 } },
      systemCall('msg_reply_data_append', constant(LAYOUT.log.at), constant(0x100)),
      respond(),
    ]);
    stage.query(canister.id, 'set');
    stage.ingress(canister.id, 'set');
  },

  'little or no memory': (teller) => {
    const { stage, draw, swarm } = teller;
    const memory = draw.pick([undefined, { min: 0n }, { min: 0n, max: 0n }, { min: 0n, max: 1n }]);
    const bare = stage.canister({ width: teller.width, memory }, comfortable(draw, swarm));
    const names = [
      'msg_arg_data_copy',
      'msg_caller_copy',
      'debug_print',
      'msg_reply_data_append',
      'stable64_write',
      'stable64_read',
      'canister_cycle_balance128',
      'is_controller',
      'msg_reject',
      'certified_data_set',
      'env_var_name_exists',
    ];
    for (const name of draw.sample(names, 3)) happens(stage, bare, (s) => [...calledAtBoundary(name, s), respond()]);
    happens(stage, bare, (s) => [
      standardCall(s),
      systemCall('call_perform'),
      ...(memory === undefined ? [] : [grows(1)]),
      respond(),
    ]);
    stage.query(bare.id, STANDARD_METHODS.query);
  },
};

/** A reply, or, now and then, a trap that undoes what was done. */
export function trapOrRespond(s: Scope): Statement[] {
  return s.draw.chance(35)
    ? trapping(s.draw.pick(['unreachable', 'integer-divide-by-zero', 'stack-budget', 'explicit'] as const), s)
    : [respond()];
}
