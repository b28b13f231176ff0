// spec-shaped: ic0.data_certificate_size — canister-interface.md#system-api-certified-data
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';

/** The size of the certificate, in bytes; traps where none is present. */
export function dataCertificateSize(execution: Execution): number {
  const certificate = execution.certificate ?? systemCallTrap('no certificate is present');
  return certificate.length;
}
