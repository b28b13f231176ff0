// plumbing: the course that a run takes at a stroke — what ran, and how it ended, without the values that are open
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { ExecutionRecord, StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';

const TASKS: readonly string[] = ['global-timer', 'heartbeat', 'low-wasm-memory', 'bump-version'];

/**
 * The course of a run, stroke by stroke. Where runs that differ only in their fillings take different courses (in one a canister can pay, in
 * another it cannot), a target whose prices lie between may take a third course, so nothing can be said about it from then on. Timers and
 * other system tasks are no part of a course: they may run later, so each of these runs is allowed for itself.
 */
export class Course {
  readonly #canisters = new Map<Principal, string>();

  /** @param toScenario the id or module hash of this run, as it is in the scenario */
  constructor(private readonly toScenario: (text: string) => string = (text) => text) {}

  /** What became of a stroke: what ran and how it ended, and which canisters have code. */
  at(records: readonly TransitionRecord[], outcome: StimulusOutcome): string {
    for (const { after } of records) {
      for (const { canister, status, moduleHash } of after)
        this.#canisters.set(canister, `${this.toScenario(canister)} ${status} ${this.toScenario(moduleHash ?? '')}`);
    }
    const steps = records
      .filter(({ cause }) => !TASKS.includes(cause.kind))
      .flatMap((record) => stepsOf(record, this.toScenario));
    return [outcome.kind, ...steps, ...this.#canisters.values()].join('; ');
  }
}

function stepsOf({ executions, messages }: TransitionRecord, toScenario: (text: string) => string): readonly string[] {
  const rejects = messages.flatMap((message) =>
    message.kind === 'response' && message.response.kind === 'reject' ? [`rejected ${message.response.code}`] : [],
  );
  return [...executions.map((execution) => `${toScenario(execution.canister)} ${stepOf(execution)}`), ...rejects];
}

function stepOf({ entryPoint, outcome, trace }: ExecutionRecord): string {
  const made = trace.flatMap(({ name, result }) =>
    name === 'call_perform' ? [result === 0n ? 'called' : 'not called'] : [],
  );
  const ended = outcome.kind === 'trapped' ? outcome.trap : 'returned';
  return [entryPoint, ...made, ended].join(' ');
}
