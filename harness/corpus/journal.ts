// plumbing: the journal of a run — which cases are done and what they gave, so that a killed run can go on
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isJsonObject, type Json } from '../../reports/schemas/json.js';
import { makeDirectory } from '../make-directory.js';

/** A journal that belongs to another run, or is no journal. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Pieces of the run that are done, each by a number of its own, and what they gave together. */
interface JournalEntry {
  readonly pieces: readonly number[];
  readonly result: Json;
}

const FORMAT = 'ic0-conformance/journal@1';

/**
 * One JSON object a line: what the run is, then an entry for what is done. The last line may be torn when the run was killed; it is
 * dropped, and those pieces run again.
 */
export class Journal {
  private constructor(
    private readonly path: string,
    private readonly header: string,
    /** Entries of the run so far, in the order in which they were written. */
    readonly done: readonly JournalEntry[],
  ) {}

  /**
   * Opens the journal of a run, or starts it.
   * @param run whatever decides the run's results: suite hash, seed, target, selection
   * @throws JournalError when the file belongs to a run that differs
   */
  static open(path: string, run: Json): Journal {
    const header = JSON.stringify({ format: FORMAT, run });
    if (!existsSync(path)) {
      makeDirectory(dirname(path));
      writeFileSync(path, header + '\n');
      return new Journal(path, header, []);
    }
    const text = readFileSync(path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const [first, ...lines] = whole.split('\n').slice(0, -1);
    if (first !== header) {
      throw new JournalError(
        `${path} belongs to another run (other suite, seed, target or selection). Remove it to start anew, or repeat that run's options`,
      );
    }
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
    return new Journal(
      path,
      header,
      lines.map((line, i) => entryOf(line, `${path}:${i + 2}`)),
    );
  }

  /** Writes down what is done. */
  append(entry: JournalEntry): void {
    appendFileSync(this.path, JSON.stringify(entry) + '\n');
  }

  /** One entry instead of all: a journal that has grown becomes short again. */
  replace(entry: JournalEntry): void {
    const beside = `${this.path}.new`;
    writeFileSync(beside, `${this.header}\n${JSON.stringify(entry)}\n`);
    renameSync(beside, this.path);
  }

  /** The run is complete: nothing is left to resume. */
  remove(): void {
    rmSync(this.path, { force: true });
  }
}

function entryOf(line: string, where: string): JournalEntry {
  const json = parse(line);
  if (isJsonObject(json)) {
    const { pieces, result } = json;
    if (Array.isArray(pieces) && pieces.every((piece) => typeof piece === 'number') && result !== undefined) {
      return { pieces: pieces, result };
    }
  }
  throw new JournalError(`${where}: not an entry of a journal. Remove the file to start the run anew`);
}

function parse(line: string): Json {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return null;
  }
}
