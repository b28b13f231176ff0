// plumbing: what cost_sign_with_ecdsa, cost_sign_with_schnorr and cost_vetkd_derive_key have in common — canister-interface.md#system-api-cycle-cost
import type { Execution } from '../execution.js';
import { checkMemory, copyCycles, copyIn, utf8, type Address } from './blobs.js';

/** The results of these functions. */
const SUCCESS = 0;
const INVALID_CURVE = 1;
const INVALID_KEY = 2;

/**
 * Both ranges are judged first, then the curve, then the key's name.
 * @param known the curves or algorithms by number
 * @param fees by key name
 */
export function keyCost(
  execution: Execution,
  [src, size, curve, dst]: readonly [src: Address, size: Address, curve: number, dst: Address],
  known: readonly number[],
  fees: Readonly<Record<string, bigint>>,
): number {
  const bytes = copyIn(execution, src, size);
  checkMemory(execution, dst, 16);
  if (!known.includes(curve)) return INVALID_CURVE;
  const name = utf8(bytes);
  const fee = name === undefined || !Object.hasOwn(fees, name) ? undefined : fees[name];
  if (fee === undefined) return INVALID_KEY;
  copyCycles(execution, dst, fee);
  return SUCCESS;
}
