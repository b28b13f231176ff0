// plumbing: tests of the table of what equal transitions show
import { generateCase } from '../../generators/index.js';
import { reference } from '../../reference-model/index.js';
import { executor } from '../../executor/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { ruleNamed } from '../../spec/rules/index.js';
import type { ExecutionRecord, SystemCallRecord, TransitionRecord } from '../../spec/vocabulary/record.js';
import { runCase } from '../runner/run-case.js';
import { clausesCompared } from './compared.js';
import type { Aspect } from './divergence.js';
import { Known } from './known.js';
import { clausesNamed } from './shown.js';
import { World } from './world.js';
import { present } from '../../spec/testing/present.js';

const profile = present(profileNamed('conformance'));

function shown(entryPoint: ExecutionRecord['entryPoint'], ...trace: Partial<SystemCallRecord>[]): Set<string> {
  const execution = { entryPoint, width: 'i32', trace: trace.map((call) => ({ args: [], ...call })), outcome: { kind: 'returned' }, calls: [] }; // prettier-ignore
  const record = { cause: { kind: 'execute' }, executions: [execution], messages: [], ended: [], after: [] };
  const options = { profile, aspects: () => new Set<Aspect>(), known: new Known(new World(), profile, []) };
  return new Set(clausesCompared(record as unknown as TransitionRecord, undefined, options).flat());
}

describe('what an equal transition has shown', () => {
  it('names only clauses that are in the catalogue', () => {
    expect(clausesNamed().filter((id) => ruleNamed(id) === undefined)).toEqual([]);
    expect(clausesNamed().length).toBeGreaterThan(150);
  });

  it('takes a clause for shown only where the record has its condition', () => {
    const twice = shown('canister_update', { name: 'time', result: 1n }, { name: 'time', result: 1n });
    expect(twice.has('time/constant-within-execution')).toBe(true);
    expect(shown('canister_update', { name: 'time', result: 1n }).has('time/constant-within-execution')).toBe(false);
    const refused = shown('canister_heartbeat', { name: 'msg_reply', trap: 'system-call-unavailable' });
    expect(refused.has('heartbeat/no-response')).toBe(true);
    expect(refused.has('responding/reply-once-for-success')).toBe(false);
    const grown = shown('canister_update', { name: 'stable64_grow', args: [1n], result: 0n });
    expect([grown.has('stable-memory/grow-zeroes'), grown.has('stable-memory/grow-failure')]).toEqual([true, false]);
  });

  it('counts nothing where a case fails', () => {
    const { scenario } = generateCase('shown', 2);
    const equal = runCase(scenario, { target: executor, against: reference });
    const alone = runCase(scenario, { target: executor });
    expect(equal.reached.clauses['profile/block-charge']).toBeGreaterThan(0);
    expect(alone.reached.clauses['profile/block-charge']).toBeUndefined();
  });
});
