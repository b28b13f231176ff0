// plumbing: the golden vectors in the repository
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../runner/suite.js';
import type { VectorFile } from './format.js';

const VECTORS = join(packageRoot(), 'spec', 'vectors');
const CHARGING = join(packageRoot(), 'spec', 'profiles', 'charging.vectors.json');

/** All vector files: one for each chapter, by name, and last the worked vectors of CHARGING.md. */
export function readVectorFiles(): readonly VectorFile[] {
  const chapters = readdirSync(VECTORS)
    .filter((name) => name.endsWith('.vectors.json'))
    .sort()
    .map((name) => join(VECTORS, name));
  return [...chapters, CHARGING].map((path) => JSON.parse(readFileSync(path, 'utf8')) as VectorFile);
}
