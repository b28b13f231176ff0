// spec-shaped: cycles for the call under construction — canister-interface.md#system-api-cycles

import { spendableBalance, trap, type Execution } from '../../execution.js';
import { pendingCall } from './calls.js';

/** Moves cycles from the balance to the call under construction; traps when they cannot be spent. */
export function attachCycles(es: Execution, amount: bigint): void {
  const call = pendingCall(es);
  if (amount > spendableBalance(es)) trap(`the balance has no ${amount} cycles to spend`);
  es.balance -= amount;
  call.transferredCycles += amount;
}
