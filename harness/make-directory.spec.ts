// plumbing: tests of directories that are made
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

it('is refused, after one attempt, where the host says of a directory that its parent is missing, though it is there', () => {
  const asked: string[] = [];
  const asBelowProc = (path: string): void => {
    asked.push(path);
    throw Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' });
  };
  expect(() => makeDirectory(join(root, 'nobody', 'nothing'), asBelowProc)).toThrow(/ENOENT/);
  expect(asked).toEqual([join(root, 'nobody')]);
});
