// spec-shaped: ic0.time — canister-interface.md#system-api-time

import type { Execution } from '../execution.js';

/** Nanoseconds since 1970-01-01, the same during an execution. */
export function time(es: Execution): bigint {
  // result
  return es.env.time;
}
