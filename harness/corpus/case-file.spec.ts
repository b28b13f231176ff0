// plumbing: tests of case@1
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CaseFileError, caseSchema, decodeCase, encodeCase } from './case-file.js';
import { formatJson } from '../../reports/schemas/json.js';
import { sampleCase } from './testing/sample.js';
import { present } from '../../spec/testing/present.js';

const published = JSON.parse(readFileSync('reports/schemas/case-1.json', 'utf8')) as object;
const accepts = new Ajv2020({ strict: true, allowUnionTypes: true, formats: {} }).compile(published);

type Loose = Record<string, unknown>;

/** The sample case as JSON with one place changed. */
function mutilated(change: (json: never) => void): string {
  const json = JSON.parse(encodeCase(sampleCase)) as never;
  change(json);
  return JSON.stringify(json);
}

function errorOf(text: string): CaseFileError {
  try {
    decodeCase(text, 'x.json');
  } catch (error) {
    if (error instanceof CaseFileError) return error;
    throw error;
  }
  throw new Error('the case was accepted');
}

describe('case@1', () => {
  it('comes back as it went', () => {
    expect(decodeCase(encodeCase(sampleCase), 'x.json')).toEqual(sampleCase);
  });

  it('is the same text after a round trip', () => {
    const text = encodeCase(sampleCase);
    expect(encodeCase(decodeCase(text, 'x.json'))).toBe(text);
  });

  it('keeps steps on lines of their own', () => {
    const lines = encodeCase(sampleCase).split('\n');
    expect(lines.filter((line) => line.includes('"kind": "advance-time"'))).toHaveLength(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(400);
  });

  it('is described by the published schema', () => {
    expect(accepts(JSON.parse(encodeCase(sampleCase)))).toBe(true);
  });

  it('has a published schema that says what the reader says', () => {
    expect(formatJson(caseSchema())).toBe(formatJson(published as never));
  });
});

describe('a damaged case file', () => {
  it.each([0, 1, 200, -2])('is refused when cut off at %d', (end) => {
    const error = errorOf(encodeCase(sampleCase).slice(0, end));
    expect(error.fault).toBe('truncated');
    expect(error.message).toContain('x.json');
  });

  it('is refused when it is not JSON', () => {
    expect(errorOf('(module)').fault).toBe('not-json');
    expect(errorOf('{"a": 1,, "b": 2}').fault).toBe('not-json');
  });

  it('is refused when it has another schema, and the message names both', () => {
    const error = errorOf(mutilated((json: Loose) => (json['schema'] = 'ic0-conformance/case@2')));
    expect(error.fault).toBe('wrong-schema');
    expect(error.message).toContain('case@2');
    expect(error.message).toContain('case@1');
  });

  it('is refused when it is a report', () => {
    expect(errorOf('{"schema": "ic0-conformance/report@1"}').fault).toBe('wrong-schema');
  });

  const places: [string, (json: never) => void, string, CaseFileError['fault']][] = [
    ['an unknown field on top', (json: Loose) => (json['extra'] = 1), '$.extra', 'unknown-field'],
    [
      'an unknown field in a setting',
      (json: { scenario: { setup: { canisters: { settings: Loose }[] } } }) =>
        (present(json.scenario.setup.canisters[1]).settings['colour'] = 'red'),
      '$.scenario.setup.canisters[1].settings.colour',
      'unknown-field',
    ],
    [
      'an unknown field in a stimulus',
      (json: { scenario: { steps: { stimulus: Loose }[] } }) =>
        (present(json.scenario.steps[9]).stimulus['sender'] = '04'),
      '$.scenario.steps[9].stimulus.sender',
      'unknown-field',
    ],
    ['a missing field', (json: Loose) => delete json['target'], '$.target', 'missing-field'],
    [
      'an amount as a number',
      (json: { scenario: { setup: { canisters: Loose[] } } }) =>
        (present(json.scenario.setup.canisters[0])['cycles'] = 5),
      '$.scenario.setup.canisters[0].cycles',
      'bad-value',
    ],
    [
      'an amount of 2^128',
      (json: { scenario: { setup: { canisters: Loose[] } } }) =>
        (present(json.scenario.setup.canisters[0])['cycles'] = String(1n << 128n)),
      '$.scenario.setup.canisters[0].cycles',
      'bad-value',
    ],
    [
      'half a byte',
      (json: { scenario: { steps: { stimulus: Loose }[] } }) => (present(json.scenario.steps[0]).stimulus['arg'] = '0'),
      '$.scenario.steps[0].stimulus.arg',
      'bad-value',
    ],
    [
      'an unknown stimulus',
      (json: { scenario: { steps: { stimulus: Loose }[] } }) =>
        (present(json.scenario.steps[0]).stimulus['kind'] = 'dance'),
      '$.scenario.steps[0].stimulus.kind',
      'bad-value',
    ],
    [
      'a module that is not there',
      (json: { scenario: { setup: { canisters: Loose[] } } }) =>
        (present(json.scenario.setup.canisters[0])['module'] = 2),
      '$.scenario.setup.canisters[0].module',
      'bad-value',
    ],
    [
      'an unknown statement in a program',
      (json: { scenario: { modules: { program: { functions: { body: Loose[] }[] } }[] } }) =>
        (present(present(present(json.scenario.modules[0]).program.functions[0]).body[0])['kind'] = 'sing'),
      '$.scenario.modules[0].program.functions[0].body[0].kind',
      'bad-value',
    ],
    [
      'base64 with a line break',
      (json: { scenario: { modules: Loose[] } }) => (present(json.scenario.modules[1])['bytes'] = 'AGFz\nbQEAAAA='),
      '$.scenario.modules[1].bytes',
      'bad-value',
    ],
  ];

  it.each(places)('is refused for %s, and the message says where', (_, change, where, fault) => {
    const error = errorOf(mutilated(change));
    expect(error.where).toBe(where);
    expect(error.fault).toBe(fault);
    expect(error.advice).not.toBe('');
  });

  const seenBySchema = places.filter(([name]) => !/2\^128|not there|statement|line break/.test(name));
  it.each(seenBySchema)('is refused by the published schema for %s', (_, change) => {
    expect(accepts(JSON.parse(mutilated(change)))).toBe(false);
  });
});
