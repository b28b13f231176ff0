// plumbing: tests of the catalogue as a whole
import { SYSTEM_API } from '../system-api.js';
import { RULES, ruleNamed, twins } from './index.js';

describe('the catalogue of clauses', () => {
  it('has a unique id of the form chapter/statement for each clause', () => {
    const ids = RULES.map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]*\/[a-z0-9][a-z0-9_-]*$/);
  });

  it('names only clauses that exist as twins, and never the clause itself', () => {
    for (const { id, sameAs } of RULES) {
      for (const twin of sameAs) {
        expect([id, twin, ruleNamed(twin) !== undefined]).toEqual([id, twin, true]);
        expect(twin).not.toBe(id);
      }
    }
  });

  it('makes twins symmetric', () => {
    for (const { id } of RULES) for (const twin of twins(id)) expect(twins(twin)).toContain(id);
    expect(twins('availability/nothing')).toEqual([]);
  });

  it('has a clause of availability for each of the 74 imports, and a chapter for each', () => {
    const chapters = new Set(RULES.map((rule) => rule.id.slice(0, rule.id.indexOf('/'))));
    expect(SYSTEM_API).toHaveLength(74);
    for (const { name, chapter } of SYSTEM_API) {
      expect(ruleNamed(`availability/${name}`)?.level).toBe('must');
      expect([name, chapters.has(chapter)]).toEqual([name, true]);
    }
  });

  it('has each of the 60 ambiguities once, with all its readings', () => {
    const ambiguous = RULES.filter((rule) => rule.level === 'ambiguous');
    const numbers = ambiguous.map((rule) => rule.ambiguity ?? 0).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, k) => k + 1));
    for (const { readings } of ambiguous) expect(readings.length).toBeGreaterThanOrEqual(2);
  });

  it('gives readings to ambiguous clauses only, and a way of observation to all', () => {
    for (const rule of RULES) {
      if (rule.level !== 'ambiguous') expect(rule.readings).toEqual([]);
      expect(rule.observability.length).toBeGreaterThan(0);
      expect(rule.text).toMatch(/[.…]$/);
      expect(rule.anchor).toMatch(/^[A-Za-z-]+\.md#[a-z0-9_-]+$/);
    }
  });

  it('binds named implementations only by the clauses of the chapter profile', () => {
    for (const { id, tier } of RULES) expect([id, tier]).toEqual([id, id.startsWith('profile/') ? 'profile' : 'spec']);
  });
});
