// plumbing: tests of how a target is followed, with targets that decide anew at each step
import type { Decision } from './chooser.js';
import { replacedDecisions, follow, isUndecided, type Followed, type Found, type Steps } from './follow.js';
import { WAYS, type Way } from './liberties.js';
import { present } from '../../spec/testing/present.js';

const STEPS = 12;
const OPTIONS = ['as usual', 'a', 'b', 'c'];
/** Each step has two strokes and two decisions; the second stroke shows what was decided. */
const steps: Steps = {
  of: (stroke) => Math.floor(stroke / 2),
  hasPauses: () => false,
  hasQueues: () => false,
  reorders: false,
};

/** Ways against a target that has decided so, twice in a step. */
function against(decided: readonly string[]): { readonly run: (way: Way) => Followed; readonly runs: () => number } {
  let runs = 0;
  const run = (way: Way): Followed => {
    runs += 1;
    const decisions = decided.map((_, k): Decision => {
      const name = `${Math.floor(k / 2) * 2}.${k % 2}`;
      return {
        name,
        stroke: Math.floor(k / 2) * 2,
        options: OPTIONS,
        taken: way.script?.get(name) ?? 'as usual',
        ran: k,
      };
    });
    const wrong = decisions.findIndex(({ taken }, k) => taken !== decided[k]);
    const parts = wrong < 0 ? Infinity : Math.floor(wrong / 2) * 2 + 1 + (wrong % 2) / 4;
    return { way, decisions, course: decisions.map(({ taken }) => taken).join(), parts, focus: Math.max(0, wrong) };
  };
  return { run, runs: () => runs };
}

const followed = (decided: readonly string[]) => {
  const { run, runs } = against(decided);
  const found = follow([run(WAYS[0])], steps, run);
  return { found, runs: runs() };
};

