// plumbing: the directory that static cases are written to — empty, or one that was filled before
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError } from '../../reports/schemas/codec.js';
import type { Json } from '../../reports/schemas/json.js';
import { errorCode } from '../system-error.js';
import { decodeStaticIndex } from './static-case.js';

/** A directory that holds something else. The message says what, where and what to do. */
export class FillDirectoryError extends Error {
  override readonly name = 'FillDirectoryError';
}

/**
 * Makes sure that nothing of somebody else's is overwritten, and removes the cases that an index of ours lists: the new one may not.
 * @throws FillDirectoryError for a directory that is neither empty nor ours
 */
export function prepareDirectory(out: string): void {
  for (const file of casesOf(out)) rmSync(join(out, file), { force: true });
}

function casesOf(out: string): readonly string[] {
  if (!existsSync(out) || entriesOf(out).length === 0) return [];
  const path = join(out, 'index.json');
  if (!existsSync(path)) throw notOurs(out, 'has no index.json');
  let listed: readonly string[];
  try {
    listed = decodeStaticIndex(JSON.parse(readFileSync(path, 'utf8')) as Json).cases.map(({ file }) => file);
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof SyntaxError)) throw error;
    throw notOurs(out, `its index.json is not that of static cases (${error.message})`);
  }
  const strange = listed.find((file) => !/^cases\/\d+\.json$/.test(file));
  if (strange !== undefined) throw notOurs(out, `its index.json lists ${JSON.stringify(strange)}`);
  return listed;
}

function entriesOf(out: string): readonly string[] {
  try {
    return readdirSync(out);
  } catch (error) {
    throw new FillDirectoryError(`--out ${out}: is no directory that can be read (${errorCode(error)}). Name another`);
  }
}

function notOurs(out: string, what: string): FillDirectoryError {
  return new FillDirectoryError(
    `--out ${out}: is not empty, and ${what}: what is there might be lost. Name a new directory, or one that fill has made`,
  );
}
