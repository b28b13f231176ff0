// plumbing: the option --report — kinds of report, and where they are written
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FORMATS, isFormat, type Format, type ReportFormat } from '../../reports/formats.js';
import type { Report } from '../../reports/report.js';
import { UsageError } from '../runner/options.js';

/** The kinds of report, for the help of an option. */
export const REPORT_KINDS = Object.keys(FORMATS).join(', ');

/** One report to be made. */
export interface ReportRequest {
  readonly kind: Format;
  readonly path?: string;
}

/** KIND or KIND=PATH. @throws UsageError for a kind that does not exist */
export function reportRequest(text: string): ReportRequest {
  const [kind = '', ...rest] = text.split('=');
  if (!isFormat(kind)) {
    throw new UsageError(`--report ${text}: unknown kind ${JSON.stringify(kind)}. There are: ${REPORT_KINDS}`);
  }
  const { file }: ReportFormat = FORMATS[kind];
  const path = rest.length > 0 ? rest.join('=') : file;
  return { kind, ...(path !== undefined && { path }) };
}

/** Writes the reports; the terminal's is always shown unless it was asked for. @throws UsageError where a file cannot be written */
export function writeReports(report: Report, requests: readonly ReportRequest[]): void {
  const all = requests.some(({ kind }) => kind === 'terminal')
    ? requests
    : [{ kind: 'terminal' } as const, ...requests];
  for (const { kind, path } of all) {
    const { render }: ReportFormat = FORMATS[kind];
    if (path === undefined) process.stdout.write(render(report, hasColor()));
    else writeFile(path, render(report, false));
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
