// spec-shaped: ic0.data_certificate_copy — canister-interface.md#system-api-certified-data
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';
import { copyOut, type Address } from './blobs.js';

/** Copies a part of the certificate into the memory; traps where none is present. */
export function dataCertificateCopy(execution: Execution, dst: Address, offset: Address, size: Address): void {
  const certificate = execution.certificate ?? systemCallTrap('no certificate is present');
  copyOut(execution, dst, offset, size, certificate);
}
