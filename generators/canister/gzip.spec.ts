// plumbing: tests of gzip streams, against Node's
import { gunzipSync } from 'node:zlib';
import { GZIP_FLAGS, gzipped } from './gzip.js';

describe('gzipped', () => {
  it.each([0, 1, 65_535, 65_536, 200_000])('is undone by gunzip (%i bytes)', (length) => {
    const content = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
    expect(Buffer.compare(gunzipSync(gzipped(content)), Buffer.from(content))).toBe(0);
  });

  it.each([...Object.values(GZIP_FLAGS), 0x1e])('may have optional fields in its header (flags %i)', (flags) => {
    expect([...gunzipSync(gzipped(Uint8Array.of(1, 2, 3), flags))]).toEqual([1, 2, 3]);
  });
});