describe('following a target', () => {
  it('finds one history of very many, decision by decision', () => {
    const decided = Array.from({ length: 2 * STEPS }, (_, k) => OPTIONS[(k * 7) % OPTIONS.length] ?? '');
    const { found, runs } = followed(decided);
    expect(found.ways.map(({ parts }) => parts)).toEqual([Infinity]);
    expect(runs).toBeLessThan(4 * 2 * STEPS);
  });

  it('tries nothing where the usual way shows it all', () => {
    expect(followed(Array.from({ length: 2 * STEPS }, () => 'as usual')).runs).toBe(1);
  });

  it('tries the readings that matter only since a decision was replaced, though the way parts sooner with the usual one', () => {
    const failing = { name: '4.0', stroke: 4, options: ['grows', 'fails'], ran: 0 };
    const reading = { name: 'beyond the end', stroke: -1, options: ['traps', 'does not'], ran: 0 };
    // Nothing comes of these, and two of them together are more than the search tries.
    const others = Array.from({ length: 60 }, (_, k) => ({ ...failing, name: `4.${k + 1}`, options: ['a', 'b'] }));
    const run = (way: Way): Followed => {
      const take = ({ options, ...rest }: Omit<Decision, 'taken'>): Decision => {
        return { ...rest, options, taken: way.script?.get(rest.name) ?? present(options[0]) };
      };
      const fails = take(failing);
      const isRead = fails.taken === 'fails';
      const decisions = [...others, failing, ...(isRead ? [reading] : [])].map(take);
      const parts = !isRead ? 5 : take(reading).taken === 'traps' ? 4 : Infinity;
      return { way, decisions, course: decisions.map(({ taken }) => taken).join(), parts, focus: 0 };
    };
    const found = follow([run(WAYS[0])], steps, run);
    expect(found.ways.map(({ parts }) => parts)).toEqual([Infinity]);
  });

  it('keeps a reading that shows too soon until what shows it is decided to happen later', () => {
    const reading: Omit<Decision, 'taken'> = { name: 'empty', stroke: -1, options: ['traps', 'does not'], ran: 0 };
    const due = { name: '4.0', stroke: 4, options: ['at once', 'later'], ran: 0 };
    const next = { name: '8.0', stroke: 8, options: ['message', 'timer'], ran: 0 };
    const others = Array.from({ length: 400 }, (_, k) => ({ ...next, name: `8.${k + 1}`, options: ['a', 'b'] }));
    const run = (way: Way): Followed => {
      const decisions = [reading, due, next, ...others].map((one): Decision => {
        return { ...one, taken: way.script?.get(one.name) ?? present(one.options[0]) };
      });
      const [isRead, isLate, isNext] = decisions.map(({ taken, options }) => taken !== options[0]);
      const parts = isRead === true && isLate === false ? 4 : isRead === true && isNext === true ? Infinity : 9;
      return { way, decisions, course: decisions.map(({ taken }) => taken).join(), parts, focus: 0 };
    };
    const found = follow([run(WAYS[0])], steps, run);
    expect(found.ways.map(({ parts }) => parts)).toEqual([Infinity]);
  });

  it('gives up where no decision gets further, and says how far it got', () => {
    const { found } = followed(['a', 'as usual', 'forbidden', 'as usual']);
    expect(found.ways.length).toBeGreaterThan(0);
    expect(new Set(found.ways.map(({ parts }) => Math.floor(parts)))).toEqual(new Set([3]));
    expect(replacedDecisions(found.ways)).toBe(1);
    expect(isUndecided(found, steps)).toBe(false);
  });

  it('leaves undecided what took many decisions otherwise, or one where there are many to take', () => {
    const several = followed(['a', 'b', 'forbidden', 'as usual']).found;
    const [one, usual] = [
      ['a', 'as usual', 'forbidden'],
      ['as usual', 'as usual', 'forbidden'],
    ].map((decided) => followed(decided).found);
    // As if all that there is to decide were in one step.
    const together: Steps = { ...steps, of: () => 0 };
    const calls = ({ ways, isExhausted }: Found): Found => ({
      ways: ways.map((way) => ({
        ...way,
        decisions: Array.from({ length: 8 }, (_, i) => present(way.decisions[i % way.decisions.length])),
      })),
      isExhausted,
    });
    expect([isUndecided(several, steps), isUndecided(present(one), steps)]).toEqual([true, false]);
    expect([isUndecided(calls(present(one)), together), isUndecided(calls(present(usual)), together)]).toEqual([
      true,
      false,
    ]);
    const paused: Steps = { ...steps, hasPauses: () => true };
    expect([isUndecided(present(one), paused), isUndecided(present(usual), paused)]).toEqual([true, false]);
  });

  it('leaves undecided what shows steps later, where there was much to decide when it was executed', () => {
    const { way, decisions, course } = present(followed(['a', 'as usual', 'forbidden']).found.ways[0]);
    const early = Array.from({ length: 8 }, (_, ran): Decision => ({ ...present(decisions[0]), stroke: 0, ran }));
    const late = [...early, { ...present(decisions[0]), stroke: 10, ran: 20 }];
    const partedBy = (focus: number): Found => ({
      ways: [{ way, decisions: late, course, parts: 10.5, focus }],
      isExhausted: false,
    });
    expect([isUndecided(partedBy(3), steps), isUndecided(partedBy(20), steps)]).toEqual([true, false]);
  });

  it('leaves undecided what comes in between where the target has an order of its own, unless all was tried', () => {
    const { found } = followed(['as usual', 'as usual', 'forbidden']);
    const paused: Steps = { ...steps, hasPauses: () => true, reorders: true };
    const tried = (isExhausted: boolean) => ({ ...found, isExhausted });
    expect([isUndecided(tried(false), paused), isUndecided(tried(true), paused)]).toEqual([true, false]);
    expect(isUndecided(tried(false), { ...paused, hasPauses: () => false })).toBe(false);
    // What came in between shows in a later step, too: the target parts in the second, and a pause was in the first or comes in the third.
    const pausedIn = (paused: number): Steps => ({ ...steps, hasPauses: (step) => step === paused, reorders: true });
    expect([0, 2].map((step) => isUndecided(tried(false), pausedIn(step)))).toEqual([true, false]);
  });

  it('leaves undecided in what order calls of one pair came where the target has an order of its own', () => {
    const { found } = followed(['as usual', 'as usual', 'forbidden']);
    const queued: Steps = { ...steps, hasQueues: (step) => step === 1, reorders: true };
    expect(isUndecided(found, queued)).toBe(true);
    expect(isUndecided(found, { ...queued, reorders: false })).toBe(false);
    expect(isUndecided(found, { ...queued, hasQueues: (step) => step === 0 })).toBe(false);
  });

  it('is not led astray by a decision that gets further by chance, and no further', () => {
    const { run } = against(['as usual', 'b', ...Array.from({ length: 2 * STEPS }, () => 'as usual')]);
    // It is tried first, and after it there is other to decide, so that taking it back leaves nothing that was found meanwhile.
    const luring = (way: Way): Followed => {
      if (way.script?.get('0.0') !== 'a') return { ...run(way), focus: 0 };
      const { script } = way;
      const decisions = run(way).decisions.map((one): Decision => {
        if (one.name === '0.0') return one;
        const name = `lured ${one.name}`;
        return { ...one, name, taken: script.get(name) ?? 'as usual' };
      });
      return { way, decisions, course: decisions.map(({ taken }) => taken).join(), parts: 2 * STEPS, focus: 0 };
    };
    expect(follow([luring(WAYS[0])], steps, luring).ways.map(({ parts }) => parts)).toEqual([Infinity]);
  });

  it('tries two decisions together where one alone shows nothing', () => {
    const { run } = against(['a', 'b']);
    const blind = (way: Way): Followed => {
      const tried = run(way);
      return tried.parts === Infinity ? tried : { ...tried, parts: 1 };
    };
    expect(follow([blind(WAYS[0])], steps, blind).ways.map(({ parts }) => parts)).toEqual([Infinity]);
  });

  it('takes decisions of later strokes otherwise where what shows at a stroke comes later', () => {
    const { run } = against(['as usual', 'as usual', 'a', 'as usual']);
    // What the second step decides shows at the first stroke.
    const late = (way: Way): Followed => {
      const tried = run(way);
      return tried.parts === Infinity ? tried : { ...tried, parts: 0.5 };
    };
    const together: Steps = { ...steps, of: () => 0, hasPauses: () => true, reorders: true };
    expect(follow([late(WAYS[0])], together, late).ways.map(({ parts }) => parts)).toEqual([Infinity]);
    expect(follow([late(WAYS[0])], steps, late).ways[0]?.parts).toBe(0.5);
  });
});
