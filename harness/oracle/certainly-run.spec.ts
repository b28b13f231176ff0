// plumbing: tests of which instructions a function that returned has certainly run
import initWabt from 'wabt';
import { parseModule, type CanisterModule } from '../../reference-model/index.js';
import { openWasm } from '../../spec/profiles/profiles.js';
import type { ExecutionRecord } from '../../spec/vocabulary/record.js';
import { certainlyRun, shownByInstructions } from './certainly-run.js';

const wabt = await initWabt();

function moduleOf(text: string): CanisterModule {
  const { buffer } = wabt.parseWat('test', `(module ${text})`).toBinary({});
  const module = parseModule(openWasm, buffer);
  if ('invalid' in module) throw new Error(module.invalid);
  return module;
}

/** Whether the `nop` of a function's body is certainly run. */
const runsNop = (body: string): boolean => certainlyRun(moduleOf(`(func (param i32) ${body})`), 0).has('nop');

describe('the instructions that a function certainly ran that returned', () => {
  it.each<[body: string, certain: boolean]>([
    ['nop', true],
    ['(if (local.get 0) (then nop))', false],
    ['(if (local.get 0) (then) (else nop))', false],
    ['(if (local.get 0) (then)) nop', true],
    ['(if (local.get 0) (then return)) nop', false],
    ['(if (local.get 0) (then unreachable)) nop', false],
    ['(block (br_if 0 (local.get 0)) nop)', false],
    ['(block (br_if 0 (local.get 0))) nop', true],
    ['(block (block (br_if 1 (local.get 0)))) nop', true],
    ['(block (block (br_if 1 (local.get 0))) nop)', false],
    ['(br_if 0 (local.get 0)) nop', false],
    ['(block (block (br_table 0 1 (local.get 0))) nop)', false],
    ['(block (block (br_table 0 1 (local.get 0)))) nop', true],
    ['(loop nop (br_if 0 (local.get 0)))', true],
    ['return nop', false],
  ])('%s: %p', (body, certain) => {
    expect(runsNop(body)).toBe(certain);
  });

  it('are those of the functions that it certainly calls, too, though they call each other', () => {
    const module =
      moduleOf(`(func (if (i32.const 0) (then (call 2))) (call 1)) (func (call 0) (drop (i32.add (i32.const 1) (i32.const 2))))
      (func (drop (i32.sub (i32.const 1) (i32.const 2))))`);
    const mnemonics = certainlyRun(module, 0);
    expect([mnemonics.has('i32.add'), mnemonics.has('i32.sub')]).toEqual([true, false]);
  });
});

describe('clauses by instructions', () => {
  const module = moduleOf(`(memory i64 1) (func (export "canister_update a b") (i32.store (i64.const 8) (i32.const 1)))
    (func (export "canister_query q") (drop (f64.add (f64.const 1) (f64.const 2))))`);
  const shown = (execution: object) => shownByInstructions(module, execution as ExecutionRecord);
  const returned = { outcome: { kind: 'returned' } };

  it('are those of the function that the record names, if it returned', () => {
    const update = { entryPoint: 'canister_update', method: 'a b', ...returned };
    expect(shown(update)).toEqual(expect.arrayContaining(['wasm/memory', 'wasm/memory64']));
    expect(shown(update)).not.toContain('wasm/float-arithmetic');
    expect(shown({ entryPoint: 'canister_query replicated', method: 'q', ...returned })).toContain(
      'wasm/float-arithmetic',
    );
    expect(shown({ ...update, outcome: { kind: 'trapped', trap: 'unreachable' } })).toEqual([]);
  });

  it('are none in callbacks, whose functions no record names', () => {
    expect(shown({ entryPoint: 'reply callback', ...returned })).toEqual([]);
  });
});
