// spec-shaped: time passes, and idle resources are paid for — abstract-behavior.md, "Time progressing"
import type { StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import type { Machine } from '../machine.js';

const MAX_TIME = (1n << 64n) - 1n;

/** The reserved balance pays first, then the balance; no more than is there. */
export function advanceTime(
  { subnet, fees, log }: Machine,
  { by }: Extract<Stimulus, { kind: 'advance-time' }>,
): StimulusOutcome {
  const time = subnet.time + by;
  subnet.time = time > MAX_TIME ? MAX_TIME : time;
  for (const canister of subnet.canisters.values()) {
    const due = fees.idle(canister, by);
    const fromReserved = due < canister.reserved ? due : canister.reserved;
    const rest = due - fromReserved;
    const fromBalance = rest < canister.balance ? rest : canister.balance;
    canister.reserved -= fromReserved;
    canister.balance -= fromBalance;
    subnet.totals.charged += fromReserved + fromBalance;
    if (due > 0n) log.touched.add(canister);
  }
  return { kind: 'done' };
}
