// spec-shaped: ic0.data_certificate_present — canister-interface.md#system-api-certified-data
import type { Execution } from '../execution.js';

/** 1 where a certificate is present, else 0. */
export function dataCertificatePresent(execution: Execution): number {
  return execution.certificate === undefined ? 0 : 1;
}
