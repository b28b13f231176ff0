// plumbing: scenarios without entry points that a target does not run
import { openWasm } from '../../spec/profiles/profiles.js';
import { SYSTEM_API } from '../../spec/system-api.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { Program } from '../../spec/vocabulary/program.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { parseModule } from '../../reference-model/index.js';
import type { Capabilities } from '../protocol/messages.js';
import { withPrograms } from './programs.js';

type Known = Pick<Capabilities, 'entryPoints' | 'imports'>;

/** What runs an entry point: the beginnings of the names of exports. Composite queries need their callbacks, too. */
const EXPORTED: readonly (readonly [exported: RegExp, needs: readonly EntryPoint[]])[] = [
  [/^canister_init$/, ['canister_init']],
  [/^canister_pre_upgrade$/, ['canister_pre_upgrade']],
  [/^canister_post_upgrade$/, ['canister_post_upgrade']],
  [/^canister_inspect_message$/, ['canister_inspect_message']],
  [/^canister_heartbeat$/, ['canister_heartbeat']],
  [/^canister_global_timer$/, ['canister_global_timer']],
  [/^canister_on_low_wasm_memory$/, ['canister_on_low_wasm_memory']],
  [/^canister_update /, ['canister_update']],
  [/^canister_query /, ['canister_query']],
  [/^canister_composite_query /, ['canister_composite_query', 'composite reply callback', 'composite reject callback']],
];

/** System API functions that lead to an entry point, and are of no use without. */
const LEADING: readonly (readonly [name: RegExp, needs: readonly EntryPoint[]])[] = [
  [/^call_/, ['reply callback', 'reject callback']],
  [
    /^call_on_cleanup$/,
    [
      'cleanup callback after reply',
      'cleanup callback after reject',
      'composite cleanup callback after reply',
      'composite cleanup callback after reject',
    ],
  ],
];

/** Whether a target lacks one of the entry points. Of a target that names none nothing is known: it says `skipped` where it has to. */
const lacks = ({ entryPoints }: Known, needs: readonly EntryPoint[]): boolean =>
  entryPoints.length > 0 && needs.some((one) => !entryPoints.includes(one));

/** Whether an export of that name would never be run. */
const isNeverRun = (known: Known, name: string): boolean =>
  EXPORTED.some(([exported, needs]) => exported.test(name) && lacks(known, needs));

/** The functions of the System API that a target knows and that lead to nothing which it does not run; undefined: all. */
export function usableImports(known: Known): readonly string[] | undefined {
  const useless = (name: string) => LEADING.some(([leading, needs]) => leading.test(name) && lacks(known, needs));
  const names = known.imports ?? SYSTEM_API.map(({ name }) => name);
  const usable = names.filter((name) => !useless(name));
  return usable.length === names.length ? known.imports : usable;
}

/**
 * The scenario without the entry points that a target does not run: without them it is a scenario, too, and the model runs the same one.
 * Exports that are no entry points, for their type, are left: they are a reason to refuse the module.
 * @returns the scenario itself where there is nothing to leave out
 */
export function withKnownEntryPoints(scenario: Scenario, known: Known): Scenario {
  return withPrograms(scenario, (program) => programWith(program, known));
}

function programWith(program: Program, known: Known): Program {
  const { start, ...others } = program;
  const entries = new Set(program.functions.filter(({ type }) => type === 'entry').map((f) => f.name));
  const exports = program.exports.filter((one) => !isNeverRun(known, one.name) || !entries.has(one.function));
  const startsNever = start !== undefined && lacks(known, ['start']);
  if (exports.length === program.exports.length && !startsNever) return program;
  return { ...(startsNever ? others : program), exports };
}

/** Why a target cannot run modules that were not generated, of which nothing can be left out; undefined: it can. */
export function neverRunIn(modules: readonly Uint8Array[], scenario: Scenario, known: Known): string | undefined {
  for (const [index, bytes] of modules.entries()) {
    if (scenario.modules[index]?.kind !== 'wasm') continue;
    const module = parseModule(openWasm, bytes);
    if ('invalid' in module) continue;
    if (module.wasm.start !== undefined && lacks(known, ['start'])) return 'the target does not run (start)';
    const exported = module.wasm.exports.find(({ name }) => isNeverRun(known, name));
    if (exported !== undefined) return `the target does not run ${exported.name}`;
  }
  return undefined;
}
