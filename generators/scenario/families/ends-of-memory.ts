// plumbing: stories about accesses that end where the memory does, or its pages; ranges that overlap, and ranges of nothing
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { CodeInstruction, Statement } from '../../../spec/vocabulary/program.js';
import type { Instruction, Mnemonic } from '../../../spec/wasm/instructions.js';
import type { ValueType } from '../../../spec/wasm/types.js';
import type { Draw } from '../../draw.js';
import { constantBits, constantOf, NUMBER_TYPES } from '../../wasm/constants.js';
import { LOADS, STORES } from '../../wasm/operations.js';
import { happens, respond, type Stories } from './story.js';
import { stageCanisters } from '../mission-scenario.js';

/** Memory that nothing else uses, beyond the log; pages of 4,096 bytes meet in it. */
const FREE = { from: 0xd000, middle: 0xe000 } as const;

/** Addresses and sizes in the type of the memory. */
function addressing(width: PointerWidth) {
  const at = (address: bigint | number): CodeInstruction => [
    `${width}.const`,
    BigInt.asUintN(width === 'i64' ? 64 : 32, BigInt(address)),
  ];
  /** So many bytes from the end of the memory. */
  const fromEnd = (bytes: number): CodeInstruction[] => [
    ['memory.size', 0],
    at(65_536),
    [`${width}.mul`],
    at(bytes),
    [`${width}.sub`],
  ];
  return { at, fromEnd };
}

const code = (...instructions: CodeInstruction[]): Statement => ({ kind: 'code', code: instructions, results: [] });
const logged = (type: ValueType, ...instructions: CodeInstruction[]): Statement => ({
  kind: 'code',
  code: instructions,
  results: [type],
});

const bytesOf = (row: Instruction<Mnemonic>) => row.accessBytes ?? 1;
/** A vector takes sixteen bytes, of which a part may be all that is accessed. */
function access(draw: Draw, row: Instruction<Mnemonic>, address: CodeInstruction[], offset = 0n): Statement[] {
  if (row.typing.kind !== 'fixed') return [];
  const [, value] = row.typing.params;
  const [result] = row.typing.results as readonly ValueType[];
  const type = value as ValueType | undefined;
  const instructions: CodeInstruction[] = [
    ...address,
    ...(type === undefined ? [] : [constantOf(type, constantBits(type, draw))]),
    [row.mnemonic, 0, offset, ...(row.lanes === undefined ? [] : [draw.below(row.lanes)])],
  ];
  return [result === undefined ? code(...instructions) : logged(result, ...instructions)];
}

