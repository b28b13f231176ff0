// plumbing: tests that the tables of module requirements and limits agree with the catalogue and the production profile
import { LIMITS, type NamedLimit } from './limits.js';
import { MODULE_REQUIREMENTS } from './module-requirements.js';
import { application13 } from './profiles/profiles.js';
import { RULES, ruleNamed } from './rules/index.js';

describe('the table of module requirements', () => {
  it('has every clause of the chapter that can refuse a module, and no other', () => {
    const refusing = RULES.filter(({ id, level }) => id.startsWith('module-requirements/') && level !== 'ambiguous')
      .map(({ id }) => id)
      .filter(
        (id) => !['module-requirements/start-allowed', 'module-requirements/conforming-module-accepted'].includes(id),
      );
    const listed = MODULE_REQUIREMENTS.map(({ clause }) => clause).filter((id) =>
      id.startsWith('module-requirements/'),
    );
    expect(listed).toEqual(refusing);
  });

  it('is optional exactly where the clause is a freedom', () => {
    for (const { clause, obligation } of MODULE_REQUIREMENTS) {
      expect([clause, ruleNamed(clause)?.level]).toEqual([clause, obligation === 'optional' ? 'may' : 'must']);
    }
  });
});

describe('the table of limits', () => {
  const limits = Object.entries(LIMITS) as [string, NamedLimit][];

  it.each(limits)('%s names a clause', (_name, { clause }) => {
    expect(ruleNamed(clause)?.id).toBe(clause);
  });

  it.each(limits.filter(([name]) => name in application13.limits))(
    '%s is that of the production profile',
    (name, { value }) => {
      expect(BigInt(application13.limits[name as keyof typeof application13.limits])).toBe(value);
    },
  );

  it('bounds optional module requirements by the same figures', () => {
    for (const { limit } of MODULE_REQUIREMENTS) if (limit !== undefined) expect(limit in LIMITS).toBe(true);
  });
});
