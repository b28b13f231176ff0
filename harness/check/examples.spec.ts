// plumbing: tests that the committed examples are what their sources compile to
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const COMMITTED = [
  'counter/counter.wasm',
  'counter/counter.did',
  'ping-pong/ping.wasm',
  'ping-pong/ping.did',
  'ping-pong/pong.wasm',
  'ping-pong/pong.did',
  'notes/notes.wasm',
];

describe('examples', () => {
  const out = mkdtempSync(join(tmpdir(), 'ic0-conformance-examples-'));
  afterAll(() => rmSync(out, { recursive: true }));

  it('are committed as their sources compile, byte for byte', () => {
    execFileSync(process.execPath, ['examples/build.mjs', '--out', out]);
    const differing = COMMITTED.filter(
      (name) => !readFileSync(join('examples', name)).equals(readFileSync(join(out, name))),
    );
    expect(differing).toEqual([]);
  });
});
