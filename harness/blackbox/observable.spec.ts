// plumbing: tests of how scenarios are made observable — what should have trapped, and did not, must look different
import { generateCase } from '../../generators/index.js';
import type { Program } from '../../spec/vocabulary/program.js';
import { observable, withoutHeartbeats } from './observable.js';
import { present } from '../../spec/testing/present.js';

const LOG = { at: 32_768, bytes: 1_024 };

/** A program with one update method, beside the standard query that shows the log. */
function made(body: Program['functions'][number]['body']): Program {
  const { scenario } = generateCase('observable', 0);
  const module = scenario.modules.find((one) => one.kind === 'program' && one.program.log !== undefined);
  if (module?.kind !== 'program') throw new Error('a case without a program');
  const { program } = module;
  const [first] = program.functions;
  const tested = { ...present(first), name: 'tested', body };
  const changed: Program = {
    ...program,
    log: program.log ?? LOG,
    functions: [...program.functions, tested],
    exports: [...program.exports, { name: 'canister_update tested', function: 'tested' }],
  };
  const [shown] = observable(
    { ...scenario, modules: [{ ...module, program: changed }] },
    { figures: true, certificates: false },
  ).modules;
  if (shown?.kind !== 'program') throw new Error('not a program');
  return shown.program;
}

const namesIn = (body: Program['functions'][number]['body']) =>
  present(made(body).functions.find(({ name }) => name === 'tested')).body.map((statement) =>
    statement.kind === 'system call' ? statement.name : statement.kind,
  );

describe('an observable program', () => {
  it('tells that a method came to its end, which should have trapped', () => {
    expect(namesIn([{ kind: 'system call', name: 'accept_message', args: [] }])).toEqual([
      'accept_message',
      'log',
      'msg_reply_data_append',
      'msg_reply',
    ]);
  });

  it('responds once: where it has replied only the end is logged', () => {
    expect(namesIn([{ kind: 'system call', name: 'msg_reply', args: [] }])).toEqual([
      'msg_reply_data_append',
      'msg_reply',
      'log',
    ]);
  });

  it('does not respond for a method whose callbacks will', () => {
    expect(namesIn([{ kind: 'system call', name: 'call_perform', args: [] }])).toEqual(['call_perform', 'log']);
  });
});

describe('a scenario without heartbeats', () => {
  const withExports = (exports: Program['exports']): ReturnType<typeof generateCase>['scenario'] => {
    const { scenario } = generateCase('observable', 0);
    const [module] = scenario.modules.filter((one) => one.kind === 'program');
    if (module === undefined) throw new Error('a case without a program');
    return { ...scenario, modules: [{ ...module, program: { ...module.program, exports } }] };
  };
  const exportsOf = ({ modules: [module] }: ReturnType<typeof withExports>) =>
    module?.kind === 'program' ? module.program.exports : [];
  const entry = present(made([]).functions.find(({ type }) => type === 'entry')).name;

  it('exports none, and everything else', () => {
    const rest = [{ name: 'canister_update go', function: entry }];
    expect(
      exportsOf(withoutHeartbeats(withExports([...rest, { name: 'canister_heartbeat', function: entry }]))),
    ).toEqual(rest);
  });

  it('is the scenario itself where there are none', () => {
    const scenario = withExports([{ name: 'canister_update go', function: entry }]);
    expect(withoutHeartbeats(scenario)).toBe(scenario);
  });

  it('keeps an export of another type, which makes the module invalid', () => {
    const scenario = withExports([{ name: 'canister_heartbeat', function: 'of another type' }]);
    expect(withoutHeartbeats(scenario)).toBe(scenario);
  });
});
