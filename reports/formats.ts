// table: the output formats of a report, each made from report@1 alone
import { htmlText } from './html.js';
import { encodeReport } from './json.js';
import { junitText } from './junit.js';
import { markdownText } from './markdown.js';
import type { Report } from './report.js';
import { terminalText } from './terminal.js';

/** What `--report KIND` can be, with the file name that is used where no path is given. */
export const FORMATS = {
  terminal: { file: 'report.txt', render: (report: Report) => terminalText(report, { color: false }) },
  json: { file: 'report.json', render: encodeReport },
  junit: { file: 'report.xml', render: junitText },
  markdown: { file: 'report.md', render: markdownText },
  html: { file: 'report.html', render: htmlText },
} as const satisfies Record<string, { readonly file: string; readonly render: (report: Report) => string }>;

export type Format = keyof typeof FORMATS;

export function isFormat(name: string): name is Format {
  return Object.hasOwn(FORMATS, name);
}
