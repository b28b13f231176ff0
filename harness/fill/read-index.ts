// plumbing: which files of a directory that `fill` wrote are cases
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError } from '../../reports/schemas/codec.js';
import { isJsonObject, type Json } from '../../reports/schemas/json.js';
import { CaseFileError } from '../corpus/case-file.js';
import { decodeStaticIndex, STATIC_INDEX_SCHEMA } from './static-case.js';

/**
 * The paths of the cases that the directory's index names; undefined where `fill` did not write it.
 * @throws CaseFileError for an index that is damaged
 */
export function staticCasesIn(directory: string): readonly string[] | undefined {
  const path = join(directory, 'index.json');
  const json = existsSync(path) ? parsed(readFileSync(path, 'utf8')) : null;
  if (!isJsonObject(json) || json['schema'] !== STATIC_INDEX_SCHEMA) return undefined;
  try {
    return decodeStaticIndex(json).cases.map(({ file }) => join(directory, file));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new CaseFileError(
      error.fault,
      path,
      error.where,
      error.what,
      'Make the directory again with `ic0-conformance fill`',
    );
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
