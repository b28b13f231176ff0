// plumbing: tests of which clauses a target cannot show
import { RULES } from '../../spec/rules/index.js';
import { chaos } from './chaos/chaos.js';
import { namesOf } from './remote.js';
import { isAbout, NAMED, unjudgeable } from './unjudgeable.js';
import { present } from '../../spec/testing/present.js';

const EVERYTHING = ['balances', 'choices', 'digests', 'records', 'time', 'wasm32', 'wasm64'];
const clause = (id: string) => present(RULES.find((rule) => rule.id === id));
const BLACK_BOX = namesOf(chaos('a').capabilities);

describe('what a target cannot show', () => {
  it('is nothing where it shows everything', () => {
    expect(RULES.map(unjudgeable(EVERYTHING, 'spec')).filter((reason) => reason !== undefined)).toEqual([]);
  });

  it('is, of a black box, logs, signatures, and what binds only those who follow the profile', () => {
    const reason = unjudgeable(BLACK_BOX, 'spec');
    expect(reason(clause('debugging-aids/trap-logs'))).toBe('canister logs are not shown');
    expect(reason(clause('certified-data/certificate-delegation'))).toMatch(/not checked/);
    expect(reason(clause('certified-data/set'))).toBeUndefined();
    expect(reason(clause('heartbeat/may-call'))).toMatch(/left out/);
    expect(reason(clause('profile/fees'))).toMatch(/follow the profile/);
    expect(unjudgeable(BLACK_BOX, 'profile')(clause('profile/fees'))).toBeUndefined();
    expect(reason(clause('transform/argument'))).toBe('the target has no stimulus transform');
    expect(reason(clause('responding/reply-sends-buffer'))).toBeUndefined();
  });

  it('is what needs a stimulus, an entry point or an import that it lacks', () => {
    const without = (name: string) =>
      unjudgeable([...BLACK_BOX.filter((one) => one !== name), 'import msg_reply'], 'spec');
    expect(without('stimulus uninstall')(clause('uninstall/removes-code-and-state'))).toMatch(/no stimulus uninstall/);
    expect(without('entry point canister_heartbeat')(clause('heartbeat/needs-export'))).toMatch(/no entry point/);
    expect(without('')(clause('availability/msg_reject'))).toBe('the target does not know the import');
    expect(without('')(clause('availability/msg_reply'))).toBeUndefined();
  });

  it('is named as the catalogue names it', () => {
    expect(NAMED.filter((name) => !RULES.some(({ id }) => isAbout(id, name)))).toEqual([]);
  });
});
