// plumbing: the golden vectors in the repository
import { readdirSync, readFileSync } from 'node:fs';
import type { VectorFile } from './format.js';

const VECTORS = new URL('../../spec/vectors/', import.meta.url);
const CHARGING = new URL('../../spec/profiles/charging.vectors.json', import.meta.url);

/** All vector files: one for each chapter, by name, and last the worked vectors of CHARGING.md. */
export function readVectorFiles(): readonly VectorFile[] {
  const chapters = readdirSync(VECTORS)
    .filter((name) => name.endsWith('.vectors.json'))
    .sort()
    .map((name) => new URL(name, VECTORS));
  return [...chapters, CHARGING].map((url) => JSON.parse(readFileSync(url, 'utf8')) as VectorFile);
}
