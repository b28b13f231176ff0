// plumbing: records of the canister log — canister-interface.md#debugging-aids
import type { Execution } from '../execution.js';
import type { Blob, Canister } from '../state.js';
import type { Address } from './blobs.js';

const OUT_OF_BOUNDS: Blob = new TextEncoder().encode('(out of bounds)');

/** The data that a record gets: never a trap, whatever the range. */
export function logData(execution: Execution, src: Address, size: Address): Blob {
  const bytes = execution.instance.bytes();
  if (src + size > bytes.length) return OUT_OF_BOUNDS;
  return bytes.slice(src, src + size);
}

/** Appends a record, cut to its largest size, and drops the oldest while all together are too large. */
export function appendLog(
  canister: Canister,
  data: Blob,
  limits: { readonly logRecordBytes: number; readonly logBytes: number },
): void {
  const log = [...canister.log, data.slice(0, limits.logRecordBytes)];
  let total = 0;
  for (const record of log) total += record.length;
  let dropped = 0;
  while (total > limits.logBytes) total -= log[dropped++]?.length ?? 0;
  canister.log = log.slice(dropped);
}
