// spec-shaped: ic0.trap — canister-interface.md#debugging-aids

import { WasmTrap } from '../../wasm/index.js';
import type { Execution } from '../execution.js';
import { decodeTextLossily } from '../text.js';
import { appendToLog, printable } from './support/log.js';

/** Appends to the log of the canister, and traps. */
export function trap(es: Execution, src: bigint, size: bigint): never {
  // effect
  const data = printable(es, src, size);
  appendToLog(es, data);
  throw new WasmTrap('explicit', decodeTextLossily(data));
}
