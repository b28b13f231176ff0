// plumbing: tests that tracked and compared memories behave alike, stores at the edges of pages included
import { openWasm } from '../../spec/profiles/profiles.js';
import { World } from '../testing/world.js';

/** The same body in a module with a small memory and in one with a large one; trap kinds and replies must be the same. */
function both(body: string, width: 'i32' | 'i64' = 'i32') {
  return ([1, 80] as const).map((pages) => {
    const memory = width === 'i64' ? `(memory i64 ${pages} ${pages + 2})` : `(memory ${pages} ${pages + 2})`;
    const end = `(${width}.const ${pages * 65_536})`;
    const text = `(module ${memory} (data $d "abcdefgh")
      (func (export "canister_update m") ${body.replaceAll('$END', end)})
      (func (export "canister_update t") ${body.replaceAll('$END', end)} unreachable))`;
    const world = new World([text], { profile: openWasm });
    const before = world.digest();
    world.call('t');
    const afterTrap = world.digest();
    const [record] = world.call('m').executions;
    const { wasmMemory, wasmPages } = world.digest();
    return {
      outcome: record?.outcome.kind === 'trapped' ? record.outcome.trap : 'returned',
      instructions: record?.instructions,
      undone: before.wasmMemory === afterTrap.wasmMemory && before.wasmPages === afterTrap.wasmPages,
      wasmMemory,
      grown: (wasmPages ?? 0n) - BigInt(pages),
    };
  });
}

describe('tracked memory', () => {
  it.each([
    '(i32.store (i32.const 0) (i32.const 1))',
    '(i64.store (i32.const 4092) (i64.const -1))',
    '(v128.store offset=1 (i32.const 4080) (v128.const i64x2 -1 -1))',
    '(i64.store (i32.const 4092) (i64.const -1)) (i64.store (i32.const 4096) (i64.const 5))',
    '(i64.store (i32.const 4096) (i64.const 5)) (i64.store (i32.const 4092) (i64.const -1))',
    '(i32.store8 offset=65535 (i32.const 0) (i32.const 9))',
    '(memory.fill (i32.const 4000) (i32.const 7) (i32.const 9000))',
    '(memory.fill (i32.const 100) (i32.const 7) (i32.const 10)) (memory.copy (i32.const 8190) (i32.const 100) (i32.const 10))',
    '(memory.init $d (i32.const 4090) (i32.const 0) (i32.const 8))',
    '(memory.fill $END (i32.const 7) (i32.const 0))',
    '(memory.copy (i32.const 8) (i32.const 0) (i32.const 0))',
    '(v128.store32_lane 1 (i32.const 4094) (v128.const i32x4 1 2 3 4))',
    '(i32.store (i32.const 16) (memory.grow (i32.const 1)))  (i32.store (i32.const 16) (i32.const 3))',
  ])('%s changes the same pages', (body) => {
    const [small, large] = both(body);
    expect(small?.outcome).toBe('returned');
    expect(large).toEqual(small);
    expect(large?.undone).toBe(true);
  });

  it.each([
    '(i32.store $END (i32.const 1))',
    '(i32.store offset=4294967295 (i32.const 0) (i32.const 1))',
    '(i32.store offset=4294901760 (i32.const 0) (i32.const 1))',
    '(i32.store (i32.const -1) (i32.const 1))',
    '(drop (i32.load $END))',
    '(drop (i32.load offset=4294967292 (i32.const 0)))',
    '(drop (i64.load8_u (i32.const -1)))',
    '(memory.fill $END (i32.const 1) (i32.const 1))',
    '(memory.fill (i32.const -1) (i32.const 1) (i32.const 0))',
    '(memory.copy (i32.const 0) $END (i32.const 1))',
    '(memory.copy (i32.const -5) (i32.const 0) (i32.const 0))',
    '(memory.init $d (i32.const -1) (i32.const 0) (i32.const 0))',
    '(memory.init $d (i32.const 0) (i32.const 8) (i32.const 1))',
  ])('%s is out of bounds of both', (body) => {
    const [small, large] = both(body);
    expect(small?.outcome).toBe('memory-out-of-bounds');
    expect(large).toEqual(small);
  });

  it.each([
    ['(i64.store (i64.const 4092) (i64.const -1))', 'returned'],
    ['(memory.fill (i64.const 4000) (i32.const 7) (i64.const 9000))', 'returned'],
    ['(i64.store (i64.const -1) (i64.const 1))', 'memory-out-of-bounds'],
    ['(i32.store offset=8589934592 (i64.const 0) (i32.const 1))', 'memory-out-of-bounds'],
    ['(i32.store $END (i32.const 1))', 'memory-out-of-bounds'],
    ['(memory.fill (i64.const -1) (i32.const 1) (i64.const 0))', 'memory-out-of-bounds'],
    ['(memory.copy (i64.const 0) $END (i64.const 1))', 'memory-out-of-bounds'],
  ])('with 64-bit addresses %s: %s', (body, outcome) => {
    const [small, large] = both(body, 'i64');
    expect(small?.outcome).toBe(outcome);
    expect(large).toEqual(small);
  });

  it('begins when a memory has become large, and keeps its content', () => {
    const world = new World([
      `(module (memory 1) (global $g (mut i32) (i32.const 1))
        (func (export "canister_update fill") (memory.fill (i32.const 100) (i32.const 3) (i32.const 5000)) (global.set $g (i32.const 2)))
        (func (export "canister_update grow") (drop (memory.grow (i32.const 100))))
        (func (export "canister_update trap") (i32.store (i32.const 200) (i32.const 0)) (global.set $g (i32.const 9)) unreachable))`,
    ]);
    world.call('fill');
    const { wasmMemory, globals } = world.digest();
    world.call('grow');
    expect(world.digest()).toMatchObject({ wasmMemory, globals, wasmPages: 101n });
    world.call('trap');
    expect(world.digest()).toMatchObject({ wasmMemory, globals, wasmPages: 101n });
  });
});
