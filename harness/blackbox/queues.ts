// plumbing: steps in which calls of one canister to another may wait together
import type { ModelRun } from './model-run.js';

/**
 * The steps in which a canister makes several calls to one canister: one of them may overtake another (47 in docs/ambiguities.md).
 * @param stepOf the step that a stroke belongs to
 */
export function stepsWithQueues(
  transitions: ModelRun['transitions'],
  stepOf: (stroke: number) => number,
): ReadonlySet<number> {
  const pairs = new Set<string>();
  const found = new Set<number>();
  for (const [stroke, records] of transitions.entries()) {
    const step = stepOf(stroke);
    for (const { executions, messages } of records) {
      const callers = new Set(executions.map(({ canister }) => canister));
      for (const message of messages) {
        // Who calls has just been executed; ingress messages are in no queue.
        if (message.kind !== 'call' || !callers.has(message.caller)) continue;
        const pair = `${step} ${message.caller} ${message.callee}`;
        if (pairs.has(pair)) found.add(step);
        pairs.add(pair);
      }
    }
  }
  return found;
}
