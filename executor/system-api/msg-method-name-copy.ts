// spec-shaped: ic0.msg_method_name_copy — canister-interface.md#system-api-inspect-message
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';

/** Copies a part of the inspected message's method name into the memory. */
export function msgMethodNameCopy(execution: Execution, dst: Address, offset: Address, size: Address): void {
  copyOut(execution, dst, offset, size, Buffer.from(execution.method ?? ''));
}
