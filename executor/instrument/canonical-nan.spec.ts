// plumbing: tests that NaNs that come out of arithmetic are canonical, and no others are touched
import { data, World } from '../testing/world.js';

const IMPORTS = `(import "ic0" "msg_reply_data_append" (func $append (param i32 i32))) (import "ic0" "msg_reply" (func $reply)) (memory 1)`;

/** The bytes that the body leaves at address 0. */
function bytes(body: string, count: number): string {
  const reply = `(call $append (i32.const 0) (i32.const ${count})) (call $reply)`;
  return data(new World([`(module ${IMPORTS} (func (export "canister_update m") ${body} ${reply}))`]).call('m'));
}

const F64_PAYLOAD = '(f64.reinterpret_i64 (i64.const 0xfff4000000000123))';
const F32_PAYLOAD = '(f32.reinterpret_i32 (i32.const 0xffa00123))';
const F64_CANONICAL = '000000000000f87f';
const F32_CANONICAL = '0000c07f';

describe('canonical NaNs', () => {
  it.each(['add', 'sub', 'mul', 'div', 'min', 'max'])('f64.%s gives the canonical NaN', (op) => {
    expect(bytes(`(f64.store (i32.const 0) (f64.${op} ${F64_PAYLOAD} (f64.const 1)))`, 8)).toBe(F64_CANONICAL);
  });

  it.each(['add', 'sub', 'mul', 'div', 'min', 'max'])('f32.%s gives the canonical NaN', (op) => {
    expect(bytes(`(f32.store (i32.const 0) (f32.${op} (f32.const 1) ${F32_PAYLOAD}))`, 4)).toBe(F32_CANONICAL);
  });

  it.each(['sqrt', 'ceil', 'floor', 'trunc', 'nearest'])('f64.%s gives the canonical NaN', (op) => {
    expect(bytes(`(f64.store (i32.const 0) (f64.${op} ${F64_PAYLOAD}))`, 8)).toBe(F64_CANONICAL);
  });

  it('demotion and promotion give the canonical NaN', () => {
    expect(bytes(`(f32.store (i32.const 0) (f32.demote_f64 ${F64_PAYLOAD}))`, 4)).toBe(F32_CANONICAL);
    expect(bytes(`(f64.store (i32.const 0) (f64.promote_f32 ${F32_PAYLOAD}))`, 8)).toBe(F64_CANONICAL);
  });

  it('an invalid operation gives the canonical NaN', () => {
    expect(bytes('(f64.store (i32.const 0) (f64.div (f64.const 0) (f64.const 0)))', 8)).toBe(F64_CANONICAL);
  });

  it('a chain of operations ends in the canonical NaN', () => {
    const chain = `(f64.sub (f64.mul (f64.add ${F64_PAYLOAD} (f64.const 1)) (f64.const 2)) (f64.const 3))`;
    expect(bytes(`(f64.store (i32.const 0) ${chain})`, 8)).toBe(F64_CANONICAL);
  });

  it('a value that is not a NaN stays', () => {
    expect(bytes('(f64.store (i32.const 0) (f64.add (f64.const 1) (f64.const 2)))', 8)).toBe('0000000000000840');
  });

  it('neg, abs and copysign change the sign bit only', () => {
    expect(bytes(`(f64.store (i32.const 0) (f64.neg ${F64_PAYLOAD}))`, 8)).toBe('230100000000f47f');
    expect(bytes(`(f64.store (i32.const 0) (f64.copysign ${F64_PAYLOAD} (f64.const 1)))`, 8)).toBe('230100000000f47f');
  });

  it('neg of a result sees the canonical NaN', () => {
    expect(bytes(`(f64.store (i32.const 0) (f64.neg (f64.add ${F64_PAYLOAD} (f64.const 1))))`, 8)).toBe(
      '000000000000f8ff',
    );
  });

  it('loads, stores, locals and select keep any payload', () => {
    const body = `(local f64) (local.set 0 (select ${F64_PAYLOAD} (f64.const 0) (i32.const 1))) (f64.store (i32.const 0) (local.get 0))`;
    expect(bytes(body, 8)).toBe('230100000000f4ff');
  });

  it('lanes of vectors are canonical one by one', () => {
    const body = `(v128.store (i32.const 0) (f64x2.add
      (v128.const i64x2 0xfff4000000000123 0x3ff0000000000000) (v128.const f64x2 1 1)))`;
    expect(bytes(body, 16)).toBe(`${F64_CANONICAL}0000000000000040`);
  });

  it('pmin and pmax pass an operand on as it is', () => {
    const body = `(v128.store (i32.const 0) (f64x2.pmin
      (v128.const i64x2 0xfff4000000000123 0) (v128.const f64x2 1 1)))`;
    expect(bytes(body, 16).slice(0, 16)).toBe('230100000000f4ff');
  });
});

