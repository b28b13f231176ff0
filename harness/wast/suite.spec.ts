// plumbing: tests of the runner of the official scripts, on scripts of our own
import { countsOf, runSource } from './suite.js';
import { TextParser } from './text.js';

const parser = await TextParser.load();

const run = (source: string, skips: Parameters<typeof runSource>[3] = []) =>
  runSource('own.wast', source, parser, skips);
const verdicts = (source: string) => run(source).map(({ verdict }) => verdict);

const ADD = `(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))`;

describe('the runner of scripts', () => {
  it('passes an assertion that holds and fails one that does not, by line', () => {
    const results = run(`${ADD}
      (assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 3))
      (assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 4))`);
    expect(results.map(({ line, verdict }) => [line, verdict])).toEqual([
      [1, 'passed'],
      [2, 'passed'],
      [3, 'failed'],
    ]);
  });

  it('fails an expected trap that does not come, and one of another kind', () => {
    const module = '(module (func (export "f") unreachable) (func (export "g")))';
    expect(verdicts(`${module} (assert_trap (invoke "f") "unreachable")`)).toEqual(['passed', 'passed']);
    expect(verdicts(`${module} (assert_trap (invoke "f") "integer overflow")`)).toEqual(['passed', 'failed']);
    expect(verdicts(`${module} (assert_trap (invoke "g") "unreachable")`)).toEqual(['passed', 'failed']);
  });

  it('tells invalid from malformed', () => {
    expect(verdicts('(assert_invalid (module (func (result i32))) "type mismatch")')).toEqual(['passed']);
    expect(verdicts('(assert_invalid (module (func)) "type mismatch")')).toEqual(['failed']);
    expect(verdicts('(assert_malformed (module binary "\\00asm\\02\\00\\00\\00") "unknown binary version")')).toEqual([
      'passed',
    ]);
    expect(verdicts('(assert_malformed (module binary "\\00asm\\01\\00\\00\\00") "")')).toEqual(['failed']);
  });

  it('links registered modules, and fails an unlinkable one that links', () => {
    const exporter = '(module (global (export "g") i32 (i32.const 7))) (register "M")';
    expect(verdicts(`${exporter} (module (global (import "M" "g") i32))`)).toEqual(['passed', 'passed', 'passed']);
    expect(
      verdicts(`${exporter} (assert_unlinkable (module (global (import "M" "g") i64)) "incompatible import type")`),
    ).toEqual(['passed', 'passed', 'passed']);
    expect(
      verdicts(`${exporter} (assert_unlinkable (module (global (import "M" "g") i32)) "incompatible import type")`),
    ).toEqual(['passed', 'passed', 'failed']);
  });

  it('compares NaN by its pattern', () => {
    const script = (bits: string, expected: string) =>
      `(module (func (export "f") (result f32) (f32.const ${bits})))
       (assert_return (invoke "f") (f32.const ${expected}))`;
    expect(verdicts(script('nan', 'nan:canonical'))).toEqual(['passed', 'passed']);
    expect(verdicts(script('nan:0x200000', 'nan:canonical'))).toEqual(['passed', 'failed']);
    expect(verdicts(script('nan:0x600000', 'nan:arithmetic'))).toEqual(['passed', 'passed']);
    expect(verdicts(script('1', 'nan:arithmetic'))).toEqual(['passed', 'failed']);
  });

  it('skips what the list names and what speaks of a skipped module, with the reason', () => {
    const results = run(`${ADD} (assert_return (invoke "add" (i32.const 0) (i32.const 0)) (i32.const 0))`, [
      { file: 'own.wast', lines: [1], reason: 'a test' },
    ]);
    expect(results.map(({ verdict, reason }) => [verdict, reason?.includes('a test')])).toEqual([
      ['skipped', true],
      ['skipped', true],
    ]);
  });

  it('counts what is said of a module that failed as failed', () => {
    expect(verdicts('(module (func (result i32))) (assert_return (invoke "f"))')).toEqual(['failed', 'failed']);
  });

  it('ends a recursion without end, and knows it for an exhaustion', () => {
    expect(
      verdicts('(module (func $f (export "f") (call $f))) (assert_exhaustion (invoke "f") "call stack exhausted")'),
    ).toEqual(['passed', 'passed']);
  });

  it('rewrites text that the parser is behind of', () => {
    expect(
      verdicts(`(module definition (table 1 (ref null func) (ref.null func)) (func $"a b" (param (ref null extern)))
        (func (call $"a\\20b" (ref.null extern))))`),
    ).toEqual(['passed']);
  });

  it('takes a script that is the fields of one module', () => {
    expect(verdicts('(func) (memory 0) (func (export "f"))')).toEqual(['passed']);
  });

  it('counts each verdict', () => {
    expect(countsOf(run(`${ADD} (assert_return (invoke "add" (i32.const 0) (i32.const 0)) (i32.const 1))`))).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });
});
