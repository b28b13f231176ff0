// plumbing: for each row of the instruction table, modules whose code is that one instruction between loads and stores

import { constantBits } from '../../generators/wasm/constants.js';
import type { Draw } from '../../generators/draw.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import type { Code, CodeImmediate, CodeInstruction } from '../../spec/vocabulary/program.js';
import { INSTRUCTIONS, type Immediate, type Instruction, type Mnemonic } from '../../spec/wasm/instructions.js';
import { VALUE_TYPE_CODES, type ValueType } from '../../spec/wasm/types.js';
import {
  DATA_AT,
  GIVES_I32,
  GLOBALS,
  I32_TO_I32,
  NOTHING,
  OPERANDS_AT,
  RESULTS_AT,
  SEVEN,
  storeLocal,
  SUCCESSOR,
  type Subject,
} from './subject.js';

type Row = Instruction<Mnemonic>;

/** A subject around one instruction, and the types of its operands: operand k is at OPERANDS_AT + 16 k. */
interface OneInstruction extends Subject {
  readonly row: Row;
  readonly operands: readonly ValueType[];
  /** Which operands are addresses, of a memory or a table. */
  readonly addresses: readonly boolean[];
}

/** Code that takes operands of these types from the stack and leaves results of those. */
interface Core {
  readonly operands: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly code: Code;
  readonly addresses?: readonly boolean[];
}

/** The rows to try: all. */
export const ROWS: readonly Row[] = INSTRUCTIONS;

/** A module around the instruction, with random immediates. */
export function oneInstruction(row: Row, draw: Draw): OneInstruction {
  const width: PointerWidth = draw.pick(['i32', 'i64']);
  const core = row.typing.kind === 'fixed' ? fixed(row, width, draw) : special(row.mnemonic, width, draw);
  const load = core.operands.flatMap((type, k) => loadOperand(type, OPERANDS_AT + 16 * k, width));
  const keep = core.results.map((_, k) => ['local.set', k] as const).reverse();
  const store = core.results.flatMap((type, k) => storeLocal(type, k, RESULTS_AT + 16 * k, width));
  return {
    row,
    width,
    locals: core.results,
    code: [...load, ...core.code, ...keep, ...store],
    operands: core.operands,
    addresses: core.addresses ?? core.operands.map(() => false),
  };
}

function loadOperand(type: ValueType, at: number, width: PointerWidth): CodeInstruction[] {
  const address = [`${width}.const`, BigInt(at)] as const;
  switch (type) {
    case 'funcref':
      return [address, ['i32.load', 0, 0n], ['i32.const', 3n], ['i32.and'], ['table.get', 0]];
    case 'externref':
      return [['ref.null', VALUE_TYPE_CODES.externref]];
    default:
      return [address, [`${type}.load`, 0, 0n]];
  }
}

/** An instruction whose operands stand in its row. */
function fixed(row: Row, width: PointerWidth, draw: Draw): Core {
  const { params, results } = row.typing.kind === 'fixed' ? row.typing : { params: [], results: [] };
  const typed = (type: (typeof params)[number]): ValueType =>
    type === 'memory address' ? width : type === 'table address' ? 'i32' : type === 'table element' ? 'funcref' : type;
  const isBulk = row.mnemonic.startsWith('memory.') || row.mnemonic.startsWith('table.');
  return {
    operands: params.map(typed),
    results: results.map(typed),
    addresses: params.map(
      (type) => type === 'memory address' || type === 'table address' || (isBulk && type === 'i32'),
    ),
    code: [[row.mnemonic, ...row.immediates.flatMap((kind) => immediate(kind, row, width, draw))]],
  };
}

const OFFSETS = [0n, 0n, 0n, 1n, 8n, 255n, 65535n, 0xffffffffn];
const WIDE_OFFSETS = [...OFFSETS, 1n << 32n, (1n << 53n) + 1n, (1n << 64n) - 1n];

function immediate(kind: Immediate, row: Row, width: PointerWidth, draw: Draw): CodeImmediate[] {
  switch (kind) {
    case 'memarg':
      return [draw.int(0, Math.log2(row.accessBytes ?? 1)), draw.pick(width === 'i64' ? WIDE_OFFSETS : OFFSETS)];
    case 'i32':
    case 'i64':
    case 'f32':
    case 'f64':
    case 'v128':
      return [constantBits(kind, draw)];
    case 'lane':
      return [draw.below(row.lanes ?? 1)];
    case 'lanes':
      return [Array.from({ length: 16 }, () => draw.below(32))];
    case 'memory':
    case 'table':
    case 'data':
      return [0];
    case 'element':
      return [1];
    default:
      throw new RangeError(`${row.mnemonic} has an immediate that needs code of its own: ${kind}`);
  }
}