describe('a local into which only results of arithmetic are put', () => {
  const SUM = `(local $sum f64) (local $i i32)
    (loop $turn
      (local.set $sum (f64.add (local.get $sum) ${F64_PAYLOAD}))
      (br_if $turn (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))`;

  it.each<[string, string, string]>([
    ['a store', '(f64.store (i32.const 0) (local.get $sum))', F64_CANONICAL],
    ['reinterpretation', '(i64.store (i32.const 0) (i64.reinterpret_f64 (local.get $sum)))', F64_CANONICAL],
    ['neg', '(f64.store (i32.const 0) (f64.neg (local.get $sum)))', '000000000000f8ff'],
    ['select', '(f64.store (i32.const 0) (select (local.get $sum) (f64.const 0) (i32.const 1)))', F64_CANONICAL],
    ['another local', '(local $other f64) (local.set $other (local.get $sum)) (f64.store (i32.const 0) (local.get $other))', F64_CANONICAL],
    ['the result of a block', '(f64.store (i32.const 0) (block (result f64) (local.get $sum)))', F64_CANONICAL],
    ['a lane', '(v128.store (i32.const 0) (f64x2.splat (local.get $sum)))', F64_CANONICAL],
    ['a second store', '(f64.store (i32.const 8) (local.get $sum)) (f64.store (i32.const 0) (local.get $sum))', F64_CANONICAL],
  ])('%s sees the canonical NaN', (_, use, expected) => {
    const [, declaration = '', body = use] = /^(\(local \$other f64\))(.*)$/.exec(use) ?? [];
    expect(bytes(`${declaration} ${SUM} ${body}`, 8)).toBe(expected);
  }); // prettier-ignore

  it('a function that gets it sees the canonical NaN', () => {
    const show = '(func $show (param f64) (f64.store (i32.const 0) (local.get 0)))';
    const reply = '(call $append (i32.const 0) (i32.const 8)) (call $reply)';
    const world = new World([
      `(module ${IMPORTS} ${show} (func (export "canister_update m") ${SUM} (call $show (local.get $sum)) ${reply}))`,
    ]);
    expect(data(world.call('m'))).toBe(F64_CANONICAL);
  });

  it('local.tee gives the canonical NaN to what shows its bits', () => {
    const nan = `(f64.add ${F64_PAYLOAD} (f64.const 1))`;
    expect(bytes(`(local f64) (f64.store (i32.const 0) (local.tee 0 ${nan}))`, 8)).toBe(F64_CANONICAL);
    const later = `(local f64) (drop (f64.add (f64.const 1) (local.tee 0 ${nan}))) (f64.store (i32.const 0) (local.get 0))`;
    expect(bytes(later, 8)).toBe(F64_CANONICAL);
  });

  it('of 32 bits is made canonical, too', () => {
    const body = `(local f32) (local.set 0 (f32.mul ${F32_PAYLOAD} (f32.const 2))) (f32.store (i32.const 0) (local.get 0))`;
    expect(bytes(body, 4)).toBe(F32_CANONICAL);
  });

  it('read by a loop before it is written shows the canonical NaN at the second turn', () => {
    const body = `(local f64) (local $i i32)
      (loop $turn
        (f64.store (i32.const 0) (local.get 0))
        (local.set 0 (f64.add (local.get 0) ${F64_PAYLOAD}))
        (br_if $turn (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2))))`;
    expect(bytes(body, 8)).toBe(F64_CANONICAL);
  });
});

describe('a local into which something else is put, too, keeps any payload', () => {
  const PUT = `(local.set 0 (f64.add (local.get 0) (f64.const 1)))`;
  const SHOW = '(f64.store (i32.const 0) (local.get 0))';
  it.each<[string, string]>([
    ['a constant', '(local.set 0 (f64.const nan:0x4000000000123))'],
    ['a reinterpreted number', '(local.set 0 (f64.reinterpret_i64 (i64.const 0x7ff4000000000123)))'],
    ['the value of a block', '(local.set 0 (block (result f64) (f64.reinterpret_i64 (i64.const 0x7ff4000000000123))))'],
    ['a loaded number', '(i64.store (i32.const 8) (i64.const 0x7ff4000000000123)) (drop (local.tee 0 (f64.load (i32.const 8))))'],
  ])('%s', (_, other) => {
    const kept = '230100000000f47f';
    expect(bytes(`(local f64) ${other} (if (i32.const 0) (then ${PUT})) ${SHOW}`, 8)).toBe(kept);
    expect(bytes(`(local f64) (if (i32.const 0) (then ${PUT})) ${other} ${SHOW}`, 8)).toBe(kept);
    // What was put off is found out to be wrong behind the place where the local is read.
    const loop = `(local f64) (local $i i32) (loop $turn ${PUT} (if (local.get $i) (then ${SHOW}))`;
    expect(bytes(`${loop} ${other} (br_if $turn (i32.eqz (local.tee $i (i32.add (local.get $i) (i32.const 1)))))) ${SHOW}`, 8)).toBe(kept);
  }); // prettier-ignore

  it('a parameter', () => {
    const pass = `(func $pass (param f64) (if (i32.const 0) (then (local.set 0 (f64.add (local.get 0) (f64.const 1))))) (f64.store (i32.const 0) (local.get 0)))`;
    const main = `(func (export "canister_update m") (call $pass ${F64_PAYLOAD}) (call $append (i32.const 0) (i32.const 8)) (call $reply))`;
    expect(data(new World([`(module ${IMPORTS} ${pass} ${main})`]).call('m'))).toBe('230100000000f4ff');
  });
});
