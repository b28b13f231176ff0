// plumbing: the option --report — kinds of report, and where they are written
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { encodeReport } from '../../reports/json.js';
import { junitText } from '../../reports/junit.js';
import { markdownText } from '../../reports/markdown.js';
import type { Report } from '../../reports/report.js';
import { terminalText } from '../../reports/terminal.js';
import { UsageError } from '../runner/run.js';

interface Kind {
  readonly text: (report: Report) => string;
  /** Where it goes without a path; undefined: standard output. */
  readonly path?: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  terminal: { text: (report) => terminalText(report, { color: hasColor() }) },
  json: { text: encodeReport, path: 'report.json' },
  junit: { text: junitText, path: 'junit.xml' },
  markdown: { text: markdownText, path: 'report.md' },
};

/** One report to be made. */
export interface ReportRequest {
  readonly kind: string;
  readonly path?: string;
}

/** KIND or KIND=PATH. @throws UsageError for a kind that does not exist */
export function reportRequest(text: string): ReportRequest {
  const [kind = '', ...rest] = text.split('=');
  const known = KINDS[kind];
  if (known === undefined) {
    throw new UsageError(
      `--report ${text}: unknown kind ${JSON.stringify(kind)}. There are: ${Object.keys(KINDS).join(', ')}`,
    );
  }
  const path = rest.length > 0 ? rest.join('=') : known.path;
  return { kind, ...(path !== undefined && { path }) };
}

/** Writes the reports; the terminal's is always shown unless it was asked for. @throws UsageError where a file cannot be written */
export function writeReports(report: Report, requests: readonly ReportRequest[]): void {
  const all = requests.some(({ kind }) => kind === 'terminal') ? requests : [{ kind: 'terminal' }, ...requests];
  for (const { kind, path } of all) {
    const text = KINDS[kind]?.text(report) ?? '';
    if (path === undefined) process.stdout.write(text);
    else writeFile(path, text);
  }
}

/** @throws UsageError where it cannot be written */
export function writeFile(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`${path}: cannot be written (${error instanceof Error ? error.message : String(error)})`);
  }
}

export function hasColor(): boolean {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
}