/** Instructions that the validator has a rule for: the code around each that makes its effect show. */
function special(mnemonic: Mnemonic, width: PointerWidth, draw: Draw): Core {
  const global = draw.below(GLOBALS.length);
  const type = GLOBALS[global] as ValueType;
  const effect = (code: Code, operands: readonly ValueType[] = ['i32']): Core => ({ operands, results: ['i32'], code });
  const marks = (value: bigint): Code => [['i32.const', value]];
  switch (mnemonic) {
    case 'unreachable':
      return effect([['if', NOTHING], ['unreachable'], ['end'], ...marks(1n)]);
    case 'block':
      return effect([['block', I32_TO_I32], ['i32.eqz'], ['end']]);
    case 'loop':
      // Counts down the low bits of the operand.
      return effect([
        ['i32.const', 15n],
        ['i32.and'],
        ['loop', I32_TO_I32],
        ['i32.const', 3n],
        ['i32.sub'],
        ['local.tee', 0],
        ['local.get', 0],
        ['i32.const', 0n],
        ['i32.gt_s'],
        ['br_if', 0],
        ['end'],
      ]);
    case 'if':
    case 'else':
      return effect([['if', GIVES_I32], ...marks(1n), ['else'], ...marks(2n), ['end']]);
    case 'end':
      return effect([['block', I32_TO_I32], ['block', NOTHING], ['end'], ['end']]);
    case 'br':
      return effect([['block', I32_TO_I32], ['br', 0], ['unreachable'], ['end']]);
    case 'br_if':
      return effect(branchIf());
    case 'br_table':
      return effect([
        ['local.set', 0],
        ['block', GIVES_I32],
        ['block', GIVES_I32],
        ['block', GIVES_I32],
        ...marks(3n),
        ['local.get', 0],
        ['br_table', [0, 1, 2, draw.below(3)]],
        ['end'],
        ...marks(10n),
        ['i32.add'],
        ['end'],
        ...marks(100n),
        ['i32.add'],
        ['end'],
      ]);
    case 'return':
      return effect([['if', NOTHING], ['return'], ['end'], ...marks(1n)]);
    case 'call':
      return effect([['call', SUCCESSOR], ['call', SEVEN], ['i32.add']]);
    case 'call_indirect':
      return { ...effect([['call_indirect', GIVES_I32, 0]]), addresses: [true] };
    case 'drop':
      return effect([['drop'], ...marks(1n)], [type]);
    case 'select':
      return { operands: [type, type, 'i32'], results: [type], code: [['select']] };
    case 'select t': {
      const chosen = draw.pick([...GLOBALS, 'funcref'] as const);
      return { operands: [chosen, chosen, 'i32'], results: [chosen], code: [['select t', [chosen]]] };
    }
    case 'local.get':
    case 'local.set':
      return {
        operands: [type],
        results: [type],
        code: [
          ['local.set', 0],
          ['local.get', 0],
        ],
      };
    case 'local.tee':
      return { operands: [type], results: [type], code: [['local.tee', 0]] };
    case 'global.get':
      return { operands: [], results: [type], code: [['global.get', global]] };
    case 'global.set':
      return { operands: [type], results: [], code: [['global.set', global]] };
    case 'ref.null':
      return { operands: [], results: ['funcref'], code: [['ref.null', VALUE_TYPE_CODES.funcref]] };
    case 'ref.is_null':
      return effect([['ref.is_null']], [draw.pick(['funcref', 'externref'])]);
    case 'ref.func':
      return effect([
        ['drop'],
        ['i32.const', 0n],
        ['ref.func', SEVEN],
        ['table.set', 0],
        ...marks(0n),
        ['call_indirect', GIVES_I32, 0],
      ]);
    case 'memory.copy':
      return {
        operands: [width, width, width],
        results: [],
        addresses: [true, true, true],
        code: [['memory.copy', 0, 0]],
      };
    case 'table.copy':
      return { ...tableRange([['table.copy', 0, 0]]) };
    case 'table.init':
      return { ...tableRange([['table.init', 1, 0]]) };
    default:
      throw new RangeError(`no code shows what ${mnemonic} does`);
  }
}

/** A conditional branch that takes a value along. */
const branchIf = (): Code => [
  ['local.set', 0],
  ['block', GIVES_I32],
  ['i32.const', 5n],
  ['local.get', 0],
  ['br_if', 0],
  ['i32.eqz'],
  ['end'],
];

/** Instructions on a range of the table: afterwards the nulls of its first four entries are told. */
const tableRange = (code: Code): Core => ({
  operands: ['i32', 'i32', 'i32'],
  results: ['i32', 'i32', 'i32', 'i32'],
  addresses: [true, true, true],
  code: [
    ...code,
    ...[0n, 1n, 2n, 3n].flatMap((k): CodeInstruction[] => [['i32.const', k], ['table.get', 0], ['ref.is_null']]),
  ],
});

/** Random operands, most of them boundaries; addresses near what they may hit. */
export function operandBytes({ row, operands, addresses }: OneInstruction, draw: Draw): Uint8Array {
  const bytes = new Uint8Array(16 * operands.length);
  const view = new DataView(bytes.buffer);
  const onTable = row.mnemonic.startsWith('table.') || row.mnemonic === 'call_indirect' || row.mnemonic === 'elem.drop';
  for (const [k, type] of operands.entries()) {
    const bits =
      addresses[k] === true ? address(type, onTable, draw) : constantBits(type === 'funcref' ? 'i32' : type, draw);
    view.setBigUint64(16 * k, BigInt.asUintN(64, bits), true);
    view.setBigUint64(16 * k + 8, BigInt.asUintN(64, bits >> 64n), true);
  }
  return bytes;
}

function address(type: ValueType, onTable: boolean, draw: Draw): bigint {
  if (draw.chance(8)) return constantBits(type, draw);
  if (onTable) return BigInt(draw.below(7));
  return BigInt(draw.chance(70) ? draw.int(DATA_AT, DATA_AT + 64) : draw.int(65536 - 24, 65536 + 4));
}
