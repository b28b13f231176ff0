// plumbing: tests of the ways to decide — each liberty alone, and mixtures
import { mixture, WAYS } from './liberties.js';

const numberOf = (name: keyof (typeof WAYS)[0]['liberties']) =>
  WAYS.findIndex(({ liberties }, n) => n > 0 && liberties[name] !== WAYS[0].liberties[name]);
describe('ways to decide', () => {
  it('mix only the liberties that they are given', () => {
    for (let n = 0; n < 50; n++) {
      const { liberties } = mixture([numberOf('tasks')], n);
      expect(liberties).toMatchObject({
        order: 'oldest',
        rejects: 0,
        failingCalls: 0,
        failingGrowth: 0,
        failingMemory: 0,
        readings: 0,
      });
    }
  });
});
