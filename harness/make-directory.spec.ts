// plumbing: tests of directories that are made
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory } from './make-directory.js';

const root = mkdtempSync(join(tmpdir(), 'ic0-conformance-directory-'));
afterAll(() => rmSync(root, { recursive: true }));

it('is made with those above it, and left as it is where it exists', () => {
  const path = join(root, 'a', 'b', 'c');
  makeDirectory(path);
  writeFileSync(join(path, 'file'), '');
  makeDirectory(path);
  expect(statSync(join(path, 'file')).isFile()).toBe(true);
  expect(() => makeDirectory('.')).not.toThrow();
  expect(() => makeDirectory('/')).not.toThrow();
});

it('is refused with the error of the host, wherever that comes from', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makeDirectory(join(root, 'file'))).toThrow(/EEXIST/);
  expect(() => makeDirectory(join(root, 'file', 'below'))).toThrow(/ENOTDIR/);
  expect(() => makeDirectory('')).toThrow(/ENOENT/);
});

(existsSync('/proc/self') ? it : it.skip)('is refused below /proc, where mkdirSync would never return', () => {
  expect(() => makeDirectory('/proc/nobody/nothing')).toThrow(/ENOENT/);
});
