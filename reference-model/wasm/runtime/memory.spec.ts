// plumbing: tests of memories: states that share pages, digests, and what a large address space costs
import fc from 'fast-check';
import { addPage, digestOf, emptySum } from '../../../spec/vocabulary/digest.js';
import { MemoryInstance } from './memory.js';
import { OutOfBounds } from './trap.js';
import { present } from '../../../spec/testing/present.js';

const memory = (min: bigint, limit = 65_536n) =>
  new MemoryInstance({ limits: { addressType: 'i32', min, max: undefined } }, limit);

/** The digest by its definition: over all pages. */
function digestByDefinition(one: MemoryInstance): string {
  const bytes = one.read(0n, BigInt(one.byteLength));
  const words = new Int32Array(bytes.buffer);
  const sum = emptySum();
  for (let page = 0; page < bytes.length / 4096; page++) addPage(sum, page, words, page * 1024, 1);
  return digestOf(sum);
}

describe('a memory', () => {
  it('reads what was written, across pages too', () => {
    const one = memory(2n);
    one.write(65_534n, Uint8Array.of(1, 2, 3, 4));
    expect([...one.read(65_533n, 6n)]).toEqual([0, 1, 2, 3, 4, 0]);
  });

  it('refuses a range that ends beyond it, and writes nothing of it', () => {
    const one = memory(1n);
    expect(() => {
      one.write(65_535n, Uint8Array.of(1, 2));
    }).toThrow(OutOfBounds);
    expect([...one.read(65_535n, 1n)]).toEqual([0]);
    expect(() => one.read(65_536n, 1n)).toThrow(OutOfBounds);
    expect(() => one.read(1n << 64n, 0n)).toThrow(OutOfBounds);
    expect(one.read(65_536n, 0n)).toHaveLength(0);
  });

  it('copies as if through a buffer when the ranges overlap', () => {
    const one = memory(2n);
    const bytes = Uint8Array.from({ length: 200 }, (_, i) => i + 1);
    one.write(65_400n, bytes);
    one.copy(65_450, 65_400, 200);
    expect([...one.read(65_450n, 200n)]).toEqual([...bytes]);
  });

  it('grows up to its limit, and not beyond', () => {
    const one = memory(1n, 3n);
    expect(one.grow(2n)).toBe(1n);
    expect(one.grow(1n)).toBe(-1n);
    expect(one.grow(1n << 60n)).toBe(-1n);
    expect(one.grow(0n)).toBe(3n);
  });

  it('costs only the pages that are touched', () => {
    const before = process.memoryUsage().arrayBuffers;
    const one = memory(65_536n);
    one.write(0xffff_ffffn, Uint8Array.of(7));
    one.write(0x8000_0000n, Uint8Array.of(8));
    one.snapshot();
    one.write(0n, Uint8Array.of(9));
    expect(one.byteLength).toBe(2 ** 32);
    expect([...one.read(0xffff_fffen, 2n)]).toEqual([0, 7]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });
});

describe('states of a memory', () => {
  const write = fc.record({
    offset: fc.integer({ min: 0, max: 3 * 65_536 - 300 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  });
  const step = fc.oneof(
    write.map((one) => ({ kind: 'write' as const, ...one })),
    fc.constant({ kind: 'snapshot' as const }),
    fc.nat(9).map((state) => ({ kind: 'restore' as const, state })),
    fc.constant({ kind: 'digest' as const }),
  );

  it('come back as they were, digest and all, whatever was written in between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const one = memory(3n);
        const plain = new Uint8Array(3 * 65_536);
        const states = [{ state: one.snapshot(), plain: plain.slice() }];
        for (const each of steps) {
          if (each.kind === 'write') {
            one.write(BigInt(each.offset), each.bytes);
            plain.set(each.bytes, each.offset);
          } else if (each.kind === 'snapshot') states.push({ state: one.snapshot(), plain: plain.slice() });
          else if (each.kind === 'restore') {
            const from = present(states[each.state % states.length]);
            one.restore(from.state);
            plain.set(from.plain);
          } else expect(one.digest()).toBe(digestByDefinition(one));
        }
        expect(Buffer.compare(one.read(0n, BigInt(plain.length)), plain)).toBe(0);
        expect(one.digest()).toBe(digestByDefinition(one));
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it('keep their size', () => {
    const one = memory(1n);
    const small = one.snapshot();
    one.grow(1n);
    one.restore(small);
    expect(one.sizePages).toBe(1n);
    expect(() => one.read(65_536n, 1n)).toThrow(OutOfBounds);
  });

  it('have the digest of no bytes when all is zero again', () => {
    const one = memory(1n);
    one.write(5000n, Uint8Array.of(1));
    expect(one.digest()).not.toBe(memory(1n).digest());
    one.write(5000n, Uint8Array.of(0));
    expect(one.digest()).toBe(memory(1n).digest());
  });
});
