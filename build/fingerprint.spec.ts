// plumbing: tests of what tells whether there is anything to build
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.js';

const directory = mkdtempSync(join(tmpdir(), 'ic0-conformance-build-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

it('a fingerprint changes with what is read and with what was written: contents, names, files more and files less', () => {
  const [input, output] = [join(directory, 'input.ts'), join(directory, 'out')];
  const written = join(output, 'deep', 'input.js');
  const print = () => fingerprint([input], output);
  writeFileSync(input, 'one');
  const seen = [print()];
  mkdirSync(join(output, 'deep'), { recursive: true });
  expect(print()).toBe(seen[0]);
  const changes: readonly (() => void)[] = [
    () => writeFileSync(written, 'one'),
    () => writeFileSync(written, 'two'),
    () => writeFileSync(input, 'two'),
    () => renameSync(written, join(output, 'input.js')),
    () => rmSync(join(output, 'input.js')),
  ];
  for (const change of changes) {
    change();
    expect(print()).toBe(print());
    expect(seen).not.toContain(print());
    seen.push(print());
  }
});
