// plumbing: tests that source files are as CONTRIBUTING.md says: what their first line says, how long they are, what the formatter leaves alone
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Uses of `prettier-ignore` in the code of a folder: no more than these, and none where nothing is listed. They are meant for literal tables
 * of short rows and not for long statements: lower a number when one goes.
 */
const FORMATTED_BY_HAND: Readonly<Record<string, number>> = {
  bench: 2,
  generators: 5,
  'harness/blackbox': 6,
  'harness/oracle': 26,
  'reference-model': 1,
  spec: 4,
};

const KINDS = /^\/\/ (spec-shaped: \S.* — \S.*|table: \S.*|plumbing: \S.*)$/;
const LONGEST = 500;
const NOT_SOURCE = new Set(['node_modules', 'dist', 'coverage']);

interface SourceFile {
  readonly path: string;
  /** The first line, or the second of a file that begins with `#!`. */
  readonly first: string;
  readonly lines: readonly string[];
}

function sourceFile(path: string): SourceFile {
  const lines = readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');
  const [first = '', second = ''] = lines;
  return { path, first: first.startsWith('#!') ? second : first, lines };
}

const FILES = readdirSync('.', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_SOURCE.has(entry.name))
  .flatMap(({ name }) => readdirSync(name, { recursive: true, encoding: 'utf8' }).map((below) => join(name, below)))
  .filter((path) => /(?<!\.d)\.[mc]?ts$/.test(path))
  .map(sourceFile);

/** The layer, and in harness/ the folder below it. */
function folderOf(path: string): string {
  const [layer = '', below] = dirname(path).split('/');
  return layer === 'harness' && below !== undefined ? `${layer}/${below}` : layer;
}

describe('source files', () => {
  it('are there', () => {
    expect(FILES.length).toBeGreaterThan(500);
  });

  it('say on their first line which kind they are and what they hold', () => {
    expect(FILES.filter(({ first }) => !KINDS.test(first)).map(({ path, first }) => `${path}: ${first}`)).toEqual([]);
  });

  it(`have at most ${LONGEST} lines, unless they are tables`, () => {
    const long = FILES.filter(({ first, lines }) => lines.length > LONGEST && !first.startsWith('// table: '));
    expect(long.map(({ path, lines }) => `${path}: ${lines.length} lines`)).toEqual([]);
  });

  it('leave their layout to the formatter, but for as many places as are listed', () => {
    const counts = new Map<string, number>();
    for (const { path, lines } of FILES) {
      if (/\.spec\.ts$|\btesting\b/.test(path)) continue;
      const count = lines.filter((line) => line.includes('// prettier-ignore')).length;
      counts.set(folderOf(path), (counts.get(folderOf(path)) ?? 0) + count);
    }
    const more = [...counts].filter(([folder, count]) => count > (FORMATTED_BY_HAND[folder] ?? 0));
    expect(more).toEqual([]);
  });
});
