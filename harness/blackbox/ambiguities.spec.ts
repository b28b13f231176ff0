// plumbing: tests that the table of ambiguities speaks of clauses of the catalogue, under their numbers
import { RULES } from '../../spec/rules/index.js';
import { ELSEWHERE, READINGS, reasonText, UNMODELLED } from './ambiguities.js';

const numbers = new Map(RULES.flatMap(({ id, ambiguity }) => (ambiguity === undefined ? [] : [[id, ambiguity]])));

describe('ambiguities that matter from outside', () => {
  it.each(Object.entries(UNMODELLED))('%s is an ambiguous clause, under its number', (clause, { number }) => {
    expect(numbers.get(clause)).toBe(number);
  });

  it.each(Object.entries(READINGS))('the reading "%s" is one of an ambiguous clause', (_, { clause, number }) => {
    expect(numbers.get(clause)).toBe(number);
  });

  it('are all of them: what becomes of each ambiguous clause is said, once', () => {
    const taken = new Set<string>([...Object.keys(UNMODELLED), ...Object.values(READINGS).map(({ clause }) => clause)]);
    expect([...taken].filter((clause) => clause in ELSEWHERE)).toEqual([]);
    expect(new Set([...taken, ...Object.keys(ELSEWHERE)])).toEqual(new Set(numbers.keys()));
  });

  it('are named by their numbers to people, and what no clause leaves open is not', () => {
    expect(reasonText('atomicity/tables-and-segments')).toBe('readings differ (44 in docs/ambiguities.md)');
    expect(reasonText('heartbeats')).toMatch(/^no list of what is allowed/);
  });
});
