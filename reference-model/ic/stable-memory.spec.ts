// plumbing: stable memory against an array of bytes, its digest against the definition
import fc from 'fast-check';
import { addPage, digestOf, emptySum } from '../../spec/vocabulary/digest.js';
import { StableMemory, StableMemoryDraft } from './stable-memory.js';

const PAGE = 65_536;
const MODEL_PAGES = 2;

/** The digest of all bytes, from the definition. */
function digestOfBytes(bytes: Uint8Array): string {
  const words = new Int32Array(bytes.slice().buffer);
  const sum = emptySum();
  for (let page = 0; page * 1024 < words.length; page++) addPage(sum, page, words, page * 1024, 1);
  return digestOf(sum);
}

const write = fc.record({
  offset: fc.oneof(fc.nat({ max: MODEL_PAGES * PAGE - 1 }), fc.constantFrom(0, 4095, 4096, 65_535, 65_536)),
  bytes: fc.uint8Array({ maxLength: 9_000 }),
});

describe('stable memory', () => {
  it('holds what was written to it, and its digest is that of its bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.array(write, { maxLength: 3 }), { maxLength: 4 }), (drafts) => {
        const model = new Uint8Array(MODEL_PAGES * PAGE);
        let memory = StableMemory.empty;
        for (const writes of drafts) {
          const draft = new StableMemoryDraft(memory);
          if (draft.pages === 0n) draft.grow(BigInt(MODEL_PAGES));
          for (const { offset, bytes } of writes) {
            const fitting = bytes.subarray(0, model.length - offset);
            draft.write(BigInt(offset), fitting);
            model.set(fitting, offset);
            expect(draft.read(BigInt(offset), BigInt(fitting.length))).toEqual(fitting);
          }
          memory = draft.finish();
          expect(memory.digest()).toBe(digestOfBytes(model));
        }
        const size = memory.bytes;
        expect(Buffer.compare(new StableMemoryDraft(memory).read(0n, size), model.subarray(0, Number(size)))).toBe(0);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('stays as it was when a draft is dropped', () => {
    const first = new StableMemoryDraft(StableMemory.empty);
    first.grow(1n);
    first.write(5n, Uint8Array.of(1, 2, 3));
    const kept = first.finish();
    const digest = kept.digest();
    const dropped = new StableMemoryDraft(kept);
    dropped.grow(7n);
    dropped.write(5n, Uint8Array.of(9, 9, 9));
    expect([kept.pages, kept.digest()]).toEqual([1n, digest]);
    expect(new StableMemoryDraft(kept).read(5n, 3n)).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('takes no room for pages that were never written', () => {
    const draft = new StableMemoryDraft(StableMemory.empty);
    draft.grow(8_000_000n);
    draft.write(500n * (1n << 30n), Uint8Array.of(7));
    const memory = draft.finish();
    expect(memory.chunks.size).toBe(1);
    expect(new StableMemoryDraft(memory).read(500n * (1n << 30n) - 1n, 3n)).toEqual(Uint8Array.of(0, 7, 0));
  });

  it('is the same object when nothing was written', () => {
    const draft = new StableMemoryDraft(StableMemory.empty);
    expect(draft.finish()).toBe(StableMemory.empty);
  });
});
