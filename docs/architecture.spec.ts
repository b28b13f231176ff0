// plumbing: tests that docs/architecture.md describes the folders that there are
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const DESCRIBED = [...readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| `([^`]+)\/` *\|/gm)].map(
  ([, folder]) => folder!,
);
const NOT_SOURCE = new Set(['node_modules', 'dist', 'coverage']);
const folders = (of: string) =>
  readdirSync(of, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_SOURCE.has(entry.name))
    .map(({ name }) => (of === '.' ? name : `${of}/${name}`));

describe('docs/architecture.md', () => {
  it('describes every folder at the top, and every one in harness/', () => {
    const missing = [...folders('.'), ...folders('harness')].filter((folder) => !DESCRIBED.includes(folder));
    expect(missing).toEqual([]);
  });

  it('describes no folder that does not exist', () => {
    expect(DESCRIBED.length).toBeGreaterThan(20);
    expect(DESCRIBED.filter((folder) => !existsSync(folder))).toEqual([]);
  });
});
