// plumbing: scenarios made observable from outside — canisters tell what they have logged, in their replies and after every step
import { hex, type Principal } from '../../spec/vocabulary/brands.js';
import { userId } from '../../spec/vocabulary/ids.js';
import type { Expression, Program, ProgramFunction, Statement } from '../../spec/vocabulary/program.js';
import type { Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../generators/canister/builder.js';
import { constant, store, variable } from '../../generators/canister/expressions.js';
import { STANDARD_METHODS } from '../../generators/scenario/canister.js';
import { quiet, tellState } from './state-query.js';

const LOG_METHOD = `canister_query ${STANDARD_METHODS.log}`;

/** Figures at the beginning of what a canister tells about itself: its version (8 bytes) and its balance (16 bytes). */
export const FIGURES = { version: { at: 0, bytes: 8 }, balance: { at: 8, bytes: 16 }, bytes: 24 } as const;

/** What canisters need to tell them. */
const FIGURE_IMPORTS = ['canister_version', 'canister_cycle_balance128'];

/** Whether canisters can tell their figures. @param imports that the target knows; undefined: all */
export function canTellFigures(imports: readonly string[] | undefined): boolean {
  return imports === undefined || FIGURE_IMPORTS.every((name) => imports.includes(name));
}

/**
 * The scenario with programs that add their log to what they reply. Whatever is in the log then shows in queries too.
 * @param figures whether they tell their figures
 */
export function observable(scenario: Scenario, figures: boolean): Scenario {
  return {
    ...scenario,
    modules: scenario.modules.map((module) =>
      module.kind === 'program' ? { ...module, program: telling(module.program, figures) } : module,
    ),
  };
}

/** The query that shows what a canister has logged and holds, after a stimulus that may have changed it; undefined: there is none. */
export function observation(scenario: Scenario, stimulus: Stimulus): Stimulus | undefined {
  if (!CHANGES.includes(stimulus.kind) || !('canister' in stimulus)) return undefined;
  return question(scenario, stimulus.canister);
}

/** The query that shows what a canister has logged and holds; undefined: no module has it. */
export function question({ modules }: Scenario, canister: Principal): Extract<Stimulus, { kind: 'query' }> | undefined {
  const tells = modules.some((module) => module.kind === 'program' && hasLog(module.program));
  if (!tells) return undefined;
  return { kind: 'query', canister, method: STANDARD_METHODS.log, arg: hex(''), sender: userId(0) };
}

/** Whether the reply ends with what the canister holds. */
export const tellsState = (stimulus: Stimulus | undefined): boolean =>
  stimulus?.kind === 'query' && stimulus.method === STANDARD_METHODS.log;

const CHANGES: readonly Stimulus['kind'][] = ['ingress', 'install', 'uninstall', 'start', 'update-settings'];

function hasLog({ exports }: Program): boolean {
  return exports.some(({ name }) => name === LOG_METHOD);
}

const told = { plain: new WeakMap<Program, Program>(), withFigures: new WeakMap<Program, Program>() };

/** Appends the figures to the reply. */
const TELL_FIGURES: readonly Statement[] = [
  quiet('canister_version', [], 0),
  store(LAYOUT.scratch + FIGURES.version.at, variable(0)),
  quiet('canister_cycle_balance128', [constant(LAYOUT.scratch + FIGURES.balance.at)]),
  quiet('msg_reply_data_append', [constant(LAYOUT.scratch), constant(FIGURES.bytes)]),
];

function telling(program: Program, figures: boolean): Program {
  const { log } = program;
  if (log === undefined || program.memory === undefined || !hasLog(program)) return program;
  const known = figures ? told.withFigures : told.plain;
  let made = known.get(program);
  if (made === undefined) {
    const address: Expression = { kind: 'constant', value: BigInt(log.at) };
    const used: Expression = { kind: 'load', address, bytes: 8 };
    const header: Expression = { kind: 'constant', value: 8n };
    const append: Statement = {
      kind: 'system call',
      name: 'msg_reply_data_append',
      args: [address, { kind: 'operation', operator: 'add', left: used, right: header }],
    };
    const exported = (pattern: RegExp) => new Set(program.exports.filter(({ name }) => pattern.test(name)).map((one) => one.function)); // prettier-ignore
    const standard = exported(new RegExp(`^${LOG_METHOD}$`));
    const methods = exported(METHOD);
    made = {
      ...program,
      functions: program.functions.map((f) =>
        standard.has(f.name)
          ? { ...f, body: [...(figures ? TELL_FIGURES : []), ...tellState(program)] }
          : tellingFunction(f, append, methods.has(f.name) && !mayRespond(f, program)),
      ),
    };
    known.set(program, made);
  }
  return made;
}

const METHOD = /^canister_(update|query|composite_query) /;

/** What a function logs when it has come to its end: that it did not trap shows later. */
export const LOGGED_END = 0xe4d;

const END: Statement = { kind: 'log', value: { kind: 'constant', value: BigInt(LOGGED_END) } };

const REPLY: Statement = { kind: 'system call', name: 'msg_reply', args: [] };

/** @param replies whether it is a method that would not respond: one that should have trapped, and did not, would look the same */
function tellingFunction(f: ProgramFunction, append: Statement, replies: boolean): ProgramFunction {
  return { ...f, body: [...tellingBody(f.body, append), END, ...(replies ? [append, REPLY] : [])] };
}

/** Whether a function responds, or may do so later or through a function that it calls. */
function mayRespond({ body }: ProgramFunction, program: Program, seen = new Set<string>()): boolean {
  const text = JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? 0 : value));
  if (/msg_reply"|msg_reject"|call_perform"|"call indirect"|"call_indirect"/.test(text)) return true;
  return program.functions.some((f) => {
    if (seen.has(f.name) || !text.includes(JSON.stringify(f.name))) return false;
    seen.add(f.name);
    return mayRespond(f, program, seen);
  });
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
