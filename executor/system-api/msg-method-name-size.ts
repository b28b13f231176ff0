// spec-shaped: ic0.msg_method_name_size — canister-interface.md#system-api-inspect-message
import type { Execution } from '../execution.js';

/** The size of the inspected message's method name, in bytes. */
export function msgMethodNameSize(execution: Execution): number {
  return Buffer.byteLength(execution.method ?? '');
}
