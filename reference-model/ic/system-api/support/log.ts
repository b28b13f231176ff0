// spec-shaped: what a canister writes to its log — canister-interface.md#debugging-aids

import { wasmMemoryBytes, type Execution } from '../../execution.js';
import { copyFromCanister } from '../../blobs.js';
import { encodeText } from '../../text.js';

const OUT_OF_BOUNDS = encodeText('(out of bounds)');

/** The data that `src` and `size` refer to, or data of the system's own where they refer to nothing. */
export function printable(es: Execution, src: bigint, size: bigint): Uint8Array {
  return src + size > wasmMemoryBytes(es) ? OUT_OF_BOUNDS : copyFromCanister(es, src, size);
}

/** Makes a record, cut to the largest size of one. */
export function appendToLog(es: Execution, data: Uint8Array): void {
  es.log.push(data.slice(0, es.profile.limits.logRecordBytes));
}
