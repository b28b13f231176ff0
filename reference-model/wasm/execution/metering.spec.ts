// plumbing: what executions are charged and what activations cost, computed by hand from CHARGING.md and stack-budget.md
import wabtInit from 'wabt';
import { decodeModule, Meter, Store, validateModule, type Outcome } from '../index.js';

const wabt = await wabtInit();

interface Run {
  readonly outcome: Outcome;
  readonly used: bigint;
}

/** Runs the export `f` of a module with the given fields. */
function run(fields: string, { args = [] as bigint[], limit = 1_000_000n, stackSlots = 10_000 } = {}): Run {
  const text = wabt.parseWat('m.wat', `(module ${fields})`, { simd: true, bulk_memory: true, memory64: true });
  const module = decodeModule(new Uint8Array(text.toBinary({}).buffer));
  text.destroy();
  validateModule(module);
  const limits = { instructionLimit: limit, stackSlots, memoryPages: () => 16n, tableEntries: 16 };
  const meter = new Meter(limit);
  const outcome = new Store().instantiate(module, () => undefined, limits, meter).invoke('f', args);
  return { outcome, used: meter.used };
}

const body = (text: string) => `(func (export "f") ${text})`;
const trapped = (trap: string) => expect.objectContaining({ kind: 'trapped', trap }) as unknown as Outcome;
const returned = expect.objectContaining({ kind: 'returned' }) as unknown as Outcome;

describe('a metering block', () => {
  it('costs one at function entry, and end nothing', () => {
    expect(run(body(''))).toEqual({ outcome: returned, used: 1n });
    expect(run(body('(result i32) i32.const 1 i32.const 2 i32.add')).used).toBe(1n + 3n);
  });

  it('is paid whole when an instruction in it traps', () => {
    // 1 + const 1 + const 1 + div 10 + drop 1 + nop 1
    const text = 'i32.const 1 i32.const 0 i32.div_u drop nop';
    expect(run(body(text))).toEqual({ outcome: trapped('integer-divide-by-zero'), used: 15n });
  });

  it('ends with unreachable, so that what follows is not paid', () => {
    expect(run(body('unreachable nop nop'))).toEqual({ outcome: trapped('unreachable'), used: 1n + 1n });
  });

  it('does not end with block or call', () => {
    // f: 1 + call 5 + block 0 + const 1 + const 0 division 1 + 10 + drop 1 + end; g: 1
    const text = '(func $g) (func (export "f") call $g block i32.const 1 i32.const 0 i32.div_u drop end)';
    expect(run(text)).toEqual({ outcome: trapped('integer-divide-by-zero'), used: 1n + 5n + 13n + 1n });
  });

  it('starts at the loop header for every round', () => {
    // Each round: get 1 + const 1 + sub 1 + tee 1 + br_if 2.
    const text = '(param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))';
    expect(run(body(text), { args: [3n] }).used).toBe(1n + 3n * 6n);
  });

  it('starts after if, and after else', () => {
    const text = '(param i32) (drop (if (result i32) (local.get 0) (then (i32.const 1)) (else (nop) (i32.const 2))))';
    expect(run(body(text), { args: [1n] }).used).toBe(1n + (1n + 2n) + 1n + 1n);
    expect(run(body(text), { args: [0n] }).used).toBe(1n + (1n + 2n) + 2n + 1n);
  });

  it('starts after a br_if that is not taken, and is not paid when it is', () => {
    const text = '(param i32) (block (br_if 0 (local.get 0)) nop nop) nop';
    expect(run(body(text), { args: [0n] }).used).toBe(1n + (1n + 2n) + 2n + 1n);
    expect(run(body(text), { args: [1n] }).used).toBe(1n + (1n + 2n) + 1n);
  });

  it('starts after the end that br_table jumps to', () => {
    const text = '(param i32) (block (block (br_table 0 1 (local.get 0))) nop nop) nop';
    expect(run(body(text), { args: [0n] }).used).toBe(1n + (1n + 2n) + 2n + 1n);
    expect(run(body(text), { args: [7n] }).used).toBe(1n + (1n + 2n) + 1n);
  });

  it('pays two for a load from a memory with 64-bit addresses', () => {
    expect(run(`(memory 1) ${body('(drop (i32.load (i32.const 0)))')}`).used).toBe(1n + 1n + 1n + 1n);
    expect(run(`(memory i64 1) ${body('(drop (i32.load (i64.const 0)))')}`).used).toBe(1n + 1n + 2n + 1n);
  });
});

describe('the instruction limit', () => {
  it('is tested at function start', () => {
    expect(run(body('nop nop'), { limit: 3n })).toEqual({ outcome: returned, used: 3n });
    expect(run(body('nop nop'), { limit: 2n })).toEqual({ outcome: trapped('instruction-limit'), used: 3n });
  });

  it('is not tested after a branch that is not taken', () => {
    expect(run(body('(br_if 0 (i32.const 0)) nop nop'), { limit: 4n })).toEqual({ outcome: returned, used: 6n });
  });

  it('is tested at a loop header', () => {
    expect(run(body('(loop nop (br 0))'), { limit: 10n })).toEqual({
      outcome: trapped('instruction-limit'),
      used: 13n,
    });
  });

  it('is tested after a dynamic charge, which comes before the bounds check', () => {
    const fill = (size: string) =>
      `(memory 1) ${body(`(memory.fill (i32.const 65530) (i32.const 1) (i32.const ${size}))`)}`;
    expect(run(fill('6'))).toEqual({ outcome: returned, used: 1n + 3n + 100n + 6n });
    expect(run(fill('100'))).toEqual({ outcome: trapped('memory-out-of-bounds'), used: 1n + 3n + 100n + 100n });
    expect(run(fill('0xffffffff'))).toEqual({
      outcome: trapped('instruction-limit'),
      used: 1n + 3n + 100n + 0xffffffffn,
    });
  });
});

describe('the stack budget', () => {
  // The examples of stack-budget.md, and v128 as operand.
  it.each([
    ['', 8],
    ['(param i32) (result i32) local.get 0', 10],
    ['(param i32 v128) (local f64) (drop (i32.add (local.get 0) (i32.const 1)))', 14],
    ['(result i32) unreachable i32.const 1 i32.const 2 i32.add', 8],
    ['(block (result i32) unreachable) drop', 9],
    ['(drop (i8x16.add (v128.const i64x2 1 2) (v128.const i64x2 3 4)))', 12],
  ])('of (func %s) is %i slots', (text, cost) => {
    const args = text.includes('v128)') ? [0n, 0n, 0n] : text.startsWith('(param') ? [0n] : [];
    const over = run(body(text), { args, stackSlots: cost - 1 });
    expect(over).toEqual({ outcome: trapped('stack-budget'), used: 0n });
    expect(run(body(text), { args, stackSlots: cost }).outcome).not.toEqual(trapped('stack-budget'));
  });

  it('adds up over activations, and the call that goes over it was charged but not the entry', () => {
    const text = '(func $f (export "f") call $f)';
    expect(run(text, { stackSlots: 23 })).toEqual({ outcome: trapped('stack-budget'), used: 2n * (1n + 5n) });
  });

  it('is given back when an activation returns', () => {
    const text = '(func $g) (func (export "f") call $g call $g call $g)';
    expect(run(text, { stackSlots: 16 }).outcome).toEqual(returned);
  });
});
