// plumbing: scenarios made observable from outside — canisters tell what they have logged, in their replies and after every step
import { hex } from '../../spec/vocabulary/brands.js';
import { userId } from '../../spec/vocabulary/ids.js';
import type { Expression, Program, ProgramFunction, Statement } from '../../spec/vocabulary/program.js';
import type { Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import { STANDARD_METHODS } from '../../generators/scenario/canister.js';

const LOG_METHOD = `canister_query ${STANDARD_METHODS.log}`;

/** The scenario with programs that add their log to what they reply. Whatever is in the log then shows in queries too. */
export function observable(scenario: Scenario): Scenario {
  return {
    ...scenario,
    modules: scenario.modules.map((module) =>
      module.kind === 'program' ? { ...module, program: telling(module.program) } : module,
    ),
  };
}

/** The query that shows what a canister has logged and holds, after a stimulus that may have changed it; undefined: there is none. */
export function observation({ modules }: Scenario, stimulus: Stimulus): Stimulus | undefined {
  const tells = modules.some((module) => module.kind === 'program' && hasLog(module.program));
  if (!tells || !CHANGES.includes(stimulus.kind) || !('canister' in stimulus)) return undefined;
  const { canister } = stimulus;
  return { kind: 'query', canister, method: STANDARD_METHODS.log, arg: hex(''), sender: userId(0) };
}

const CHANGES: readonly Stimulus['kind'][] = ['ingress', 'install', 'uninstall', 'start', 'update-settings'];

function hasLog({ exports }: Program): boolean {
  return exports.some(({ name }) => name === LOG_METHOD);
}

const told = new WeakMap<Program, Program>();

function telling(program: Program): Program {
  const { log } = program;
  if (log === undefined || program.memory === undefined || !hasLog(program)) return program;
  let made = told.get(program);
  if (made === undefined) {
    const address: Expression = { kind: 'constant', value: BigInt(log.at) };
    const used: Expression = { kind: 'load', address, bytes: 8 };
    const header: Expression = { kind: 'constant', value: 8n };
    const append: Statement = {
      kind: 'system call',
      name: 'msg_reply_data_append',
      args: [address, { kind: 'operation', operator: 'add', left: used, right: header }],
    };
    const standard = new Set(program.exports.filter(({ name }) => name === LOG_METHOD).map((one) => one.function));
    made = {
      ...program,
      functions: program.functions.map((f) => (standard.has(f.name) ? f : tellingFunction(f, append))),
    };
    told.set(program, made);
  }
  return made;
}

function tellingFunction(f: ProgramFunction, append: Statement): ProgramFunction {
  return { ...f, body: tellingBody(f.body, append) };
}

/** The log is appended before the first reply; where there was a response before, a second one is left as it is: it must trap. */
function tellingBody(body: readonly Statement[], append: Statement): readonly Statement[] {
  let responded = false;
  return body.flatMap((statement): readonly Statement[] => {
    switch (statement.kind) {
      case 'system call': {
        const replies = statement.name === 'msg_reply';
        const first = replies && !responded;
        responded ||= replies || statement.name === 'msg_reject';
        return first ? [append, statement] : [statement];
      }
      case 'if':
        return [{ ...statement, then: tellingBody(statement.then, append), else: tellingBody(statement.else, append) }];
      default:
        return [statement];
    }
  });
}
