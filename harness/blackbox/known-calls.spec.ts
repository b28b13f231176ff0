// plumbing: tests that calls of functions which a target does not know are left out, and what remains is run
import { generateCase } from '../../generators/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { SYSTEM_API } from '../../spec/system-api.js';
import type { CodeInstruction, Program, Statement } from '../../spec/vocabulary/program.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { reference } from '../../reference-model/index.js';
import { blackBoxOf } from './box.js';
import { judgeBlackBox } from './judge.js';
import { withCertainCode, withKnownCalls } from './known-calls.js';
import { present } from '../../spec/testing/present.js';

const call = (name: string): Statement => ({ kind: 'system call', name, args: [], into: 0 });
const condition = { kind: 'constant', value: 1n } as const;
const { scenario } = generateCase('known calls', 0);

/** A scenario with one module that has one function. */
function withBody(body: readonly Statement[]): Scenario {
  const [first] = scenario.modules.flatMap((module) => (module.kind === 'program' ? [module.program] : []));
  const program: Program = { ...present(first), functions: [{ name: 'f', type: 'entry', locals: [], body }] };
  return { ...scenario, modules: [{ kind: 'program', program }] };
}
const bodyOf = ({ modules: [module] }: Scenario) =>
  module?.kind === 'program' ? module.program.functions[0]?.body : undefined;

describe('calls of functions that a target does not know', () => {
  it('are left out, inside of other statements as well', () => {
    const given = withBody([
      call('msg_reply'),
      call('root_key_size'),
      { kind: 'if', condition, then: [call('time')], else: [call('root_key_size'), call('msg_reply')] },
      { kind: 'repeat', times: condition, body: [call('root_key_size')] },
    ]);
    expect(bodyOf(withKnownCalls(given, ['msg_reply', 'time']))).toEqual([
      call('msg_reply'),
      { kind: 'if', condition, then: [call('time')], else: [call('msg_reply')] },
      { kind: 'repeat', times: condition, body: [] },
    ]);
  });

  it('give 0 in raw code, of the type that the function gives', () => {
    const code = (...instructions: CodeInstruction[]): Statement => ({ kind: 'code', code: instructions, results: [] });
    const given = withBody([
      code(
        ['call', 'ic0.msg_deadline'],
        ['drop'],
        ['call', 'ic0.root_key_size'],
        ['drop'],
        ['call', 'ic0.time'],
        ['call', 'f'],
      ),
    ]);
    const of = (width: 'i32' | 'i64'): Scenario => ({
      ...given,
      modules: given.modules.map((one) =>
        one.kind === 'program' ? { ...one, program: { ...one.program, width } } : one,
      ),
    });
    for (const width of ['i32', 'i64'] as const) {
      expect(bodyOf(withKnownCalls(of(width), ['time']))).toEqual([
        code(['i64.const', 0n], ['drop'], [`${width}.const`, 0n], ['drop'], ['call', 'ic0.time'], ['call', 'f']),
      ]);
    }
    // Raw code with arguments stays, and the case cannot be run.
    const withArguments = withBody([code(['call', 'ic0.stable64_grow'])]);
    expect(withKnownCalls(withArguments, ['time'])).toBe(withArguments);
  });

  it('are none for a target that knows all, and the scenario stays the same', () => {
    expect(withKnownCalls(scenario, undefined)).toBe(scenario);
    expect(
      withKnownCalls(
        scenario,
        SYSTEM_API.map(({ name }) => name),
      ),
    ).toBe(scenario);
  });

  it('do not keep a case from being judged, and the report says so', () => {
    const { target, capabilities } = blackBoxOf(reference);
    const imports = SYSTEM_API.map(({ name }) => name).filter((name) => !name.startsWith('msg_caller_info'));
    const results = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => {
      const one = generateCase('known calls', k).scenario;
      return judgeBlackBox(
        one,
        { target, capabilities: { ...capabilities, imports } },
        present(profileNamed(one.profile)),
      );
    });
    const judged = results.filter(({ verdict }) => verdict === 'pass');
    expect(judged.length).toBeGreaterThan(5);
    const reasons = new Set(judged.flatMap(({ leftOut = [] }) => leftOut));
    expect(reasons).toContain('calls of System API functions that the target does not know');
  });
});

describe('values that are open', () => {
  it('are 0 in raw code; statements that log them stay', () => {
    const code = (...instructions: CodeInstruction[]): Statement => ({ kind: 'code', code: instructions, results: [] });
    const given = withBody([
      call('time'),
      code(['call', 'ic0.time'], ['drop'], ['call', 'ic0.msg_arg_data_size'], ['drop'], ['call', 'f']),
    ]);
    expect(bodyOf(withCertainCode(given))).toEqual([
      call('time'),
      code(['i64.const', 0n], ['drop'], ['call', 'ic0.msg_arg_data_size'], ['drop'], ['call', 'f']),
    ]);
  });

  it('are none in other code, and the scenario stays the same', () => {
    const given = withBody([call('time'), { kind: 'repeat', times: condition, body: [call('canister_version')] }]);
    expect(withCertainCode(given)).toBe(given);
  });
});
