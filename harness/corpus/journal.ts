// plumbing: the journal of a run — which cases are done and what they gave, so that a killed run can go on
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isJsonObject, type Json } from '../../reports/schemas/json.js';

/** A journal that belongs to another run, or is no journal. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** What was done between two cases: `from` inclusive, `to` exclusive. */
export interface JournalEntry {
  readonly from: number;
  readonly to: number;
  readonly result: Json;
}

const FORMAT = 'ic0-conformance/journal@1';

/**
 * One JSON object a line: what the run is, then an entry for each range of cases that is done. The last line may be torn when the run
 * was killed; it is dropped, and those cases run again.
 */
export class Journal {
  private constructor(
    private readonly path: string,
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
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, header + '\n');
      return new Journal(path, []);
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
      lines.map((line, i) => entryOf(line, `${path}:${i + 2}`)),
    );
  }

  /** Writes down that the cases are done. */
  append(entry: JournalEntry): void {
    appendFileSync(this.path, JSON.stringify(entry) + '\n');
  }
}

function entryOf(line: string, where: string): JournalEntry {
  const json = parse(line);
  if (isJsonObject(json)) {
    const { from, to, result } = json;
    if (typeof from === 'number' && typeof to === 'number' && result !== undefined) return { from, to, result };
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
