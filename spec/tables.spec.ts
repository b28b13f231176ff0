// plumbing: tests that the table of limits agrees with the catalogue, and what the production profile makes of it
import { LIMITS, type NamedLimit } from './limits.js';
import { application13 } from './profiles/profiles.js';
import { ruleNamed } from './rules/index.js';

describe('the table of limits', () => {
  const limits = Object.entries(LIMITS) as [string, NamedLimit][];

  it.each(limits)('%s names a clause', (_name, { clause }) => {
    expect(ruleNamed(clause)?.id).toBe(clause);
  });

  it('gives the production profile its memories in pages', () => {
    expect(application13.limits).toMatchObject({
      wasm32Pages: 65_536n,
      wasm64Pages: 98_304n,
      stablePages: 8_192_000n,
    });
  });
});
