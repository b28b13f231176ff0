// plumbing: tests of what a cache keeps
import { Cache } from './cache.js';

/** A cache that notes what was made. */
function noting(size: ConstructorParameters<typeof Cache>[0]) {
  const cache = new Cache<string, object>(size);
  const made: string[] = [];
  const ask = (keys: string): string => {
    made.length = 0;
    for (const key of keys) {
      cache.getOrMake(key, () => {
        made.push(key);
        return {};
      });
    }
    return made.join('');
  };
  return { ask };
}

describe('a cache', () => {
  it('makes a value once', () => {
    const { ask } = noting({ once: 2, again: 2, forgotten: 2 });
    expect(ask('aaba')).toBe('ab');
  });

  it('forgets what was asked for once when as many others were', () => {
    const { ask } = noting({ once: 2, again: 2, forgotten: 2 });
    expect(ask('abc')).toBe('abc');
    expect(ask('cb')).toBe('');
    expect(ask('a')).toBe('a');
  });

  it('keeps what was asked for again, however many others are asked for once', () => {
    const { ask } = noting({ once: 2, again: 1, forgotten: 1 });
    ask('aa');
    ask('bcdefghi');
    expect(ask('a')).toBe('');
  });

  it('knows a key that was asked for before when it has forgotten the value', () => {
    const { ask } = noting({ once: 1, again: 1, forgotten: 2 });
    ask('abc');
    expect(ask('a')).toBe('a');
    ask('defghi');
    expect(ask('a')).toBe('');
  });

  it('forgets keys, too', () => {
    const { ask } = noting({ once: 1, again: 1, forgotten: 1 });
    ask('abc');
    expect(ask('a')).toBe('a');
    // Asked for once again, as far as it knows.
    ask('de');
    expect(ask('a')).toBe('a');
  });

  it('forgets what was asked for again longest ago', () => {
    const { ask } = noting({ once: 1, again: 2, forgotten: 1 });
    ask('aabbaacc');
    expect(ask('ac')).toBe('');
    expect(ask('b')).toBe('b');
  });
});