export const endOfMemoryStories: Stories = {
  'the last bytes of the memory': ({ stage, draw, swarm, width }) => {
    const canister = stageCanisters(stage, draw, swarm, width);
    const { at, fromEnd } = addressing(width);
    const rows = draw.shuffle([...LOADS, ...STORES]);
    happens(stage, canister, () => [
      // What is loaded has its top bits set.
      code(...fromEnd(64), ['i32.const', 0xf1n], at(64), ['memory.fill', 0]),
      code(at(FREE.middle - 64), ['i32.const', 0x9cn], at(128), ['memory.fill', 0]),
      ...rows.flatMap((row) => access(draw, row, fromEnd(bytesOf(row)))),
      // Where one page ends in the middle of it.
      ...rows.flatMap((row) =>
        bytesOf(row) > 1 ? access(draw, row, [at(FREE.middle - draw.int(1, bytesOf(row) - 1))]) : [],
      ),
      respond(),
    ]);
    for (const row of draw.sample(rows, 6))
      happens(stage, canister, () => [...access(draw, row, fromEnd(bytesOf(row) - 1)), respond()]);
    // Beyond what an address can say, not at its beginning again.
    const top = width === 'i64' ? 1n << 63n : 1n << 31n;
    const sums: readonly (readonly [bigint, bigint])[] = [
      [top, top],
      [-4n, 8n],
      [16n, top],
      ...(width === 'i64'
        ? ([
            [1n << 32n, 16n],
            [16n, 1n << 32n],
          ] as const)
        : []),
    ];
    for (const [address, offset] of sums)
      for (const row of draw.sample(rows, 3))
        happens(stage, canister, () => [...access(draw, row, [at(address)], offset), respond()]);
  },

  'ranges that overlap, and ranges of nothing': ({ stage, draw, swarm, width }) => {
    const canister = stageCanisters(stage, draw, swarm, width);
    const { program } = canister.module;
    const { at, fromEnd } = addressing(width);
    const dropped = program.passiveData(draw.bytes(4));
    const kept = program.passiveData(draw.bytes(4));
    const size = draw.pick([40, 300, 5_000]);
    const copied = (to: number, from: number): Statement => code(at(to), at(from), at(size), ['memory.copy', 0, 0]);
    const by = draw.pick([1, 3, 16, 39]);
    happens(stage, canister, () => [
      ...Array.from({ length: 8 }, (_, i) =>
        code(at(FREE.middle - 4 + 8 * i), ['i64.const', draw.bits(64)], ['i64.store', 0, 0n]),
      ),
      copied(FREE.middle - 1, FREE.middle - 1 + by),
      copied(FREE.middle - 1 + by, FREE.middle - 1),
      ...Array.from({ length: 5 }, (_, i) => logged('i64', at(FREE.middle + 8 * i), ['i64.load', 0, 0n])),
      // Of the value to fill with the lowest byte counts.
      code(at(FREE.from), ['i32.const', draw.pick([0x141n, 0x100n, 0xffff_ff80n, 0x8000_0001n])], at(9), [
        'memory.fill',
        0,
      ]),
      logged('i64', at(FREE.from + 1), ['i64.load', 0, 0n]),
      respond(),
    ]);
    const none = at(0);
    const zero: CodeInstruction = ['i32.const', 0n];
    // Just at the end they may be, not one beyond it; nor in a segment.
    const empty = (end: CodeInstruction[], place: bigint): CodeInstruction[][] => [
      [...end, zero, none, ['memory.fill', 0]],
      [...end, at(FREE.from), none, ['memory.copy', 0, 0]],
      [at(FREE.from), ...end, none, ['memory.copy', 0, 0]],
      [...end, zero, zero, ['memory.init', kept, 0]],
      [at(FREE.from), ['i32.const', 4n + place], zero, ['memory.init', kept, 0]],
      [at(FREE.from), ['i32.const', place], zero, ['memory.init', dropped, 0]],
    ];
    happens(stage, canister, () => [
      code(['data.drop', dropped]),
      ...empty(fromEnd(0), 0n).map((one) => code(...one)),
      respond(),
    ]);
    const beyond = [
      ...empty(fromEnd(-1), 1n),
      [at(FREE.from), ['i32.const', 2n], ['i32.const', 0xffff_ffffn], ['memory.init', kept, 0]] as CodeInstruction[],
      [at(FREE.from), ['i32.const', 0xffff_ffffn], ['i32.const', 1n], ['memory.init', kept, 0]] as CodeInstruction[],
      [at(FREE.from), ['i32.const', 1n << 31n], zero, ['memory.init', kept, 0]] as CodeInstruction[],
      ...(width === 'i64'
        ? ([
            [at((1n << 32n) + 0xd000n), ['i32.const', 1n], at(4), ['memory.fill', 0]],
            [at((1n << 32n) + 0xd000n), at(FREE.from), at(4), ['memory.copy', 0, 0]],
            [at(FREE.from), at((1n << 32n) + 0xd000n), at(4), ['memory.copy', 0, 0]],
            [at((1n << 32n) + 0xd000n), ['i32.const', 0n], ['i32.const', 4n], ['memory.init', kept, 0]],
          ] as CodeInstruction[][])
        : []),
    ];
    for (const one of draw.sample(beyond, 6))
      happens(stage, canister, () => [code(['data.drop', dropped]), code(...one), respond()]);
  },

  'locals that nobody has written': ({ stage, draw, swarm, width }) => {
    const canister = stageCanisters(stage, draw, swarm, width);
    const { program } = canister.module;
    const locals = Array.from({ length: draw.int(40, 200) }, () => draw.pick(NUMBER_TYPES));
    const written = locals.map((type, i): Statement => {
      const bits = type === 'v128' ? (1n << 128n) - 1n : type.endsWith('32') ? (1n << 32n) - 1n : (1n << 64n) - 1n;
      return code(constantOf(type, bits), ['local.set', i]);
    });
    const reading = Array.from({ length: 12 }, () => draw.below(locals.length));
    const read = [...new Set([locals.length - 1, ...reading])].map((i) =>
      logged(locals[i] as ValueType, ['local.get', i]),
    );
    // Two vectors in locals, of which one is taken: all of it.
    const vectors: ValueType[] = ['v128', 'v128', 'v128'];
    const [one, other, third] = [0, 1, 2];
    const block = { params: [], results: [] };
    const taken = [0n, 1n].map((condition) =>
      logged(
        'v128',
        ...[one, other].flatMap((to): CodeInstruction[] => [
          ['v128.const', draw.bits(128)],
          ['local.set', to],
        ]),
        ...([
          ['local.get', one],
          ['local.get', other],
          ['i32.const', condition],
          ['select'],
          ['local.set', third],
        ] as const),
        ...([['block', block], ['end'], ['local.get', third]] as const),
      ),
    );
    const dirty = program.entry('writes all', written, locals);
    const fresh = program.entry('reads some', read, locals);
    const selects = program.entry('selects', taken, vectors);
    happens(stage, canister, () => [
      ...[dirty, fresh, selects, fresh].map((name): Statement => ({ kind: 'call', function: name })),
      respond(),
    ]);
  },
};
