// plumbing: tests that what the instrumenter takes is what V8 takes: bytes of valid modules are changed at random
import { gzipSync } from 'node:zlib';
import { openWasm } from '../../spec/profiles/profiles.js';
import { wat } from '../testing/world.js';
import { InvalidModule } from './bytes.js';
import { compile, unpack } from './compile.js';
import { standardInstrumentation } from './passes.js';

const { validate } = (globalThis as unknown as { WebAssembly: { validate(bytes: Uint8Array): boolean } }).WebAssembly;
const options = {
  profile: openWasm,
  passes: standardInstrumentation,
  systemCallCharge: () => ({ base: 1n, perByte: 1n }),
};

/** Why the module is refused, or undefined. */
function refusal(bytes: Uint8Array): string | undefined {
  try {
    compile(bytes, options);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidModule) return error.message;
    throw error;
  }
}

const MODULES = [
  `(module (memory 1 2) (table 3 funcref) (global $g (mut i64) (i64.const 5)) (type $t (func (param i32) (result i32 f64)))
    (data (i32.const 3) "abc") (data $p "def") (elem (i32.const 0) $f) (elem $e func $f $h)
    (func $f (type $t) (local v128 f32) (block (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2)))) (f64.const 1))
    (func $h (param i32) (result i32) (loop (br_if 0 (local.get 0))) (drop (f64.add (f64.const 1) (f64.const 2)))
      (br_table 0 0 (i32.const 4) (local.get 0)))
    (func (export "m") (drop (drop (call_indirect (type $t) (i32.const 1) (i32.const 0)))) (memory.init $p (i32.const 0) (i32.const 0) (i32.const 2))
      (data.drop $p) (table.init $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e) (v128.store (i32.const 1) (i8x16.splat (i32.const 3)))
      (global.set $g (i64.load offset=7 (i32.const 1))) (drop (ref.is_null (ref.func $h))) (drop (select (i32.const 1) (i32.const 2) (memory.grow (i32.const 1))))))`,
  `(module (memory i64 1) (func (export "m") (param i64) (result i64)
      (i64.store8 offset=9 (local.get 0) (i64.const 1)) (memory.copy (i64.const 1) (i64.const 2) (i64.const 3)) (i64.add (memory.size) (local.get 0))))`,
];

describe('the decoder', () => {
  it.each(MODULES.map((text, index) => [index, text] as const))(
    'agrees with V8 about changes of module %i',
    (index, text) => {
      const original = wat(text);
      let state = index + 1;
      const random = (below: number) => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return Math.floor(((state >>> 4) / 0x1000_0000) * below);
      };
      const verdicts = { valid: 0, invalid: 0 };
      for (let round = 0; round < 800; round++) {
        const bytes = original.slice();
        for (let change = 0; change <= random(2); change++) {
          const at = 8 + random(bytes.length - 8);
          bytes[at] = random(2) === 0 ? random(256) : ((bytes[at] ?? 0) + 1) & 0xff;
        }
        const valid = validate(bytes);
        const reason = refusal(bytes);
        expect({ round, valid, reason }).toEqual({ round, valid, reason: valid ? undefined : expect.any(String) });
        verdicts[valid ? 'valid' : 'invalid']++;
      }
      expect(Math.min(verdicts.valid, verdicts.invalid)).toBeGreaterThan(40);
    },
  );

  it.each([
    ['a tail call', [0x12, 0x00]],
    ['an exception', [0x08, 0x00]],
    ['an atomic load', [0xfe, 0x10, 0x02, 0x00]],
    ['relaxed SIMD', [0xfd, 0x80, 0x02]],
    ['GC', [0xfb, 0x00]],
  ])('refuses %s even where V8 knows it', (_, code) => {
    const body = [0x00, ...code, 0x0b];
    const bytes = Uint8Array.from([
      0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, body.length + 2, 1, body.length, ...body,
    ]); // prettier-ignore
    expect(refusal(bytes)).toMatch(/unknown instruction/);
  });

  it('takes extended constant expressions, which V8 of Node 20 does not', () => {
    expect(refusal(wat('(module (memory 1) (global i32 (i32.const 1)))'))).toBeUndefined();
    const extended = Uint8Array.from([
      0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 6, 9, 1, 0x7f, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b,
    ]); // prettier-ignore
    expect(refusal(extended)).toBeUndefined();
  });

  it('takes globals that stand before a constant expression, unless they can change', () => {
    // (global i32 (i32.const 1)) (global i32 (global.get 0)), then the first one mutable, then the second one naming itself
    const module = (mutable: number, named: number) =>
      Uint8Array.from([
        0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 6, 11, 2, 0x7f, mutable, 0x41, 1, 0x0b, 0x7f, 0, 0x23, named, 0x0b,
      ]); // prettier-ignore
    expect(refusal(module(0, 0))).toBeUndefined();
    expect(refusal(module(1, 0))).toMatch(/mutable/);
    expect(refusal(module(0, 1))).toMatch(/unknown global/);
  });

  it('refuses a gzip stream that is broken or grows too large', () => {
    expect(() => unpack(Uint8Array.of(0x1f, 0x8b, 0x08, 0, 1, 2), 100)).toThrow(InvalidModule);
    const zeroes = gzipSync(new Uint8Array(1000));
    expect(unpack(zeroes, 1000)).toHaveLength(1000);
    expect(() => unpack(zeroes, 999)).toThrow(InvalidModule);
  });
});
