// plumbing: tests of which steps of a case a black box is not asked for
import { generateCase } from '../../generators/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { chaos } from '../targets/chaos/chaos.js';
import { judgePrepared, prepare, type Prepared } from './judge.js';
import type { Stroke } from './observation.js';
import { present } from '../../spec/testing/present.js';

const PROFILE = present(profileNamed('conformance'));
const { capabilities } = chaos('leave out');

function prepared(k: number, all: boolean): Prepared[] {
  const made = prepare(generateCase('leave out', k).scenario, capabilities, PROFILE, { all });
  return 'verdict' in made ? [] : [made];
}

const CASES = Array.from({ length: 40 }, (_, k) => k);
const whole = CASES.flatMap((k) => prepared(k, true));
const rest = CASES.flatMap((k) => prepared(k, false));

const asserted = ({ play, expectations }: Prepared) => Math.min(play.strokes.length, expectations.usual.openFrom);
const sum = (list: readonly Prepared[]) => list.map(asserted).reduce((a, b) => a + b, 0);
const isOpen = ({ play, expectations }: Prepared) => expectations.usual.openFrom < play.strokes.length;

describe('steps in which readings differ', () => {
  it('are left out, so that more is asserted, and in no case less', () => {
    expect(whole.filter(isOpen).length).toBeGreaterThan(2 * rest.filter(isOpen).length);
    expect(sum(rest)).toBeGreaterThan(sum(whole));
    expect(rest.every((one, i) => asserted(one) >= asserted(present(whole[i])))).toBe(true);
  });

  it('are told, with the reading, once for each; so is what stays open', () => {
    for (const [i, { play, leftOut }] of rest.entries()) {
      const { play: all, leftOut: before } = present(whole[i]);
      const reasons = leftOut.slice(before.length);
      expect(reasons).toHaveLength(all.strokes.length - play.strokes.length);
      for (const reason of reasons) expect(reason).toMatch(/^a step: (readings differ \(\d+ in|no list of what)/);
    }
    const open = present(rest.find(isOpen));
    const said = judgePrepared(open, { ask: () => ({ is: 'skipped', reason: 'not today', seq: 0 }) }).leftOut;
    expect(said?.at(-1)).toMatch(/^the rest of the case: /);
    expect(said?.slice(0, -1)).toEqual(open.leftOut);
  });

  it('are the only ones that are left out: the others keep their order, and the setup is whole', () => {
    for (const [i, { play }] of rest.entries()) {
      const all = present(whole[i]);
      const left = play.strokes.map((stroke) => textOf(stroke));
      const inOrder = all.play.strokes
        .map((stroke) => textOf(stroke))
        .filter((text) => text === left[0] && left.shift());
      expect([inOrder.length, left]).toEqual([play.strokes.length, []]);
      const setup = (one: Prepared) => one.play.strokes.filter(({ step }) => step < 0);
      expect(setup({ ...all, play })).toEqual(setup(all));
      if (!isOpen(all)) expect(play.strokes).toEqual(all.play.strokes);
    }
  });
});

function textOf(stroke: Stroke): string {
  return JSON.stringify(stroke, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
