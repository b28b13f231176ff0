// plumbing: stories of locals — what was taken from one stays on the stack as it was, whatever is put into the local afterwards
import type { CodeInstruction, Statement } from '../../../spec/vocabulary/program.js';
import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import type { Draw } from '../../draw.js';
import { constantBits, constantOf, NUMBER_TYPES } from '../../wasm/constants.js';
import { happens, query, respond, type Stories } from './story.js';
import { stageCanisters } from '../mission-scenario.js';

type NumberType = (typeof NUMBER_TYPES)[number];

/** Of each type two, so that one can be put into the other. */
const LOCALS = [...NUMBER_TYPES, ...NUMBER_TYPES];
/** After those: what was left on the stack, in bits, and whether this is the second turn. */
const [LEFT, TURN] = [LOCALS.length, LOCALS.length + 1];

/** Instructions on two operands of a type that have one result in every engine, and its type. */
const BINARY: Readonly<Record<NumberType, readonly (readonly [Mnemonic, NumberType])[]>> = {
  i32: [
    ['i32.add', 'i32'],
    ['i32.sub', 'i32'],
    ['i32.xor', 'i32'],
    ['i32.shr_u', 'i32'],
    ['i32.gt_u', 'i32'],
    ['i32.gt_s', 'i32'],
    ['i32.lt_u', 'i32'],
    ['i32.le_s', 'i32'],
    ['i32.ge_u', 'i32'],
    ['i32.ne', 'i32'],
  ],
  i64: [
    ['i64.add', 'i64'],
    ['i64.sub', 'i64'],
    ['i64.mul', 'i64'],
    ['i64.shl', 'i64'],
    ['i64.lt_u', 'i32'],
    ['i64.ge_s', 'i32'],
    ['i64.gt_u', 'i32'],
    ['i64.eq', 'i32'],
  ],
  f32: [
    ['f32.copysign', 'f32'],
    ['f32.lt', 'i32'],
    ['f32.ne', 'i32'],
  ],
  f64: [
    ['f64.copysign', 'f64'],
    ['f64.ge', 'i32'],
    ['f64.eq', 'i32'],
  ],
  v128: [
    ['v128.xor', 'v128'],
    ['i32x4.sub', 'v128'],
    ['i8x16.gt_u', 'v128'],
  ],
};

/** What makes an i64 of an operand. */
const TO_I64: Readonly<Record<NumberType, readonly CodeInstruction[]>> = {
  i32: [['i64.extend_i32_u']],
  i64: [],
  f32: [['i32.reinterpret_f32'], ['i64.extend_i32_u']],
  f64: [['i64.reinterpret_f64']],
  v128: [['i64x2.extract_lane', 0]],
};

/** What stands on the stack, and the local that it was taken from. */
interface Operand {
  readonly type: NumberType;
  readonly local?: number;
}

/** Code that is drawn instruction by instruction. */
class Drawn {
  readonly code: CodeInstruction[] = [];
  readonly #stack: Operand[] = [];

  constructor(private readonly draw: Draw) {}

  /** One of the two locals of a type. */
  #localOf(type: NumberType): number {
    return LOCALS.indexOf(type) + (this.draw.chance(50) ? NUMBER_TYPES.length : 0);
  }

  /** What a local holds, or a number. */
  #given(type: NumberType): Operand {
    const local = this.#localOf(type);
    const isLocal = this.draw.chance(70);
    this.code.push(isLocal ? ['local.get', local] : constantOf(type, constantBits(type, this.draw)));
    return isLocal ? { type, local } : { type };
  }

  /** Puts an operand on the stack. */
  push(): void {
    this.#stack.push(this.#given(this.draw.pick(NUMBER_TYPES)));
  }

  /** Puts the top operand into a local of its type, and perhaps leaves it on the stack. */
  set(): void {
    const top = this.#stack.pop();
    if (top === undefined) return;
    const local = this.#localOf(top.type);
    const stays = this.draw.chance(30);
    this.code.push([stays ? 'local.tee' : 'local.set', local]);
    if (stays) this.#stack.push({ type: top.type });
  }

  /** Puts something else into a local of which an operand was taken; perhaps under a condition. */
  overwrite(): void {
    const taken = this.#stack.filter(({ local }) => local !== undefined);
    if (taken.length === 0) return;
    const { type, local = 0 } = this.draw.pick(taken);
    const isConditional = this.draw.chance(30);
    if (isConditional) this.code.push(['local.get', TURN], ['if', { params: [], results: [] }]);
    this.#given(type);
    this.code.push(['local.set', local]);
    if (isConditional) this.code.push(['end']);
  }

  /** Computes with the top operand and another one, which often is a number; or takes one of the two. */
  compute(): void {
    const top = this.#stack.pop();
    if (top === undefined) return;
    this.#given(top.type);
    const [instruction, result] = this.draw.pick(BINARY[top.type]);
    const selects = this.draw.chance(15);
    if (selects) this.code.push(['local.get', TURN], ['select']);
    else this.code.push([instruction]);
    this.#stack.push({ type: selects ? top.type : result });
  }

  /** Adds what is on the stack to LEFT. */
  empty(): void {
    for (const { type } of this.#stack.splice(0).reverse())
      this.code.push(
        ...TO_I64[type],
        ['local.get', LEFT],
        ['i64.add'],
        ['i64.const', 7n],
        ['i64.rotl'],
        ['local.set', LEFT],
      );
  }
}

/** Two turns of the same code. All locals are logged. */
function turns(draw: Draw): Statement {
  const drawn = new Drawn(draw);
  const kinds = [
    [5, () => drawn.push()],
    [2, () => drawn.set()],
    [4, () => drawn.overwrite()],
    [4, () => drawn.compute()],
    [1, () => drawn.empty()],
  ] as const;
  for (let i = draw.int(8, 24); i > 0; i--) draw.weighted(kinds)();
  drawn.empty();
  return {
    kind: 'code',
    code: [
      ...LOCALS.flatMap((type, i): CodeInstruction[] => [constantOf(type, constantBits(type, draw)), ['local.set', i]]),
      ['loop', { params: [], results: [] }],
      ...drawn.code,
      ['local.get', TURN],
      ['i32.eqz'],
      ['local.tee', TURN],
      ['br_if', 0],
      ['end'],
      ...[...LOCALS.keys(), LEFT].map((i): CodeInstruction => ['local.get', i]),
    ],
    results: [...LOCALS, 'i64'],
  };
}

export const localStories: Stories = {
  'locals that change under what they gave': ({ stage, draw, swarm, width }) => {
    const canister = stageCanisters(stage, draw, swarm, width);
    const { program } = canister.module;
    const method = (): Statement[] =>
      Array.from({ length: 4 }, (): Statement => {
        const name = program.entry(`turns ${stage.next()}`, [turns(draw)], [...LOCALS, 'i64', 'i32']);
        return { kind: 'call', function: name };
      });
    happens(stage, canister, () => [...method(), respond()]);
    happens(stage, canister, () => [...method(), respond()]);
    query(canister, 'locals', () => [...method(), respond()]);
    stage.query(canister.id, 'locals');
  },
};
