// plumbing: the corpus — a directory of case files, each named by the hash of its content
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { divergenceKey } from '../reducer/same-failure.js';
import { makeDirectory } from '../make-directory.js';
import { errorCode } from '../system-error.js';
import type { CaseFile } from '../types.js';
import { CaseFileError, decodeCase, encodeCase } from './case-file.js';

export interface CorpusEntry {
  /** SHA-256 of the file's content, 64 hexadecimal digits. */
  readonly id: string;
  readonly path: string;
  readonly case: CaseFile;
}

/** The id that a case is kept under. */
export function caseId(value: CaseFile): string {
  return idOf(encodeCase(value));
}

function idOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Reads one case file. @throws CaseFileError also where the file cannot be read */
export function readCase(path: string): CaseFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CaseFileError(
      'unreadable',
      path,
      '$',
      `cannot be read (${errorCode(error)})`,
      'Check the name and the permissions',
    );
  }
  return decodeCase(text, path);
}

/** A directory of cases. What `keep` returned is on disk, whole, whatever happens to the process afterwards. */
export class Corpus {
  /** @param directory made when the first case is kept */
  constructor(readonly directory: string) {}

  pathOf(id: string): string {
    return join(this.directory, `${id}.json`);
  }

  /** The files of the cases whose ids begin so, by id. None is read: others that are no cases are not in the way. */
  find(prefix: string): readonly string[] {
    return this.names()
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(this.directory, name));
  }

  /** Writes the case; the same case twice is one file. */
  keep(value: CaseFile): CorpusEntry {
    const text = encodeCase(value);
    const id = idOf(text);
    const path = this.pathOf(id);
    writeWhole(this.directory, path, text);
    return { id, path, case: value };
  }

  /** Removes a case, such as one that was kept before it was reduced. */
  remove(id: string): void {
    try {
      unlinkSync(this.pathOf(id));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /**
   * All cases in the order of replay: failures before others, by clause and first divergence, then by id. A directory that
   * does not exist is an empty corpus; a case that another process removes meanwhile is passed over.
   * @throws CaseFileError for the first file that is not a case
   */
  list(): readonly CorpusEntry[] {
    const entries = this.names().flatMap((name): CorpusEntry[] => {
      const path = join(this.directory, name);
      if (!existsSync(path)) return [];
      return [{ id: name.slice(0, -'.json'.length), path, case: readCase(path) }];
    });
    const rank = ({ id, case: { failure } }: CorpusEntry) =>
      failure === undefined ? `1 ${id}` : `0 ${divergenceKey(failure)} ${id}`;
    return entries
      .map((entry) => ({ entry, key: rank(entry) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ entry }) => entry);
  }

  /**
   * Leaves one case for each clause and first divergence of a target: one of `keep` if there is one, else the smallest.
   * @param keep ids that must stay, such as those that a report names
   * @returns ids of what was removed
   */
  dedupe(keep: ReadonlySet<string>): readonly string[] {
    const best = new Map<string, { readonly id: string; readonly size: string }>();
    const failing = this.list().filter(({ case: { failure } }) => failure !== undefined);
    const findings = failing.map(({ id, case: value }) => ({
      id,
      finding: findingOf(value),
      size: sizeOf(id, value, keep),
    }));
    for (const { id, finding, size } of findings) {
      const other = best.get(finding);
      if (other === undefined || size < other.size) best.set(finding, { id, size });
    }
    const removed = findings
      .filter(({ id, finding }) => !keep.has(id) && best.get(finding)?.id !== id)
      .map(({ id }) => id);
    for (const id of removed) this.remove(id);
    return removed;
  }

  private names(): readonly string[] {
    try {
      return readdirSync(this.directory)
        .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
        .sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw new CaseFileError(
        'unreadable',
        this.directory,
        '$',
        `not a directory that can be read (${errorCode(error)})`,
        'Name the directory of the corpus',
      );
    }
  }
}

function findingOf({ target, failure }: CaseFile): string {
  return `${target} | ${failure === undefined ? '' : divergenceKey(failure)}`;
}

/** Sorts what must stay first, then what is reduced, then by steps, length and id. */
function sizeOf(id: string, value: CaseFile, keep: ReadonlySet<string>): string {
  const padded = (n: number) => String(n).padStart(12, '0');
  const first = keep.has(id) ? 0 : 1;
  return [
    first,
    value.minimized ? 0 : 1,
    padded(value.scenario.steps.length),
    padded(encodeCase(value).length),
    id,
  ].join(' ');
}

/** A reader sees the old file or the new one, never a part: written beside, flushed, renamed. */
function writeWhole(directory: string, path: string, text: string): void {
  makeDirectory(directory);
  const temporary = join(directory, `.${process.pid}-${idOf(text).slice(0, 16)}.tmp`);
  const file = openSync(temporary, 'w');
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}
