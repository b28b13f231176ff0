// plumbing: what the call builders have in common — canister-interface.md#system-api-call
import type { Execution, PendingCall } from '../execution.js';
import { systemCallTrap } from '../trap.js';

/** @throws CanisterTrap unless there is a call under construction */
export function pendingCall({ pending }: Execution): PendingCall {
  return pending ?? systemCallTrap('there is no call under construction');
}

/** Discards the call under construction; its cycles come back to the balance. */
export function discardPendingCall(execution: Execution): void {
  const { pending, canister } = execution;
  if (pending === undefined) return;
  canister.balance += pending.cycles;
  execution.pending = undefined;
}

/** Moves cycles from the balance onto the call under construction. */
export function attachCycles(execution: Execution, amount: bigint): void {
  const pending = pendingCall(execution);
  const liquid = execution.fees.liquid(execution.canister);
  if (amount > (liquid > 0n ? liquid : 0n)) systemCallTrap('more cycles than the liquid balance');
  execution.canister.balance -= amount;
  pending.cycles += amount;
}
