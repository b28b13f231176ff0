// plumbing: tests of the table of mutants that no black box can show
import { mutants } from '../mutants/index.js';
import { UNSEEN } from './unseen.js';

describe('mutants that no black box can show', () => {
  const names = new Set(mutants.map(({ name }) => name));

  it('are mutants', () => {
    expect([...UNSEEN.keys()].filter((name) => !names.has(name))).toEqual([]);
  });

  it('are less than a third of all', () => {
    expect(UNSEEN.size).toBeLessThan(mutants.length / 3);
  });
});
