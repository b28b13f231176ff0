// plumbing: tests of how many mutants a campaign has to catch
import { mutants } from '../mutants/index.js';
import { caughtShares, REQUIRED_PERCENT } from './required-share.js';
import { UNSEEN } from './unseen.js';

const [hidden = ''] = UNSEEN.keys();
const caught = { cases: 1, rule: 'a/b', own: true, kind: 'ended', expected: '', actual: '' };
/** So many mutants that can be seen, some of them caught. */
const seeable = (n: number, caughtOnes: number) =>
  Array.from({ length: n }, (_, i) => ({ mutant: `seeable ${i}`, ...(i < caughtOnes && { caught }) }));

describe('a campaign', () => {
  it('has to catch nine of ten mutants that can be seen from outside, and both shares are told', () => {
    const enough = caughtShares([...seeable(10, 9), { mutant: hidden }], 'spec');
    expect(enough.isEnough).toBe(true);
    expect([enough.seeable.percent, enough.all.caught, enough.all.of]).toEqual([90, 9, 11]);
    expect(caughtShares(seeable(10, 8), 'spec').isEnough).toBe(false);
  });

  it('is not helped by those that cannot be seen, nor held back', () => {
    const helped = [...seeable(10, 8), { mutant: hidden, caught }, { mutant: hidden, caught }];
    expect(caughtShares(helped, 'spec').isEnough).toBe(false);
    expect(caughtShares([{ mutant: hidden }], 'spec').isEnough).toBe(true);
  });

  it('has to catch four of five of all at tier profile', () => {
    const found = [...seeable(7, 7), { mutant: hidden, caught }, { mutant: hidden }, { mutant: hidden }];
    expect(caughtShares(found, 'profile').isEnough).toBe(true);
    expect(caughtShares([...found, { mutant: hidden }], 'profile').isEnough).toBe(false);
  });

  it('can reach that share, and could not of all mutants: too many cannot be seen', () => {
    const ofExecutor = mutants.filter(({ family }) => family !== 'model');
    const seen = ofExecutor.filter(({ name }) => !UNSEEN.has(name));
    expect(100 * seen.length).toBeLessThan(REQUIRED_PERCENT.spec * ofExecutor.length);
    const all = ofExecutor.map(({ name }) => ({ mutant: name, ...(!UNSEEN.has(name) && { caught }) }));
    expect(caughtShares(all, 'spec').isEnough).toBe(true);
  });
});
