// plumbing: what a mutant is — an engine with one part exchanged for a faulty one
import { makeExecutor, standardAssembly, type Assembly } from '../../executor/index.js';
import { SYSTEM_CALLS } from '../../executor/system-api/index.js';
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';

export const MUTANT_FAMILIES = [
  'atomicity',
  'cycles',
  'availability',
  'values',
  'lifecycle',
  'instrumentation',
  'model',
] as const;
export type MutantFamily = (typeof MUTANT_FAMILIES)[number];

/** A fault that a careful implementer could make. */
export interface Mutant {
  readonly name: string;
  readonly family: MutantFamily;
  /** What it does wrong, in one sentence. */
  readonly breaks: string;
  /** Clauses that must catch it; their twins count as well. */
  readonly clauses: readonly ClauseId[];
  readonly engine: EngineFactory;
  /** The entries of the executor's assembly that it exchanges: `cleanupOf`, `systemCalls.msg_reply`. Absent: it is not the executor's. */
  readonly parts?: readonly string[];
}

/** Gives an assembly with one entry exchanged. */
export type Override = (standard: Assembly) => Assembly;

type SystemCalls = typeof SYSTEM_CALLS;

/** Exchanges an entry of a group, such as `undo.globals`. */
export function part<G extends keyof Assembly, K extends keyof Assembly[G]>(
  group: G,
  key: K,
  make: (standard: Assembly[G][K], all: Assembly) => Assembly[G][K],
): Override {
  return (all) => ({ ...all, [group]: { ...(all[group] as object), [key]: make(all[group][key], all) } });
}

/** Exchanges an entry that belongs to no group, such as `cleanupOf`. */
export function entry<G extends keyof Assembly>(
  name: G,
  make: (standard: Assembly[G], all: Assembly) => Assembly[G],
): Override {
  return (all) => ({ ...all, [name]: make(all[name], all) });
}

/** Exchanges a System API function. */
export function systemCall<K extends keyof SystemCalls>(
  name: K,
  make: (standard: SystemCalls[K]) => (...args: Parameters<SystemCalls[K]>) => ReturnType<SystemCalls[K]>,
): Override {
  return part('systemCalls', name, () => make(SYSTEM_CALLS[name]) as Assembly['systemCalls'][string]);
}

/** A family of mutants of the executor: name, what it breaks, clauses, override. */
export function executorMutants(
  family: MutantFamily,
  rows: readonly (readonly [name: string, breaks: string, clauses: readonly ClauseId[], override: Override])[],
): Mutant[] {
  return rows.map(([name, breaks, clauses, override]) => {
    const assembly = override(standardAssembly);
    return { name, family, breaks, clauses, engine: makeExecutor(assembly), parts: exchanged(assembly) };
  });
}

/** The entries of an assembly that are not the standard ones. */
function exchanged(assembly: Assembly): readonly string[] {
  const keys = (of: object) => Object.keys(of) as never[];
  return keys(assembly)
    .filter((group) => assembly[group] !== standardAssembly[group])
    .flatMap((group): readonly string[] => {
      const [mine, standard] = [assembly[group], standardAssembly[group]] as const;
      if (typeof mine !== 'object' || Array.isArray(mine)) return [group];
      return keys(mine).flatMap((key) => (mine[key] === standard[key] ? [] : [`${String(group)}.${String(key)}`]));
    });
}
