// spec-shaped: the cost of threshold signatures and keys — canister-interface.md#system-api-cycle-cost

import { checkCyclesDestination, copyCyclesToCanister, copyFromCanister } from '../../blobs.js';
import type { Execution } from '../../execution.js';
import { decodeText } from '../../text.js';

const SUCCESS = 0n;
const INVALID_CURVE_OR_ALGORITHM = 1n;
const INVALID_KEY_NAME = 2n;

/**
 * The cost by key name, written to `dst`.
 * @param scheme the curve or algorithm that was asked for
 * @param schemes those that exist
 */
export function costOfKey(
  es: Execution,
  src: bigint,
  size: bigint,
  scheme: bigint,
  schemes: readonly bigint[],
  fees: Readonly<Record<string, bigint>>,
  dst: bigint,
): bigint {
  const keyName = decodeText(copyFromCanister(es, src, size));
  checkCyclesDestination(es, dst);
  if (!schemes.includes(scheme)) return INVALID_CURVE_OR_ALGORITHM;
  if (keyName === undefined || !Object.hasOwn(fees, keyName)) return INVALID_KEY_NAME;
  copyCyclesToCanister(es, dst, fees[keyName] ?? 0n);
  return SUCCESS;
}
