// plumbing: the option --report — kinds of report, and where they are written
import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FORMATS, isFormat, type Format, type ReportFormat } from '../../reports/formats.js';
import type { Report } from '../../reports/report.js';
import { makeDirectory } from '../make-directory.js';
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
  if (path === '')
    throw new UsageError(
      `--report ${text}: there is no path after the "=". Leave both out for ${file ?? 'standard output'}`,
    );
  return { kind, ...(path !== undefined && { path }) };
}

/**
 * Whether every report can be written: to be asked before a long run, not after it.
 * @throws UsageError where a path is no file that can be written, or is named twice
 */
export function requireReports(requests: readonly ReportRequest[]): void {
  const paths = requests.flatMap(({ path }) => path ?? []);
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice !== undefined)
    throw new UsageError(`--report: two reports would go to ${twice}. Give each a path of its own`);
  for (const path of paths) requireFile(path);
}

/**
 * Writes the reports; the terminal's is always shown unless it was asked for. One that cannot be written does not keep the others back.
 * @throws UsageError where a file cannot be written
 */
export function writeReports(report: Report, requests: readonly ReportRequest[]): void {
  const all = requests.some(({ kind }) => kind === 'terminal')
    ? requests
    : [{ kind: 'terminal' } as const, ...requests];
  const problems: string[] = [];
  for (const { kind, path } of all) {
    const { render }: ReportFormat = FORMATS[kind];
    if (path === undefined) process.stdout.write(render(report, hasColor()));
    else {
      try {
        writeFile(path, render(report, false));
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        problems.push(error.message);
      }
    }
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

/** @throws UsageError where the path is no file that can be written */
export function requireFile(path: string): void {
  attempt(path, () => {
    if (existsSync(path)) {
      if (statSync(path).isDirectory()) throw new UsageError(`${path}: this is a directory. Name a file`);
      accessSync(path, constants.W_OK);
    } else {
      makeDirectory(dirname(path));
      accessSync(dirname(path), constants.W_OK | constants.X_OK);
    }
  });
}

/** @throws UsageError where it cannot be written */
export function writeFile(path: string, text: string): void {
  attempt(path, () => {
    makeDirectory(dirname(path));
    writeFileSync(path, text);
  });
}

function attempt(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: cannot be written (${error instanceof Error ? error.message : String(error)})`);
  }
}

function hasColor(): boolean {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
}
