// plumbing: tests of what fill does with a directory that is there already
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from '../runner/suite.js';
import { FillDirectoryError, prepareDirectory } from './prepare.js';
import { encodeStaticIndex, STATIC_INDEX_SCHEMA } from './static-case.js';

const directory = mkdtempSync(join(tmpdir(), 'ic0-conformance-fill-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A directory with these files. */
function holding(name: string, files: Readonly<Record<string, string>>): string {
  const out = join(directory, name);
  mkdirSync(join(out, 'cases'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(out, file), text);
  return out;
}

const index = (...files: string[]) =>
  encodeStaticIndex({
    schema: STATIC_INDEX_SCHEMA,
    suite: suite(),
    seed: '0',
    cases: files.map((file) => ({ file, rules: [], canisters: 0, steps: 0, expectations: 0 })),
    skipped: [],
  });

it('a directory that is new or empty is taken', () => {
  expect(() => prepareDirectory(join(directory, 'new'))).not.toThrow();
  mkdirSync(join(directory, 'empty'));
  expect(() => prepareDirectory(join(directory, 'empty'))).not.toThrow();
});

it('cases that were written before are removed, and nothing else', () => {
  const out = holding('again', {
    'index.json': index('cases/00000.json', 'cases/00001.json'),
    'cases/00000.json': '{}',
    'cases/00001.json': '{}',
    'cases/mine.json': '{}',
  });
  prepareDirectory(out);
  expect(readdirSync(join(out, 'cases'))).toEqual(['mine.json']);
});

it('what a fill left that was cut off is removed: cases without an index, the last of them torn', () => {
  const out = holding('cut off', {
    'cases/00000.json': '{\n  "schema": "ic0-conformance/static-case@1",\n  "suite": {} }',
    'cases/00001.json': '{\n  "schema": "ic0-conformance/static-case@1",',
    'cases/00002.json': '',
  });
  mkdirSync(join(out, 'schemas'));
  prepareDirectory(out);
  expect(readdirSync(join(out, 'cases'))).toEqual([]);
});

it.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['files of somebody else', { 'README.md': 'mine' }, /is not empty, and has no index\.json/],
  ['cases of somebody else', { 'cases/00000.json': '{}' }, /is not empty, and has no index\.json/],
  ['another index', { 'index.json': '{"schema":"mine"}' }, /is not that of static cases/],
  ['a torn index', { 'index.json': '{' }, /is not that of static cases/],
  ['an index that leads elsewhere', { 'index.json': index('../precious.json') }, /lists "\.\.\/precious\.json"/],
])('a directory with %s is refused as it is', (name, files, message) => {
  writeFileSync(join(directory, 'precious.json'), '{}');
  const out = holding(name, files);
  expect(() => prepareDirectory(out)).toThrow(FillDirectoryError);
  expect(() => prepareDirectory(out)).toThrow(message);
  for (const file of Object.keys(files)) expect(existsSync(join(out, file))).toBe(true);
  expect(existsSync(join(directory, 'precious.json'))).toBe(true);
});

it('a file is no directory', () => {
  writeFileSync(join(directory, 'file'), '');
  expect(() => prepareDirectory(join(directory, 'file'))).toThrow(/ENOTDIR/);
});
