// table: the output formats of a report, each made from report@1 alone
import { htmlText } from './html.js';
import { encodeReport } from './json.js';
import { junitText } from './junit.js';
import { markdownText } from './markdown.js';
import { located } from './replay.js';
import type { Report } from './report.js';
import { terminalText } from './terminal.js';

/** How a report is made. */
export interface ReportFormat {
  /** Where it goes when no path is given; absent: standard output. */
  readonly file?: string;
  /** @param color whether colours may be used, where the format has any */
  readonly render: (report: Report, color: boolean) => string;
}

/** What `--report KIND` can be. */
export const FORMATS = {
  terminal: { render: (report, color) => terminalText(located(report), { color }) },
  json: { file: 'report.json', render: encodeReport },
  junit: { file: 'junit.xml', render: (report) => junitText(located(report)) },
  markdown: { file: 'report.md', render: (report) => markdownText(located(report)) },
  html: { file: 'report.html', render: (report) => htmlText(located(report)) },
} as const satisfies Record<string, ReportFormat>;

export type Format = keyof typeof FORMATS;

export function isFormat(name: string): name is Format {
  return Object.hasOwn(FORMATS, name);
}
