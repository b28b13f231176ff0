// spec-shaped: cycles that came with the call — canister-interface.md#system-api-cycles

import { min } from '../../blobs.js';
import { addToBalance, type Execution } from '../../execution.js';

/** Moves cycles from the call to the balance; gives how many. */
export function acceptCycles(es: Execution, maxAmount: bigint): bigint {
  const amount = min(maxAmount, es.cyclesAvailable);
  es.cyclesAvailable -= amount;
  es.cyclesAccepted += amount;
  addToBalance(es, amount);
  return amount;
}
