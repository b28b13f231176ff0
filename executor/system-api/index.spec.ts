// plumbing: tests that handlers, files and the import table agree
import { existsSync, readFileSync } from 'node:fs';
import { SYSTEM_API } from '../../spec/system-api.js';
import { SYSTEM_CALLS } from './index.js';

const fileOf = (name: string) => new URL(`./${name.replaceAll('_', '-')}.ts`, import.meta.url);

describe('the System API', () => {
  it('has a handler for every row of the import table and no other', () => {
    expect(Object.keys(SYSTEM_CALLS).sort()).toEqual(SYSTEM_API.map(({ name }) => name).sort());
  });

  it.each(SYSTEM_API.map(({ name }) => name))('%s has a file that names it and its chapter', (name) => {
    expect(existsSync(fileOf(name))).toBe(true);
    const [first] = readFileSync(fileOf(name), 'utf8').split('\n');
    expect(first).toMatch(new RegExp(`^// spec-shaped: ic0\\.${name} — canister-interface\\.md#`));
  });

  it.each(SYSTEM_API.map(({ name, params }) => [name, params.length] as const))(
    '%s takes the parameters of the table',
    (name, count) => {
      // Without the execution, which handlers that do not need it leave out.
      const { length } = SYSTEM_CALLS[name as keyof typeof SYSTEM_CALLS] as (...args: never[]) => unknown;
      expect(length === count + 1 || (count === 0 && length === 0)).toBe(true);
    },
  );
});
