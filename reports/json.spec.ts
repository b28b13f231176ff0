// plumbing: tests of report@1
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { decodeReport, encodeReport, ReportError, reportSchema } from './json.js';
import { formatJson } from './schemas/json.js';
import { sampleReport } from './testing/sample.js';
import { present } from '../spec/testing/present.js';

const published = JSON.parse(readFileSync('reports/schemas/report-1.json', 'utf8')) as object;
const accepts = new Ajv2020({ strict: true }).compile(published);

function mutilated(change: (json: never) => void): string {
  const json = JSON.parse(encodeReport(sampleReport)) as never;
  change(json);
  return JSON.stringify(json);
}

function errorOf(text: string): ReportError {
  try {
    decodeReport(text, 'r.json');
  } catch (error) {
    if (error instanceof ReportError) return error;
    throw error;
  }
  throw new Error('the report was accepted');
}

type Loose = Record<string, unknown>;

describe('report@1', () => {
  it('comes back as it went', () => {
    expect(decodeReport(encodeReport(sampleReport), 'r.json')).toEqual(sampleReport);
  });

  it('is the same text whatever the order in which maps were filled', () => {
    const { msg_reply, time } = sampleReport.matrix as { msg_reply: never; time: never };
    expect(encodeReport({ ...sampleReport, matrix: { time, msg_reply } })).toBe(encodeReport(sampleReport));
  });

  it('is described by the published schema, and that says what the reader says', () => {
    expect(accepts(JSON.parse(encodeReport(sampleReport)))).toBe(true);
    expect(formatJson(reportSchema())).toBe(formatJson(published as never));
  });

  const places: [string, (json: never) => void, string][] = [
    ['an unknown field', (json: Loose) => (json['colour'] = 1), '$.colour'],
    ['a missing field', (json: Loose) => delete json['complete'], '$.complete'],
    ['a negative count', (json: { totals: Loose }) => (json.totals['failed'] = -1), '$.totals.failed'],
    [
      'an unknown context',
      (json: { matrix: { time: Loose } }) => (json.matrix.time['X'] = json.matrix.time['s']),
      '$.matrix.time.X',
    ],
    [
      'an unknown field deep in a story',
      (json: { failures: { story: { steps: { boundaries: Loose[] }[] } }[] }) =>
        (present(present(present(json.failures[0]).story.steps[0]).boundaries[0])['mood'] = 'bad'),
      '$.failures[0].story.steps[0].boundaries[0].mood',
    ],
    [
      'an unknown verdict',
      (json: { skipped: Loose[] }) => (present(json.skipped[0])['verdict'] = 'pass'),
      '$.skipped[0].verdict',
    ],
  ];

  it.each(places)('is refused for %s, and the message says where', (_, change, where) => {
    expect(errorOf(mutilated(change)).where).toBe(where);
  });

  it.each(places)('is refused by the published schema for %s', (_, change) => {
    expect(accepts(JSON.parse(mutilated(change)))).toBe(false);
  });

  it('is refused when cut off, or when it is something else', () => {
    expect(errorOf(encodeReport(sampleReport).slice(0, 500)).message).toMatch(/r\.json.*cut off/);
    expect(errorOf('{"schema": "ic0-conformance/case@1"}').message).toContain('case@1');
  });
});
