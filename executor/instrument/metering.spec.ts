// plumbing: tests of the charges against figures computed by hand from CHARGING.md and the weights
import { conformance } from '../../spec/profiles/profiles.js';
import { World } from '../testing/world.js';

const LIMIT = conformance.limits.updateInstructions;

/** The record of a method with that body, in a module with those extra fields. */
function run(body: string, extra = '') {
  const world = new World([`(module ${extra} (func (export "canister_update m") ${body}))`]);
  const [record] = world.call('m').executions;
  if (record === undefined) throw new Error('nothing ran');
  return record;
}

const trapOf = ({ outcome }: ReturnType<typeof run>) => (outcome.kind === 'trapped' ? outcome.trap : 'returned');

describe('metering', () => {
  it('charges an empty function 1 for its entry', () => {
    expect(run('').instructions).toBe(1n);
  });

  it('charges every operator of a straight block once', () => {
    // entry 1, const 1, const 1, add 1, drop 1
    expect(run('(drop (i32.add (i32.const 1) (i32.const 2)))').instructions).toBe(5n);
  });

  it('charges the branch that is taken, not the other', () => {
    // entry 1; const 1 and if 2 in the first block; nop 1 in the chosen branch
    expect(run('(if (i32.const 1) (then nop) (else nop nop nop))').instructions).toBe(5n);
    expect(run('(if (i32.const 0) (then nop) (else nop nop nop))').instructions).toBe(7n);
  });

  it('charges the block after loop on each way into it', () => {
    // entry 1 and const, local.set; three rounds of local.get, const, sub, local.tee, br_if (1+1+1+1+2)
    const body =
      '(local i32) (local.set 0 (i32.const 3)) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))';
    expect(run(body).instructions).toBe(3n + 3n * 6n);
  });

  it('does not charge code that a branch skips', () => {
    // entry 1, br 2; the block after end is empty
    expect(run('(block (br 0) nop nop nop)').instructions).toBe(3n);
  });

  it('charges a call 5 and the callee for its entry', () => {
    expect(run('(call $f)', '(func $f nop)').instructions).toBe(1n + 5n + 1n + 1n);
  });

  it('pays the whole block when something in it traps', () => {
    // entry 1, const, const, div_u 10, drop 1, nop 1, nop 1
    const record = run('(drop (i32.div_u (i32.const 1) (i32.const 0))) nop nop');
    expect(trapOf(record)).toBe('integer-divide-by-zero');
    expect(record.instructions).toBe(1n + 2n + 10n + 1n + 2n);
  });

  it('counts what ran before a call that did not trap when a later block does', () => {
    const record = run('(call $f) (if (i32.const 1) (then unreachable))', '(func $f nop nop)');
    // entry 1, call 5, const 1, if 2; $f 1 + 2; unreachable 1
    expect(record.instructions).toBe(9n + 3n + 1n);
  });

  it('counts the callee that trapped', () => {
    const record = run('(call $f)', '(memory 1) (func $f (drop (i32.load (i32.const 65536))))');
    expect(trapOf(record)).toBe('memory-out-of-bounds');
    expect(record.instructions).toBe(1n + 5n + 1n + 3n);
  });

  it('charges the size operand of a bulk instruction before its bounds check', () => {
    // entry 1, three consts, memory.fill 100, and 70000
    const record = run('(memory.fill (i32.const 0) (i32.const 1) (i32.const 70000))', '(memory 1)');
    expect(trapOf(record)).toBe('memory-out-of-bounds');
    expect(record.instructions).toBe(1n + 3n + 100n + 70_000n);
  });

  it('takes the size operand as unsigned', () => {
    const record = run('(memory.fill (i32.const 0) (i32.const 1) (i32.const -1))', '(memory 1)');
    expect(trapOf(record)).toBe('instruction-limit');
    expect(record.instructions).toBe(LIMIT);
  });

  it('reports the limit when it is exceeded', () => {
    const record = run('(loop (br 0))');
    expect(trapOf(record)).toBe('instruction-limit');
    expect(record.instructions).toBe(LIMIT);
  });

  it('notices the limit at function entries too', () => {
    const record = run('(loop (call $f) (br 0))', '(func $f)');
    expect(trapOf(record)).toBe('instruction-limit');
  });

  it('does not notice the limit in a straight run', () => {
    // each memory.grow costs 302 with its operand and drop: 7,000 of them exceed the limit, but no block tests it
    const block = `(block ${'(drop (memory.grow (i32.const 0)))'.repeat(70)})`;
    const record = run(block.repeat(100), '(memory 1)');
    expect(trapOf(record)).toBe('returned');
    expect(record.instructions).toBe(LIMIT);
  });

  it('charges 2 for a load where addresses have 64 bits', () => {
    expect(run('(drop (i32.load (i64.const 0)))', '(memory i64 1)').instructions).toBe(1n + 1n + 2n + 1n);
    expect(run('(drop (i32.load (i32.const 0)))', '(memory 1)').instructions).toBe(1n + 1n + 1n + 1n);
  });

  it('charges a system call before anything else is looked at', () => {
    const append = '(import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))';
    const record = run('(call $append (i32.const 0) (i32.const 10))', append);
    // entry 1, consts 2, call 5; 500 + 10 for the system call, though there is no memory
    expect(trapOf(record)).toBe('system-call');
    expect(record.instructions).toBe(8n + 510n);
  });

  it('traps in the system call whose charge exceeds the limit, and shows it in the trace', () => {
    const append = '(import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))';
    const record = run('(call $append (i32.const 0) (i32.const -1))', append);
    expect(trapOf(record)).toBe('instruction-limit');
    expect(record.trace).toEqual([
      { name: 'msg_reply_data_append', args: [0n, 0xffff_ffffn], trap: 'instruction-limit' },
    ]);
  });

  it('charges 1,000 for each page of stable memory that is first written', () => {
    const imports =
      '(import "ic0" "stable64_write" (func $write (param i64 i64 i64))) (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))';
    const body = `(drop (call $grow (i64.const 1)))
      (call $write (i64.const 4090) (i64.const 0) (i64.const 10))
      (call $write (i64.const 4090) (i64.const 0) (i64.const 10))`;
    // entry 1; grow: const 1, call 5, drop 1, 100; each write: consts 3, call 5, 20 + 10; two pages once
    expect(run(body, `${imports} (memory 1)`).instructions).toBe(1n + 107n + 2n * 38n + 2_000n);
  });

  it('gives performance_counter(0) its own charge and the whole block', () => {
    const imports = `(import "ic0" "performance_counter" (func $counter (param i32) (result i64)))
      (import "ic0" "msg_reply_data_append" (func $append (param i32 i32))) (import "ic0" "msg_reply" (func $reply)) (memory 1)`;
    const world = new World([
      `(module ${imports} (func (export "canister_update m")
        (i64.store (i32.const 0) (call $counter (i32.const 0))) (call $append (i32.const 0) (i32.const 8)) (call $reply)))`,
    ]);
    const { response } = world.call('m');
    // entry 1; const, const, call 5, store 1; const, const, call 5; call 5; performance_counter 200
    const expected = 1 + 8 + 7 + 5 + 200;
    expect(response).toEqual({
      kind: 'reply',
      data: Buffer.from(BigInt64Array.of(BigInt(expected)).buffer).toString('hex'),
    });
  });

  describe('the stack budget', () => {
    const slots = conformance.limits.stackSlots;

    it('stops recursion before the host does', () => {
      expect(trapOf(run('(call $f)', '(func $f (call $f))'))).toBe('stack-budget');
    });

    it('lets an activation take exactly what is left', () => {
      // the method takes 8; $f 8 + locals
      const locals = (count: number) => `(func $f (local ${'i32 '.repeat(count)}))`;
      expect(trapOf(run('(call $f)', locals(slots - 16)))).toBe('returned');
      expect(trapOf(run('(call $f)', locals(slots - 15)))).toBe('stack-budget');
    });

    it('counts a v128 twice', () => {
      const locals = (count: number) => `(func $f (local ${'v128 '.repeat(count)}))`;
      expect(trapOf(run('(call $f)', locals((slots - 16) / 2)))).toBe('returned');
      expect(trapOf(run('(call $f)', locals((slots - 16) / 2 + 1)))).toBe('stack-budget');
    });

    it('charges nothing of the activation that does not fit', () => {
      const record = run('(call $f)', `(func $f (local ${'i32 '.repeat(slots)}))`);
      expect(record.instructions).toBe(1n + 5n);
    });
  });
});
