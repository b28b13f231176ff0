// plumbing: stories about the instructions that an execution may spend — canister-interface.md#system-api-performance-counter
import type { Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, load, operation, resultOf, store, systemCall, variable } from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { STANDARD_METHODS } from '../canister.js';
import { call } from './call-statements.js';
import { trapOrRespond } from './memory.js';
import { canisterOf, composite, happens, query, respond, type Stories, TRAP } from './story.js';

/** Spends instructions and hardly any time: memory.fill is charged its size. 40 rounds are below two million, 41 above. */
export function filled(rounds: number): Statement[] {
  return [
    {
      kind: 'repeat',
      times: constant(rounds),
      body: [{ kind: 'memory.fill', address: constant(0x2000), byte: constant(0), size: constant(0xc000) }],
    },
  ];
}

/** Instructions that a method spends after its last statement. */
const AFTERWARDS = 17;

/** Leaves one instruction of the limit, or none, or wants one more. */
export function toTheLimit(limit: bigint, draw: Draw): Statement[] {
  const rest = limit - BigInt(AFTERWARDS + 100) + BigInt(draw.int(-2, 2));
  return [
    resultOf('performance_counter', 0, constant(0)),
    systemCall('debug_print', constant(0), operation('sub', constant(rest), variable(0))),
  ];
}

export const instructionStories: Stories = {
  'instructions to the limit': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const fill = (times: number): Statement[] => [...filled(times), systemCall('performance_counter', constant(0))];
    happens(stage, canister, () => [...fill(draw.pick([1, 39, 40, 41])), respond()]);
    query(canister, 'long', () => [...fill(draw.pick([1, 39, 40, 41])), respond()]);
    stage.query(canister.id, 'long');
    stage.ingress(canister.id, 'long');
    happens(stage, canister, (s) => [
      resultOf('performance_counter', 0, constant(0)),
      systemCall('debug_print', constant(0), operation('sub', constant(2_000_000 + draw.int(-40, 40)), variable(0))),
      ...trapOrRespond(s),
    ]);
    // All of them, to the last one: by a system call, by the reply after it, when a function is entered, by a bulk instruction.
    const nothing = canister.module.program.entry('nothing', []);
    const left = (less: number) =>
      operation('sub', constant(2_000_000 - AFTERWARDS - less + draw.int(-1, 1)), variable(0));
    const counted = resultOf('performance_counter', 0, constant(0));
    const print = (less: number) => systemCall('debug_print', constant(0), left(100 + less));
    const bulk: Statement = { kind: 'memory.fill', address: constant(0x2000), byte: constant(0), size: left(0) };
    const ends: Statement[][] = [
      [counted, print(0)],
      [counted, print(500), respond()],
      [counted, print(1), { kind: 'call', function: nothing }],
      [...filled(40), counted, bulk],
    ];
    for (const end of ends) happens(stage, canister, () => end);
    // Its bytes are charged before anything else is looked at: here it is not even available.
    const unavailable = draw.pick(['certified_data_set', 'call_data_append', 'msg_reject']);
    query(canister, 'not available', () => [
      ...(unavailable === 'msg_reject' ? [respond()] : []),
      systemCall(unavailable, constant(0), constant(1 << 30)),
    ]);
    stage.query(canister.id, 'not available');
  },

  'instructions spent in calls': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { program } = canister.module;
    // No loop and no system call on the way: that the limit is reached shows when a function is entered, and only there.
    const step: Statement = { kind: 'set', variable: 0, value: operation('add', variable(0), constant(1)) };
    const leaf = program.entry(
      'leaf',
      Array.from({ length: 50 }, () => step),
    );
    const calls = (name: string, times: number): Statement[] =>
      Array.from({ length: times }, () => ({ kind: 'call', function: name }));
    const branch = program.entry('branch', calls(leaf, 30));
    // Most of what there is costs no time; the calls spend the rest, or not quite.
    const spends = (): Statement[] => [...filled(38), ...calls(branch, draw.pick([2, 20, 25])), respond()];
    happens(stage, canister, () => [store(LAYOUT.cells + 8, constant(3)), ...spends()]);
    canister.module.program.exported('canister_query spent', spends());
    stage.query(canister.id, 'spent');
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'a loop that remembers': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const at = LAYOUT.cells + 0x200;
    happens(stage, canister, (s) => [
      {
        kind: 'repeat',
        times: constant(draw.pick([0, 1, 100, 1000])),
        body: [
          store(
            at,
            operation(
              'add',
              operation('mul', load(at, 8), constant(6364136223846793005n)),
              constant(1442695040888963407n),
            ),
          ),
        ],
      },
      { kind: 'log', value: load(at, 8) },
      ...trapOrRespond(s),
    ]);
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },

  'instructions of a whole query call': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { module } = canister;
    const end = (): Statement => draw.pick([TRAP, TRAP, respond()]);
    // However an execution ended, what it spent is spent: below, in a callback, and in the cleanup of that.
    for (let k = 0; k < 3; k++) {
      query(canister, `first ${k}`, () => [...filled(30), end()]);
      query(canister, `last ${k}`, () => [...filled(draw.pick([15, 22, 24, 28])), end()]);
      const hears = (name: string, ...last: Statement[]): string =>
        module.callback(`hears ${name} ${k}`, 'composite reply callback', () => [
          systemCall('msg_reject_code'),
          systemCall('performance_counter', constant(1)),
          ...last,
        ]);
      const goesOn = hears('of one');
      const fails = hears('of one and fails', ...filled(30), TRAP);
      const answers = hears('of the last', respond());
      const cleanup = module.callback(`cleans up ${k}`, 'composite cleanup callback after reply', () =>
        filled(draw.pick([1, 9])),
      );
      composite(canister, `whole ${k}`, (s) => [
        ...call(s, { callee: canister, method: `first ${k}`, reply: goesOn }),
        ...(draw.chance(50)
          ? call(s, { callee: canister, method: `first ${k}`, reply: goesOn })
          : call(s, { callee: canister, method: STANDARD_METHODS.query, reply: fails, cleanup })),
        ...call(s, { callee: canister, method: `last ${k}`, reply: answers }),
      ]);
      stage.query(canister.id, `whole ${k}`);
    }
  },
};
