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
