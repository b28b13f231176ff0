// plumbing: which parts of the executor a case runs — a mutant of another part does what the executor does, and need not be tried
import { makeExecutor, standardAssembly, type Assembly } from '../../executor/index.js';
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import type { Mutant } from '../mutants/mutant.js';

/** Groups of functions whose calls are noticed. Every other part counts as one that always runs. */
const NOTICED = [
  'systemCalls', 'undo', 'commit', 'undoInstall', 'callChecks', 'queryChecks', 'endTests', 'bookkeeping', 'choices', 'stimuli',
] as const satisfies readonly (keyof Assembly)[]; // prettier-ignore

/** The executor, which notes the names of the parts that it runs. */
export function notingExecutor(ran: Set<string>): EngineFactory {
  const groups = NOTICED.map((group) => [group, noting(group, standardAssembly[group], ran)]);
  return makeExecutor({ ...standardAssembly, ...(Object.fromEntries(groups) as Partial<Assembly>) });
}

function noting(group: string, parts: object, ran: Set<string>): object {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(parts);
  return Object.fromEntries(
    entries.map(([name, part]) => [name, isFunction(part) ? noted(`${group}.${name}`, part, ran) : part]),
  );
}

type Part = (...args: never[]) => unknown;

const isFunction = (part: unknown): part is Part => typeof part === 'function';

function noted(name: string, part: Part, ran: Set<string>): Part {
  return function (this: unknown, ...args) {
    ran.add(name);
    return part.apply(this, args);
  };
}

const isNoticed = (part: string) => NOTICED.some((group) => part.startsWith(`${group}.`));

/** Whether a mutant may do something else than the executor in a case that runs these parts. */
export function isRelevant({ parts }: Pick<Mutant, 'parts'>, ran: ReadonlySet<string>): boolean {
  return parts === undefined || parts.some((part) => !isNoticed(part) || ran.has(part));
}
