// plumbing: tests of suggestions
import { nearest } from './nearest.js';

describe('what is suggested', () => {
  it('is the clause that was misspelled, first', () => {
    expect(nearest('atomicity/globalz')[0]).toBe('atomicity/globals');
    expect(nearest('reponding/reply-at-most-once')[0]).toBe('responding/reply-at-most-once');
  });

  it('does not depend on capitals', () => {
    expect(nearest('ATOMICITY/Globals')[0]).toBe('atomicity/globals');
  });

  it('is found by the statement alone, or under another chapter', () => {
    expect(nearest('globals')).toContain('atomicity/globals');
    expect(nearest('traps/globals')).toContain('atomicity/globals');
  });

  it('is the chapter where no statement is near, and nothing where there is no such chapter', () => {
    expect(nearest('time/travel-into-the-past')).toContain('time/monotonic');
    expect(nearest('nonsense-of-great-length')).toEqual([]);
  });
});
