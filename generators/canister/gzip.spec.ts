// plumbing: tests of gzip streams, against Node's
import { gunzipSync } from 'node:zlib';
import { gzipped } from './gzip.js';

describe('gzipped', () => {
  it.each([0, 1, 65_535, 65_536, 200_000])('is undone by gunzip (%i bytes)', (length) => {
    const content = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
    expect(Buffer.compare(gunzipSync(gzipped(content)), Buffer.from(content))).toBe(0);
  });
});
