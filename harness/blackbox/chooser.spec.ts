// plumbing: tests of what is decided in a run — by a way, and by a script for it
import type { Choice } from '../../spec/vocabulary/scenario.js';
import { Chooser } from './chooser.js';
import { WAYS, type Way } from './liberties.js';

const CANISTER = '00000000000000000101' as never;
const TIMER: Choice = { kind: 'global-timer', canister: CANISTER };
const execute = (message: number): Choice => ({ kind: 'execute', message: message as never });
const deliver = (message: number): Choice => ({ kind: 'deliver', message: message as never });
const reject = (message: number): Choice => ({ kind: 'reject', message: message as never, code: 2 });
const [LATE = WAYS[0]] = WAYS.filter(({ liberties }) => liberties.tasks === 0);

const scripted = (script: Readonly<Record<string, string>>): Way => ({
  ...WAYS[0],
  script: new Map(Object.entries(script)),
});

/** A chooser at its first stroke. */
function at(way: Way): Chooser {
  const chooser = new Chooser(way);
  chooser.nextStroke();
  return chooser;
}

const always = () => true;

describe('what happens next', () => {
  it('is what the way does, or what its script says', () => {
    expect(at(WAYS[0]).next([execute(1), execute(2)], always)).toEqual(execute(1));
    expect(at(scripted({ '0.0': 'execute message 2' })).next([execute(1), execute(2)], always)).toEqual(execute(2));
  });

  it('may be that a call between canisters is rejected, with either code, and no other call', () => {
    const options = (isInterCanister: boolean) => {
      const chooser = at(WAYS[0]);
      chooser.next([execute(1), reject(1)], () => isInterCanister);
      return chooser.decisions.flatMap((decision) => decision.options);
    };
    const own = ['execute message 1'];
    const rejects = ['reject message 1 with code 2', 'reject message 1 with code 1'];
    expect(options(true)).toEqual([...own, ...rejects.flatMap((words) => [words, `${words}, its response later`])]);
    expect(options(false)).toEqual([]);
  });

  it('is the response to what the script has chosen, unless it says later', () => {
    const after = (words: string) => {
      const chooser = at(scripted({ '0.0': words }));
      chooser.next([execute(1), execute(2), deliver(3)], always);
      return chooser.next([execute(1), deliver(3), deliver(4)], always);
    };
    expect(after('execute message 2')).toEqual(deliver(4));
    expect(after('execute message 2, its response later')).toEqual(execute(1));
  });

  it('may be nothing where only a timer is left', () => {
    expect(at(WAYS[0]).next([TIMER], always)).toEqual(TIMER);
    expect(at(scripted({ '0.0': 'rest' })).next([TIMER], always)).toBeUndefined();
    expect(at(LATE).next([TIMER], always)).toBeUndefined();
  });

  it('may be that a timer waits in this stroke, or in all until a message is executed', () => {
    const ran = (words: string) => {
      const chooser = at(scripted({ '0.0': words }));
      const next = (...enabled: Choice[]) => chooser.next(enabled, always);
      const first = next(TIMER);
      chooser.nextStroke();
      const second = next(TIMER);
      chooser.nextStroke();
      return [first, second, next(execute(1), TIMER), next(TIMER)];
    };
    expect(ran('rest')).toEqual([undefined, TIMER, execute(1), TIMER]);
    expect(ran('rest until a message is executed')).toEqual([undefined, undefined, execute(1), TIMER]);
  });
});

describe('time', () => {
  const goesOn = (way: Way) =>
    Array.from({ length: 20 }, () => at(way)).map((chooser, n) => {
      for (let i = 0; i < n; i++) chooser.nextStroke();
      return chooser.timeGoesOn();
    });

  it('goes on while a target settles where the way or its script says so, and usually does not', () => {
    expect(new Set(goesOn(WAYS[0]))).toEqual(new Set([false]));
    expect(new Set(goesOn(LATE))).toEqual(new Set([false, true]));
    expect(at(scripted({ '0.0': 'time goes on' })).timeGoesOn()).toBe(true);
  });
});

describe('a call that expires before it has run', () => {
  it('is executed all the same where the script says so, sometimes where some expire, and never where all do', () => {
    const [expiring = WAYS[0]] = WAYS.filter(({ liberties }) => liberties.expires === 1);
    expect(at(expiring).executesExpired()).toBe(false);
    const sometimes: Way = { name: 'some expire', liberties: { ...WAYS[0].liberties, expires: 0.5 } };
    const chooser = at(sometimes);
    expect(new Set(Array.from({ length: 20 }, () => chooser.executesExpired()))).toEqual(new Set([false, true]));
    expect(at({ ...expiring, script: new Map([['0.0', 'executed late']]) }).executesExpired()).toBe(true);
  });
});

describe('what may fail', () => {
  it('fails where the script says so, once or for the rest of the stroke', () => {
    const fails = (script: Readonly<Record<string, string>>) => {
      const chooser = at(scripted(script));
      return [0, 1, 2].map(() => chooser.fails('failingGrowth'));
    };
    expect(fails({})).toEqual([false, false, false]);
    expect(fails({ '0.1': 'true' })).toEqual([false, true, false]);
    expect(fails({ '0.1': 'true from here on' })).toEqual([false, true, true]);
  });

  it('is decided anew at the next stroke', () => {
    const chooser = at(scripted({ '0.0': 'true from here on' }));
    expect(chooser.fails('failingCalls')).toBe(true);
    chooser.nextStroke();
    expect(chooser.fails('failingCalls')).toBe(false);
  });
});

describe('a pause', () => {
  const pauses = (script: Readonly<Record<string, string>>) => {
    const chooser = at(scripted(script));
    return [3, 1].map((hint) => chooser.pauseLength(hint));
  };

  it('is as long as the target was asked for, or as the script says, once or until something waits', () => {
    expect(pauses({})).toEqual([3, 1]);
    expect(pauses({ '0.0': '0 choices before the next' })).toEqual([0, 1]);
    expect(pauses({ '0.0': 'Infinity from here on choices before the next' })).toEqual([Infinity, Infinity]);
    const chooser = at(scripted({ '0.0': '0 from here on choices before the next' }));
    expect([chooser.pauseLength(3), chooser.pauseLength(3)]).toEqual([0, 0]);
    chooser.endPauses();
    expect(chooser.pauseLength(3)).toBe(3);
  });
});

describe('readings', () => {
  it('are taken for the whole run', () => {
    const chooser = at(scripted({ 'burned stays': 'true' }));
    expect(chooser.takesReading('burned stays')).toBe(true);
    chooser.nextStroke();
    expect(chooser.takesReading('burned stays')).toBe(true);
    expect(chooser.decisions.filter(({ stroke }) => stroke < 0)).toHaveLength(1);
  });
});
