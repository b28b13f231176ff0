// plumbing: tests of generateCase — determinism, validity, options
import { asText } from '../testing/arbitrary-assertions.js';
import { scenarioProblem } from '../testing/validity.js';
import { FAMILIES, generateCase } from '../index.js';

describe('generateCase', () => {
  it('depends on seed and k only', () => {
    const first = [3, 1, 2].map((k) => asText(generateCase('seed', k)));
    const again = [1, 2, 3].map((k) => asText(generateCase('seed', k)));
    expect([first[1], first[2], first[0]]).toEqual(again);
  });

  it('gives other cases for other seeds and numbers', () => {
    const cases = ['a', 'b', ''].flatMap((seed) => [0, 1, 2, 3].map((k) => asText(generateCase(seed, k).scenario)));
    expect(new Set(cases).size).toBe(cases.length);
  });

  it('gives valid modules for a thousand cases', () => {
    for (let k = 0; k < 1000; k++) {
      const problem = scenarioProblem(generateCase('valid', k).scenario);
      if (problem !== undefined) throw new Error(`case ${k}: ${problem}`);
    }
  });

  it('keeps export names of a module unique', () => {
    for (let k = 0; k < 300; k++) {
      for (const source of generateCase('names', k).scenario.modules) {
        if (source.kind !== 'program') continue;
        const names = source.program.exports.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
      }
    }
  });

  it('stays within the selected families', () => {
    for (const family of FAMILIES) {
      for (let k = 0; k < 20; k++) {
        const { families } = generateCase('families', k, { families: [family] });
        expect(families).toEqual([family]);
      }
    }
  });

  it('takes the profile that it is told', () => {
    for (let k = 0; k < 20; k++) {
      expect(generateCase('profile', k, { profile: 'application-13' }).scenario.profile).toBe('application-13');
    }
  });
});
