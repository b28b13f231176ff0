// plumbing: which parts of the executor a case runs — a mutant of another part does what the executor does, and need not be tried
import { makeExecutor, standardAssembly, type Assembly } from '../../executor/index.js';
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import type { Mutant } from '../mutants/mutant.js';

/** Groups of functions whose calls are recorded. Every other part counts as one that always runs. */
const RECORDED = [
  'systemCalls', 'undo', 'commit', 'undoInstall', 'callChecks', 'queryChecks', 'endTests', 'bookkeeping', 'choices', 'stimuli',
] as const satisfies readonly (keyof Assembly)[]; // prettier-ignore

/** The executor, which adds the names of the parts that it runs to a set. */
export function recordingExecutor(ran: Set<string>): EngineFactory {
  const groups = RECORDED.map((group) => [group, recording(group, standardAssembly[group], ran)]);
  return makeExecutor({ ...standardAssembly, ...(Object.fromEntries(groups) as Partial<Assembly>) });
}

function recording(group: string, parts: object, ran: Set<string>): object {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(parts);
  return Object.fromEntries(
    entries.map(([name, part]) => [name, isFunction(part) ? recorded(`${group}.${name}`, part, ran) : part]),
  );
}

type Part = (...args: never[]) => unknown;

const isFunction = (part: unknown): part is Part => typeof part === 'function';

function recorded(name: string, part: Part, ran: Set<string>): Part {
  return function (this: unknown, ...args) {
    ran.add(name);
    return part.apply(this, args);
  };
}

const isRecorded = (part: string) => RECORDED.some((group) => part.startsWith(`${group}.`));

/** Whether a mutant may do something else than the executor in a case that runs these parts. */
export function isRelevant({ parts }: Pick<Mutant, 'parts'>, ran: ReadonlySet<string>): boolean {
  return parts === undefined || parts.some((part) => !isRecorded(part) || ran.has(part));
}
