// plumbing: a directory of static cases — the cases, their index, the schemas, and the page that says how to use them
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '../../generators/index.js';
import { makeDirectory } from '../make-directory.js';
import { packageRoot, suite } from '../runner/suite.js';
import { staticCase, type Skipped } from './fill.js';
import {
  encodeStaticCase,
  encodeStaticIndex,
  STATIC_INDEX_SCHEMA,
  type StaticCase,
  type StaticEntry,
  type StaticIndex,
} from './static-case.js';

export interface FillOptions {
  readonly out: string;
  readonly seed: string;
  readonly cases: number;
  /** Empty: all. */
  readonly families: readonly Family[];
}

const SCHEMAS = ['static-case-1.json', 'static-index-1.json'];

/**
 * Writes static cases into a directory that prepareDirectory has seen. The same options give the same bytes.
 * @param progress is told after each case how many are done
 */
export async function fillDirectory(options: FillOptions, progress: (done: number) => void): Promise<StaticIndex> {
  const { out, seed, cases, families } = options;
  makeDirectory(join(out, 'cases'));
  makeDirectory(join(out, 'schemas'));
  const entries: StaticEntry[] = [];
  const skipped: Skipped[] = [];
  for (let k = 0; k < cases; k++) {
    const made = await staticCase(seed, k, families);
    if ('schema' in made) {
      const file = `cases/${String(k).padStart(5, '0')}.json`;
      writeFileSync(join(out, file), encodeStaticCase(made));
      entries.push(entryOf(made, file));
    } else skipped.push(made);
    progress(k + 1);
  }
  const index: StaticIndex = { schema: STATIC_INDEX_SCHEMA, suite: suite(), seed, cases: entries, skipped };
  writeFileSync(join(out, 'index.json'), encodeStaticIndex(index));
  const root = packageRoot();
  copyFileSync(join(root, 'docs', 'static-cases.md'), join(out, 'README.md'));
  for (const name of SCHEMAS) copyFileSync(join(root, 'reports', 'schemas', name), join(out, 'schemas', name));
  return index;
}

function entryOf({ rules, steps }: StaticCase, file: string): StaticEntry {
  return {
    file,
    rules,
    canisters: steps.filter(({ stimulus }) => stimulus.kind === 'create').length,
    steps: steps.length,
    expectations: steps.reduce((sum, { expect }) => sum + Object.keys(expect).length, 0),
  };
}
