// plumbing: tests of the campaign that changes the executor's source
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../runner/suite.js';

const campaign = (...args: string[]) =>
  spawnSync(process.execPath, [join(packageRoot(), 'dist/harness/mutants/source.js'), '--jobs', '1', ...args], {
    encoding: 'utf8',
    timeout: 120_000,
  });

describe('campaign:source-mutants', () => {
  it('says which clause caught a change of a line, and the same seed draws the same changes', () => {
    const [one, again] = [1, 2].map(() => campaign('--count', '2', '--cases', '40', '--only', 'canister-status'));
    expect(one?.stdout).toMatch(/canister-status\.js:\d+ caught after \d+ canister-status\//);
    expect(one?.stdout).toMatch(/\d of \d changes caught within 40 cases/);
    expect(again?.stdout).toBe(one?.stdout);
  }, 120_000);

  it('shows a change that nobody noticed, before and after', () => {
    const { stdout } = campaign('--count', '1', '--cases', '1', '--only', 'canister-status');
    expect(stdout).toMatch(/SURVIVES\n {2}\S.*\n {2}\S/);
    expect(stdout).toContain('0 of 1 changes caught within 1 cases; 1 to read');
  }, 120_000);

  it('changes the model, too', () => {
    const { stdout } = campaign(
      '--of',
      'reference-model',
      '--count',
      '1',
      '--cases',
      '40',
      '--only',
      'canister-status',
    );
    expect(stdout).toMatch(/canister-status\.js:\d+ (caught after \d+ canister-status\/|SURVIVES)/);
  }, 120_000);

  it('refuses a path that no file of the executor has', () => {
    const { status, stderr } = campaign('--only', 'nosuch');
    expect([status, stderr]).toEqual([2, expect.stringContaining('no file of the executor has this in its path')]);
  });
});
