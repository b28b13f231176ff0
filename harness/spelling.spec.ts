// plumbing: tests of what is suggested for a misspelled name
import { didYouMean, distance } from './spelling.js';

it.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['flaw', 'lawn', 2],
])('the distance of %j and %j is %i', (a, b, steps) => {
  expect(distance(a, b)).toBe(steps);
  expect(distance(b, a)).toBe(steps);
});

it('names that are near are suggested, the nearest first, and no others', () => {
  expect(didYouMean('exector', ['reference', 'executor'])).toBe(' Did you mean executor?');
  expect(didYouMean('keeps-global', ['keeps-timer', 'keeps-globe', 'keeps-globals'])).toBe(
    ' Did you mean keeps-globals, keeps-globe?',
  );
  expect(didYouMean('nobody', ['executor', 'reference'])).toBe('');
});
