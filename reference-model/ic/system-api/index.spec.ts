// plumbing: the table of handlers agrees with the import table and with the files
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { SYSTEM_API } from '../../../spec/system-api.js';
import { SYSTEM_API_HANDLERS } from './index.js';
import { present } from '../../../spec/testing/present.js';

const folder = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.startsWith('index'));

describe('the handlers of the System API', () => {
  it('are those of the import table, in its order', () => {
    expect(Object.keys(SYSTEM_API_HANDLERS)).toEqual(SYSTEM_API.map(({ name }) => name));
  });

  it('stand each in the file of its name', () => {
    expect(new Set(files)).toEqual(new Set(SYSTEM_API.map(({ name }) => `${name.replaceAll('_', '-')}.ts`)));
  });

  it.each(SYSTEM_API.map((f) => [f.name, f] as const))('%s takes the parameters of the import table', (name, f) => {
    expect(present(SYSTEM_API_HANDLERS[name]).length).toBe(f.params.length + 1);
  });

  it.each(SYSTEM_API.map(({ name }) => name))('%s cites its clause on the first line', (name) => {
    const [first] = readFileSync(join(folder, `${name.replaceAll('_', '-')}.ts`), 'utf8').split('\n');
    expect(first).toMatch(new RegExp(`^// spec-shaped: ic0\\.${name} — canister-interface\\.md#`));
  });
});
