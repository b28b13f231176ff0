// plumbing: scenarios without some calls of the System API — of functions that a target does not know, or that give values that are open
import { SYSTEM_API, systemApiFunction } from '../../spec/system-api.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import type { CodeInstruction, Program, Statement } from '../../spec/vocabulary/program.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { withPrograms } from './programs.js';

/**
 * The scenario without calls of functions that are not known, so that what is left of it can be run: without them it is a scenario, too, and the
 * model runs the same one. A variable that such a call would have set stays 0, and in raw code it gives 0. What exports and tables name, and
 * calls with arguments in raw code, are left: a target without them cannot run the case.
 * @param imports names of the functions that are known; undefined: all
 * @returns the scenario itself where there is nothing to leave out
 */
export function withKnownCalls(scenario: Scenario, imports: readonly string[] | undefined): Scenario {
  if (imports === undefined) return scenario;
  return withCalls(scenario, { all: new Set(imports), inCode: new Set(imports) });
}

/** Functions that give values that are an implementation's own, and that raw code can call: they have no arguments. */
const OPEN: ReadonlySet<string> = new Set([
  'canister_cycle_balance', 'canister_version', 'data_certificate_size', 'msg_deadline', 'msg_reject_msg_size', 'root_key_size', 'subnet_self_size',
  'time',
]); // prettier-ignore

const EVERY = SYSTEM_API.map(({ name }) => name);
const CERTAIN = { all: new Set(EVERY), inCode: new Set(EVERY.filter((name) => !OPEN.has(name))) };

/**
 * The scenario with 0 in raw code for what is open. WebAssembly makes anything of a number: what it makes of the one that a target gives
 * need not lie between what it makes of those that the model gives.
 * @returns the scenario itself where there is nothing to leave out
 */
export function withCertainCode(scenario: Scenario): Scenario {
  return withCalls(scenario, CERTAIN);
}

/** Names of functions that may be called: by statements, and in raw code. */
interface Names {
  readonly all: ReadonlySet<string>;
  readonly inCode: ReadonlySet<string>;
}

const withCalls = (scenario: Scenario, known: Names): Scenario =>
  withPrograms(scenario, (program) => programWith(program, known));

function programWith(program: Program, names: Names): Program {
  let changed = false;
  const functions = program.functions.map((f) => {
    const body = bodyWith(f.body, { ...names, width: program.width });
    if (body === f.body) return f;
    changed = true;
    return { ...f, body };
  });
  return changed ? { ...program, functions } : program;
}

/** What there is for the code of a program. */
interface Known extends Names {
  /** Type of what functions give that give an I. */
  readonly width: PointerWidth;
}

function bodyWith(body: readonly Statement[], known: Known): readonly Statement[] {
  let changed = false;
  const left = body.flatMap((statement): readonly Statement[] => {
    const kept = statementWith(statement, known);
    changed ||= kept !== statement;
    return kept === undefined ? [] : [kept];
  });
  return changed ? left : body;
}

/** undefined: the statement is left out. */
function statementWith(statement: Statement, known: Known): Statement | undefined {
  switch (statement.kind) {
    case 'system call':
      return known.all.has(statement.name) ? statement : undefined;
    case 'code': {
      const code = statement.code.map((instruction) => instructionWith(instruction, known));
      return code.every((one, i) => one === statement.code[i]) ? statement : { ...statement, code };
    }
    case 'if': {
      const [then, other] = [bodyWith(statement.then, known), bodyWith(statement.else, known)];
      return then === statement.then && other === statement.else ? statement : { ...statement, then, else: other };
    }
    case 'repeat': {
      const body = bodyWith(statement.body, known);
      return body === statement.body ? statement : { ...statement, body };
    }
    default:
      return statement;
  }
}

const FROM = 'ic0.';

/** The instruction; 0 instead of what a function gives that may not be called. */
function instructionWith(instruction: CodeInstruction, { inCode, width }: Known): CodeInstruction {
  const [mnemonic, callee] = instruction;
  if (mnemonic !== 'call' || typeof callee !== 'string' || !callee.startsWith(FROM)) return instruction;
  const name = callee.slice(FROM.length);
  const f = systemApiFunction(name);
  if (inCode.has(name) || f === undefined || f.params.length > 0 || f.result === null) return instruction;
  return [`${f.result === 'I' ? width : f.result}.const`, 0n];
}
