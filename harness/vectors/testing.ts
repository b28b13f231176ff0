// plumbing: the jest tests that every vector holds on an engine
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import { availabilityVectors } from './availability.js';
import { readVectorFiles } from './files.js';
import { prepareVectors, runVector, type VectorResult } from './run.js';

/** One test for each chapter. */
export function describeVectors(name: string, factory: EngineFactory): void {
  const files = [availabilityVectors(), ...readVectorFiles()];
  const prepared = prepareVectors(files);

  describe(`the golden vectors on the engine ${name}`, () => {
    it.each(files.map(({ chapter }) => chapter))('%s: every vector is as expected', async (chapter) => {
      const vectors = (await prepared).filter((vector) => vector.chapter === chapter);
      expect(vectors.length).toBeGreaterThan(0);
      const results = vectors.map((vector) => runVector(factory, vector));
      expect(results.filter(({ differences }) => differences.length > 0).map(describeResult)).toEqual([]);
    });
  });
}

/** A result that differs, for people. */
function describeResult({ name, width, clauses, differences }: VectorResult): string {
  const found = differences.map(
    ({ step, what, expected, actual }) => `  step ${step}, ${what}: expected ${expected}, got ${actual}`,
  );
  return [`${name} (${width}) [${clauses.join(' ')}]`, ...found].join('\n');
}
