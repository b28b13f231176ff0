// plumbing: state of the kinds that show only when they are used — segments, references, vectors, payloads of NaNs, growth — canister-interface.md#entry-points
import type { CodeInstruction, Statement } from '../../../spec/vocabulary/program.js';
import { VALUE_TYPE_CODES } from '../../../spec/wasm/types.js';
import { LAYOUT, type ProgramBuilder } from '../../canister/builder.js';
import { constant, logMemory, MEMORY_BYTES, operation } from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { grows } from './story.js';

/** What a program has of such state. */
export interface KindsOfState {
  /** Changes two or three kinds of it. */
  readonly change: () => Statement[];
  /** Drops the segment. */
  readonly drop: () => Statement;
  /** Tells all of it but the segment. */
  readonly tell: () => Statement[];
  /** Tells the segment; traps where it was dropped. */
  readonly copy: () => Statement[];
}

const code = (...instructions: CodeInstruction[]): Statement => ({ kind: 'code', code: instructions, results: [] });

/** Gives the program a segment, a vector, two floats that begin as NaNs, and a reference; its memory may grow. */
export function kindsOfState(program: ProgramBuilder, draw: Draw): KindsOfState {
  const segment = program.passiveData(draw.bytes(4));
  const vector = program.globals.push({ type: 'v128', init: draw.bits(128) }) - 1;
  const single = program.globals.push({ type: 'f32', init: 0x7fa0_0001n }) - 1;
  const double = program.globals.push({ type: 'f64', init: 0xfff4_0000_0000_0001n }) - 1;
  const reference = program.globals.push({ type: 'funcref', init: 0n }) - 1;
  const functions = [program.entry('held', []), program.entry('held too', [])];
  const changes: readonly (() => Statement[])[] = [
    // One half of the vector, the other one as it was.
    () => [
      code(
        ['global.get', vector],
        ['i64.const', draw.bits(64)],
        ['i64x2.replace_lane', draw.below(2)],
        ['global.set', vector],
      ),
    ],
    () => [code(['f32.const', 0x7fa0_0000n + BigInt(draw.int(2, 99))], ['global.set', single])],
    () => [code(['global.get', double], ['f64.neg'], ['global.set', double])],
    () => [
      code(draw.chance(75) ? ['ref.func', draw.pick(functions)] : ['ref.null', VALUE_TYPE_CODES.funcref], [
        'global.set',
        reference,
      ]),
    ],
    () => [
      grows(draw.int(1, 3)),
      { kind: 'store', address: operation('sub', MEMORY_BYTES, constant(8)), value: constant(draw.bits(64)), bytes: 8 },
    ],
  ];
  return {
    change: () => draw.sample(changes, draw.int(2, 3)).flatMap((make) => make()),
    drop: () => ({ kind: 'data.drop', segment }),
    tell: () => [
      {
        kind: 'code',
        code: [
          ['global.get', vector],
          ['global.get', single],
          ['global.get', double],
          ['global.get', reference],
          ['ref.is_null'],
        ],
        results: ['v128', 'f32', 'f64', 'i32'],
      },
      { kind: 'log', value: MEMORY_BYTES },
    ],
    copy: () => [
      { kind: 'memory.init', segment, to: constant(LAYOUT.scratch), from: constant(0), size: constant(4) },
      logMemory(constant(LAYOUT.scratch), constant(4)),
    ],
  };
}
