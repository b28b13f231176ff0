// plumbing: scenarios made observable from outside — canisters tell what they have logged, in their replies and after every step
import { hex, type Principal } from '../../spec/vocabulary/brands.js';
import { userId } from '../../spec/vocabulary/ids.js';
import type { Program, ProgramFunction, Statement } from '../../spec/vocabulary/program.js';
import type { Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../generators/canister/builder.js';
import { constant, store, variable } from '../../generators/canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../../generators/scenario/canister.js';
import { mayReach, textOf } from './reach.js';
import { CERTIFICATE_IMPORTS, CERTIFICATE_METHOD, quiet, showCertificate, tellState } from './state-query.js';

const LOG_METHOD = `canister_query ${STANDARD_METHODS.log}`;

/** Figures at the beginning of what a canister tells about itself: its version (8 bytes) and its balance (16 bytes). */
export const FIGURES = { version: { at: 0, bytes: 8 }, balance: { at: 8, bytes: 16 }, bytes: 24 } as const;

/** What canisters need to tell them. */
const FIGURE_IMPORTS = ['canister_version', 'canister_cycle_balance128'];

/** What canisters tell beside what they log and hold. */
export interface Telling {
  /** Their version and balance. */
  readonly figures: boolean;
  /** The certificate of a query, where one of them sets certified data. */
  readonly certificates: boolean;
}

/** What canisters can tell. @param imports that the target knows; undefined: all */
export function canTell(imports: readonly string[] | undefined): Telling {
  const all = (names: readonly string[]) => imports === undefined || names.every((name) => imports.includes(name));
  return { figures: all(FIGURE_IMPORTS), certificates: all(CERTIFICATE_IMPORTS) };
}

/** The scenario with programs that add their log to what they reply. Whatever is in the log then shows in queries too. */
export function observable(scenario: Scenario, { figures, certificates }: Telling): Scenario {
  const programs = scenario.modules.flatMap((module) => (module.kind === 'program' ? [module.program] : []));
  const told = { figures, certificates: certificates && programs.some(certifies) };
  return {
    ...scenario,
    modules: scenario.modules.map((module) =>
      module.kind === 'program' ? { ...module, program: telling(module.program, told) } : module,
    ),
  };
}

const HEARTBEAT = 'canister_heartbeat';

/**
 * The scenario without the heartbeats of its programs. They may run any number of times at any time, so nothing could be said of what
 * comes after the installation of a canister with one.
 * @returns the scenario itself where there are none
 */
export function withoutHeartbeats(scenario: Scenario): Scenario {
  let changed = false;
  const modules = scenario.modules.map((module) => {
    if (module.kind !== 'program') return module;
    const { exports, functions } = module.program;
    const entries = new Set(functions.filter(({ type }) => type === 'entry').map((f) => f.name));
    const kept = exports.filter((one) => one.name !== HEARTBEAT || !entries.has(one.function));
    if (kept.length === exports.length) return module;
    changed = true;
    return { ...module, program: { ...module.program, exports: kept } };
  });
  return changed ? { ...scenario, modules } : scenario;
}

/** The query that shows what a canister has logged and holds, after a stimulus that may have changed it; undefined: there is none. */
export function observation(scenario: Scenario, stimulus: Stimulus): Extract<Stimulus, { kind: 'query' }> | undefined {
  if (!CHANGES.includes(stimulus.kind) || !('canister' in stimulus)) return undefined;
  return question(scenario, stimulus.canister);
}

/** The query that shows what a canister has logged and holds; undefined: no module has it. */
export function question({ modules }: Scenario, canister: Principal): Extract<Stimulus, { kind: 'query' }> | undefined {
  const tells = modules.some((module) => module.kind === 'program' && hasLog(module.program));
  if (!tells) return undefined;
  return { kind: 'query', canister, method: STANDARD_METHODS.log, arg: hex(''), sender: userId(0) };
}

/** The query that shows a certificate with the canister's certified data, beside the other question; undefined: no module has it. */
export function certificateQuestion({ modules }: Scenario, canister: Principal): Stimulus | undefined {
  const shows = modules.some((module) => module.kind === 'program' && module.program.exports.some(isCertificate));
  if (!shows) return undefined;
  return { kind: 'query', canister, method: CERTIFICATE_METHOD, arg: hex(''), sender: userId(0) };
}

/** Whether the reply is a certificate. */
export const showsCertificate = (stimulus: Stimulus): boolean =>
  stimulus.kind === 'query' && stimulus.method === CERTIFICATE_METHOD;

/** Whether the reply ends with what the canister holds. */
export const tellsState = (stimulus: Stimulus | undefined): boolean =>
  stimulus?.kind === 'query' && stimulus.method === STANDARD_METHODS.log;

const CHANGES: readonly Stimulus['kind'][] = ['ingress', 'install', 'uninstall', 'start', 'update-settings'];

function hasLog({ exports }: Program): boolean {
  return exports.some(({ name }) => name === LOG_METHOD);
}

const CERTIFICATE_EXPORT = `canister_query ${CERTIFICATE_METHOD}`;
const isCertificate = ({ name }: Program['exports'][number]) => name === CERTIFICATE_EXPORT;

const certifying = new WeakMap<Program, boolean>();

/** Whether code of the program sets certified data. */
function certifies(program: Program): boolean {
  let known = certifying.get(program);
  if (known === undefined) {
    certifying.set(program, (known = textOf(program.functions).includes('"certified_data_set"')));
  }
  return known;
}

/** Programs that tell, by what they tell. */
const told = new Map<string, WeakMap<Program, Program>>();

/** Appends the figures to the reply. */
const TELL_FIGURES: readonly Statement[] = [
  quiet('canister_version', [], 0),
  store(LAYOUT.scratch + FIGURES.version.at, variable(0)),
  quiet('canister_cycle_balance128', [constant(LAYOUT.scratch + FIGURES.balance.at)]),
  quiet('msg_reply_data_append', [constant(LAYOUT.scratch), constant(FIGURES.bytes)]),
];

function telling(program: Program, { figures, certificates }: Telling): Program {
  const { log } = program;
  if (log === undefined || program.memory === undefined || !hasLog(program)) return program;
  const kind = `${figures} ${certificates}`;
  const known = told.get(kind) ?? new WeakMap<Program, Program>();
  told.set(kind, known);
  let made = known.get(program);
  if (made === undefined) {
    const append = tellLog(log);
    const exported = (pattern: RegExp) =>
      new Set(program.exports.filter(({ name }) => pattern.test(name)).map((one) => one.function));
    const standard = exported(new RegExp(`^${LOG_METHOD}$`));
    const methods = exported(METHOD);
    const functions = program.functions.map((f) =>
      standard.has(f.name)
        ? { ...f, body: [...(figures ? TELL_FIGURES : []), ...tellState(program)] }
        : tellingFunction(f, append, methods.has(f.name) && !mayRespond(f, program)),
    );
    const shown = { name: CERTIFICATE_METHOD, type: 'entry', locals: [], body: showCertificate() } as const;
    made = certificates
      ? {
          ...program,
          functions: [...functions, shown],
          exports: [...program.exports, { name: CERTIFICATE_EXPORT, function: shown.name }],
        }
      : { ...program, functions };
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
function mayRespond(f: ProgramFunction, program: Program): boolean {
  return mayReach(f, program, /msg_reply"|msg_reject"|call_perform"|"call indirect"|"call_indirect"/);
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
