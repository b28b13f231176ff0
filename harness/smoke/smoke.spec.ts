// plumbing: tests of the smoke test, on the model and on targets that are wired up wrongly
import { reference } from '../../reference-model/index.js';
import type { Answer } from '../protocol/messages.js';
import { localTarget } from '../serve/local.js';
import { TargetFault, type Capabilities } from '../target.js';
import type { Question } from '../targets/stdio/channel.js';
import { smoke, type SmokeResult } from './smoke.js';

type Change = (answer: Answer, question: Question) => Answer;

/** The model behind the protocol, with answers and claims changed. */
async function results(
  blackBox: boolean,
  change: Change = (answer) => answer,
  claims: Partial<Capabilities> = {},
): Promise<ReadonlyMap<string, SmokeResult>> {
  const { target, welcome } = localTarget(reference, { name: 'model', version: '1', blackBox });
  const capabilities = { ...welcome.capabilities, ...claims };
  const asked = { ask: (question: Question) => change(target.ask(question), question) };
  const found = await smoke(asked, { ...welcome, capabilities });
  return new Map(found.map((result) => [result.name, result]));
}

const kinds = (found: ReadonlyMap<string, SmokeResult>, wanted: SmokeResult['result']) =>
  [...found.values()].filter(({ result }) => result === wanted).map(({ name }) => name);

describe('the smoke test', () => {
  it('finds nothing wrong with the model, seen from outside or with records', async () => {
    const outside = await results(true);
    expect(kinds(outside, 'not claimed')).toEqual(['balances', 'records: digests']);
    expect(kinds(outside, 'ok')).toHaveLength(outside.size - 2);
    const inside = await results(false);
    expect(kinds(inside, 'not claimed')).toEqual(['settling in parts']);
    expect(kinds(inside, 'ok')).toHaveLength(inside.size - 1);
  });

  it('says what it needs where it cannot check what is claimed', async () => {
    const found = await results(true, undefined, { stimuli: ['create', 'advance-time'], widths: ['i32'] });
    expect(kinds(found, 'not checked')).toContain('wasm32');
    expect(found.get('wasm32')?.needs).toEqual(['stimulus install', 'stimulus query']);
    expect(found.get('wasm64')?.result).toBe('not claimed');
    const time = await results(true, undefined, { imports: ['msg_reply'] });
    expect(time.get('time: canisters see the time of begin, and advance-time')?.needs).toContain('import time');
  });

  it('checks nothing that is not claimed', async () => {
    const found = await results(true, undefined, { stimuli: ['create'], widths: ['i32'] });
    expect(kinds(found, 'ok')).toEqual(['create', 'begin forgets what was before']);
    const few = await results(true, undefined, { imports: ['msg_reply'] });
    expect(kinds(few, 'ok')).toContain('imports: a module with every System API function that is claimed');
    expect(kinds(few, 'ok')).not.toContain('query');
  });

  it.each<[string, string, Change, RegExp]>([
    ['a reply in another encoding', 'query', (a) => (a.is === 'submitted' && a.outcome.kind === 'responded' && a.outcome.response.kind === 'reply' && a.outcome.response.data !== '' ? { ...a, outcome: { kind: 'responded', response: { kind: 'reply', data: '6869' as never } } } : a), /expected 68656c6c6f, found 6869/],
    ['requests that never end', 'ingress: an update call is answered by settle', (a) => (a.is === 'settled' ? { ...a, ended: [] } : a), /request 0, which never ended/],
    ['what is left over and forgotten', 'settling in parts', (a) => (a.is === 'settled' ? { ...a, ended: [] } : a), /request 0, which never ended/],
    ['a hash of something else', 'install', (a) => (a.is === 'status' && a.status.moduleHash ? { ...a, status: { ...a.status, moduleHash: 'ab' as never } } : a), /module hash: expected [0-9a-f]{64}, found ab/],
    ['a canister without id', 'create', (a) => (a.is === 'submitted' ? { seq: a.seq, is: 'submitted', outcome: a.outcome } : a), /without the id/],
    ['claims that are skipped', 'stop and start', (a, q) => (q.do === 'submit' && q.stimulus.kind === 'stop' ? { seq: a.seq, is: 'skipped', reason: 'not here' } : a), /stop was skipped \(not here\), yet it is claimed/],
    ['a case that does not begin anew', 'begin forgets what was before', (a) => (a.is === 'status' ? { ...a, status: { exists: true, status: 'running' } } : a), /expected is gone, found exists/],
    ['a clock of its own', 'time: canisters see the time of begin, and advance-time', (a, q) => (q.do === 'submit' && q.stimulus.kind === 'query' && q.stimulus.method === 'now' ? { ...a, outcome: { kind: 'responded', response: { kind: 'reply', data: '0000000000000000' } } } as never : a), /the canister sees 0/],
  ])('sees %s, and gives advice', async (_, name, change, problem) => {
    const found = (await results(true, change)).get(name);
    expect(found).toMatchObject({ result: 'failed', problem: expect.stringMatching(problem) as string });
    expect(found?.advice?.length).toBeGreaterThan(20);
    // What is skipped says nothing about how it was carried out.
    expect(found?.advice?.includes('claim less')).toBe(found?.problem?.includes('skipped'));
  }); // prettier-ignore

  it('goes on when the target is lost, and says so', async () => {
    const found = await results(true, (answer, question) => {
      if (question.do === 'submit' && question.stimulus.kind === 'uninstall') throw new TargetFault('it died');
      return answer;
    });
    expect(kinds(found, 'lost')).toEqual(['uninstall']);
    expect(kinds(found, 'ok')).toContain('delete');
    expect(found.get('uninstall')?.advice).toContain('one line on standard output');
  });
});
