// spec-shaped: the log of a canister — abstract-behavior.md, "Trimming canister logs"

import type { Limits } from '../../spec/profiles/profile.js';

/** The log with new records; the oldest go while the contents are larger than the limit. */
export function extendedLog(
  log: readonly Uint8Array[],
  records: readonly Uint8Array[],
  limits: Limits,
): readonly Uint8Array[] {
  if (records.length === 0) return log;
  const all = [...log, ...records];
  let bytes = all.reduce((sum, record) => sum + record.length, 0);
  let first = 0;
  while (bytes > limits.logBytes) bytes -= all[first++]?.length ?? 0;
  return all.slice(first);
}
