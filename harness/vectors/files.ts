// plumbing: the golden vectors in the repository
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { packageRoot } from '../runner/suite.js';
import type { VectorFile } from './format.js';

const VECTORS = join(packageRoot(), 'spec', 'vectors');
const CHARGING = join(packageRoot(), 'spec', 'profiles', 'charging.vectors.json');

/** All vector files: one for each chapter, by name, and last the worked vectors of CHARGING.md. */
export function readVectorFiles(): readonly VectorFile[] {
  return vectorPaths().map(readVectors);
}

function vectorPaths(): readonly string[] {
  const chapters = readdirSync(VECTORS)
    .filter((name) => name.endsWith('.vectors.json'))
    .sort()
    .map((name) => join(VECTORS, name));
  return [...chapters, CHARGING];
}

function readVectors(path: string): VectorFile {
  return JSON.parse(readFileSync(path, 'utf8')) as VectorFile;
}

/** The vectors of a clause: those of its chapter first, and about the fewest other clauses. None where vectors were not installed. */
export function vectorsOf(clause: ClauseId): readonly { readonly file: string; readonly name: string }[] {
  if (!existsSync(VECTORS) || !existsSync(CHARGING)) return [];
  return vectorPaths()
    .flatMap((path) => {
      const { chapter, vectors } = readVectors(path);
      return vectors.map((vector) => ({ path, foreign: clause.startsWith(`${chapter}/`) ? 0 : 1, ...vector }));
    })
    .filter(({ clauses }) => clauses.includes(clause))
    .sort((a, b) => a.foreign - b.foreign || a.clauses.length - b.clauses.length)
    .map(({ path, name }) => ({ file: relative(packageRoot(), path).split(sep).join('/'), name }));
}
