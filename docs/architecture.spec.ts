// plumbing: tests that docs/architecture.md describes the folders that there are
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { present } from '../spec/testing/present.js';

/** What a folder may use, as its row says, by its name. */
const ROWS = new Map(
  [...readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| `([^`]+)\/` *\|[^|]*\|[^|]*\|([^|]*)\|$/gm)].map(
    ([, folder, uses]) => [present(folder), present(uses)],
  ),
);
const DESCRIBED = [...ROWS.keys()];
const NOT_SOURCE = new Set(['node_modules', 'dist', 'coverage']);
const folders = (of: string) =>
  readdirSync(of, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_SOURCE.has(entry.name))
    .map(({ name }) => (of === '.' ? name : `${of}/${name}`));

/** The folders below harness/, and the layers that not all of it uses, that the code of a folder imports, without its tests. */
function importedBy(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.[mc]?ts$/.test(name) && !/\.spec\.ts$|\btesting\b/.test(name),
  );
  const imported = files.flatMap((name) => {
    const file = join(folder, name);
    const paths = readFileSync(file, 'utf8').matchAll(/(?:from |import\()'(\.[^']+)'/g);
    return [...paths].map(([, path]) => normalize(join(dirname(file), present(path))).split('/'));
  });
  const places = imported.flatMap(([layer, below, file]) => {
    if (layer !== 'harness') return [present(layer)];
    return file === undefined ? [] : [`harness/${present(below)}`];
  });
  return [...new Set(places)].filter((place) => ![folder, 'spec', 'reports'].includes(place)).sort();
}

function isListed(place: string, uses: string): boolean {
  if (uses.includes('all layers') || (place.startsWith('harness/') && uses.includes('the rest of `harness/`')))
    return true;
  return uses.includes(`\`${place}/`);
}

describe('docs/architecture.md', () => {
  it.each(folders('harness'))('lists what %s uses', (folder) => {
    const unlisted = importedBy(folder).filter((place) => !isListed(place, ROWS.get(folder) ?? ''));
    expect(unlisted).toEqual([]);
  });

  it('describes every folder at the top, and every one in harness/', () => {
    const missing = [...folders('.'), ...folders('harness')].filter((folder) => !DESCRIBED.includes(folder));
    expect(missing).toEqual([]);
  });

  it('describes no folder that does not exist', () => {
    expect(DESCRIBED.length).toBeGreaterThan(20);
    expect(DESCRIBED.filter((folder) => !existsSync(folder))).toEqual([]);
  });
});
