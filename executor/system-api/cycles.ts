// plumbing: what the functions that move cycles have in common — canister-interface.md#system-api-cycles
import { MAX_CYCLES } from '../../spec/vocabulary/brands.js';
import type { Execution } from '../execution.js';

/** Cycles of the call that may still be accepted: none after the response. */
export function availableCycles({ context, response }: Execution): bigint {
  return context === undefined || response !== undefined ? 0n : context.available;
}

/** Moves as many cycles as possible, at most `most`, from the call to the balance. @returns the amount */
export function acceptCycles(execution: Execution, most: bigint): bigint {
  const { context, canister } = execution;
  const available = availableCycles(execution);
  const amount = most < available ? most : available;
  if (context === undefined || amount === 0n) return 0n;
  context.available -= amount;
  execution.accepted += amount;
  const sum = canister.balance + amount;
  if (sum > MAX_CYCLES) execution.lost += sum - MAX_CYCLES;
  canister.balance = sum > MAX_CYCLES ? MAX_CYCLES : sum;
  return amount;
}

/** The balance above the freezing limit; 0 where it is below. */
export function liquidCycles({ fees, canister }: Execution): bigint {
  const liquid = fees.liquid(canister);
  return liquid > 0n ? liquid : 0n;
}
