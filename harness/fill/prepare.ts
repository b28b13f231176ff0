// plumbing: the directory that static cases are written to — empty, or one that was filled before
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError } from '../../reports/schemas/codec.js';
import type { Json } from '../../reports/schemas/json.js';
import { errorCode } from '../system-error.js';
import { decodeStaticIndex, STATIC_CASE_SCHEMA } from './static-case.js';

const CASE = /^cases\/\d+\.json$/;

/** A directory that holds something else. The message says what, where and what to do. */
export class FillDirectoryError extends Error {
  override readonly name = 'FillDirectoryError';
}

/**
 * Makes sure that nothing of somebody else's is overwritten, and removes the cases that an index of ours lists, or that a fill left
 * which was cut off: the new index may not list them.
 * @throws FillDirectoryError for a directory that is neither empty nor ours
 */
export function prepareDirectory(out: string): void {
  for (const file of casesOf(out)) rmSync(join(out, file), { force: true });
}

function casesOf(out: string): readonly string[] {
  if (!existsSync(out)) return [];
  const path = join(out, 'index.json');
  if (!existsSync(path)) return casesWithoutIndex(out);
  let listed: readonly string[];
  try {
    listed = decodeStaticIndex(JSON.parse(readFileSync(path, 'utf8')) as Json).cases.map(({ file }) => file);
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof SyntaxError)) throw error;
    throw notOurs(out, `its index.json is not that of static cases (${error.message})`);
  }
  const strange = listed.find((file) => !CASE.test(file));
  if (strange !== undefined) throw notOurs(out, `its index.json lists ${JSON.stringify(strange)}`);
  return listed;
}

/** The index comes last: a fill that was cut off leaves cases, the last of them perhaps torn, and a place for schemas. */
function casesWithoutIndex(out: string): readonly string[] {
  const without = notOurs(out, 'has no index.json');
  return entriesOf(out).flatMap((name) => {
    if (name !== 'cases' && name !== 'schemas') throw without;
    const files = entriesOf(join(out, name)).map((file) => `${name}/${file}`);
    if (!files.every((file) => isCase(out, file))) throw without;
    return files;
  });
}

function isCase(out: string, file: string): boolean {
  if (!CASE.test(file)) return false;
  const text = readFileSync(join(out, file), 'utf8');
  return text === '' || text.includes(`"schema": ${JSON.stringify(STATIC_CASE_SCHEMA)}`);
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
