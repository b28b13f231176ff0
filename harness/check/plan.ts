// plumbing: from the arguments of the command `check` to its cases
import { basename } from 'node:path';
import type fc from 'fast-check';
import { bytesOf, hex, hexOf, type Hex } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { IdlTypes } from './candid/idl.js';
import { CandidSyntaxError } from './candid/types.js';
import { parseValues } from './candid/values.js';
import { CheckInputError } from './input-error.js';
import { readModule, type CheckedModule, type DidFile } from './module.js';
import { canisterText, checkScenarios, type CheckedCanister } from './scenario.js';

/** What the user gave, files read. */
export interface CheckArguments {
  /** MODULE.wasm… in the order of the command line. */
  readonly modules: readonly { readonly file: string; readonly bytes: Uint8Array }[];
  /** --did FILE, or NAME=FILE where several modules are given. */
  readonly dids: readonly { readonly module?: string; readonly did: DidFile }[];
  /** --init ARG, or NAME=ARG where several modules are given. */
  readonly inits: readonly string[];
  /** --wire NAME=MODULE. */
  readonly wires: readonly string[];
}

/** Random scenarios, and the canisters in them: canister k runs module k. */
export interface CheckPlan {
  readonly scenarios: fc.Arbitrary<Scenario>;
  readonly canisters: readonly PlannedCanister[];
}

export interface PlannedCanister {
  /** By which options and reports call it. */
  readonly name: string;
  /** Whether the types of its methods are known. */
  readonly typed: boolean;
  /** Those that its module exports. */
  readonly methods: readonly string[];
}

/**
 * Reads the modules and prepares random scenarios for them.
 *
 * Modules are called by the name of their file without `.wasm` or `.wasm.gz`. `--wire NAME=MODULE` gives every canister an
 * environment variable NAME with the textual id of MODULE's canister, and lets `--init` write it as `principal "$NAME"`.
 * @throws CheckInputError
 */
export function planCheck({ modules, dids, inits, wires }: CheckArguments): CheckPlan {
  if (modules.length === 0) throw new CheckInputError('check', 'no module given', 'Name at least one .wasm file');
  const names = modules.map(({ file }) => moduleName(file));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new CheckInputError(twice, 'two modules have this name', 'Rename one of the files');
  const didOf = assign(
    '--did',
    names,
    dids.map(({ module, did }) => ({ module, value: did })),
  );
  const checked = modules.map(({ file, bytes }, k) => readModule(file, bytes, didOf.get(k)));
  const wired = new Map(wires.map((wire) => wireOf(wire, names)));
  const initOf = assign(
    '--init',
    names,
    inits.map((init) => splitInit(init, names)),
  );
  const canisters = checked.map((module, k): CheckedCanister => {
    const init = initOf.get(k);
    return init === undefined ? { module } : { module, init: initArg(init, module, wired) };
  });
  const environment = [...wired].map(([name, k]) => ({ name, value: canisterText(k) }));
  return {
    scenarios: checkScenarios(canisters, environment),
    canisters: checked.map(({ file, candid, methods }) => ({
      name: moduleName(file),
      typed: candid !== undefined,
      methods: methods.map(({ name }) => name),
    })),
  };
}

/** The name by which options call a module. */
function moduleName(file: string): string {
  return basename(file)
    .replace(/\.gz$/, '')
    .replace(/\.wasm$/, '');
}

/** Options by index of their module; without a name an option belongs to the only module. */
function assign<T>(
  option: string,
  names: readonly string[],
  given: readonly { readonly module?: string | undefined; readonly value: T }[],
): Map<number, T> {
  const assigned = new Map<number, T>();
  for (const { module, value } of given) {
    if (module === undefined && names.length > 1) {
      throw new CheckInputError(
        option,
        `does not say which of ${names.join(', ')} it is for`,
        `Write ${option} NAME=…`,
      );
    }
    const k = module === undefined ? 0 : indexOf(option, module, names);
    if (assigned.has(k)) throw new CheckInputError(option, `given twice for ${names[k]}`, 'Leave one out');
    assigned.set(k, value);
  }
  return assigned;
}

function indexOf(option: string, module: string, names: readonly string[]): number {
  const k = names.indexOf(moduleName(module));
  if (k < 0) throw new CheckInputError(option, `no module is called ${module}`, `Use one of ${names.join(', ')}`);
  return k;
}

function splitInit(init: string, names: readonly string[]): { module?: string; value: string } {
  const at = init.indexOf('=');
  const module = init.slice(0, at);
  return at > 0 && names.includes(module) ? { module, value: init.slice(at + 1) } : { value: init };
}

function wireOf(wire: string, names: readonly string[]): [string, number] {
  const at = wire.lastIndexOf('=');
  if (at <= 0) throw new CheckInputError('--wire', `not NAME=MODULE: ${wire}`, 'Write for example --wire PEER=pong');
  return [wire.slice(0, at), indexOf('--wire', wire.slice(at + 1), names)];
}

/** Who calls, by the name that `--init` may write after `$`: a ledger may give them something to begin with. User 0 controls the canisters. */
const CALLERS = [
  ['user0', bytesOf(userId(0))],
  ['user1', bytesOf(userId(1))],
] as const;

/** ARG is Candid text such as `(42, "x")`, or bytes as `0x…`. */
function initArg(init: string, { file, candid }: CheckedModule, wired: ReadonlyMap<string, number>): Hex {
  const where = `--init for ${file}`;
  if (/^0x([0-9a-f]{2})*$/i.test(init)) return hex(init.slice(2).toLowerCase());
  if (candid === undefined) {
    throw new CheckInputError(
      where,
      'the module does not say what types its init argument has',
      'Give its .did file with --did, or the bytes as 0x…',
    );
  }
  const ids = new Map([...CALLERS, ...[...wired].map(([name, k]) => [name, bytesOf(canisterId(k))] as const)]);
  try {
    const values = parseValues(init, candid.init, candid.definitions, ids);
    return hexOf(new IdlTypes(candid.definitions).encode(candid.init, values));
  } catch (error) {
    if (!(error instanceof CandidSyntaxError)) throw error;
    throw new CheckInputError(where, error.message, 'Write Candid text as in (42, "x"), or bytes as 0x…');
  }
}
