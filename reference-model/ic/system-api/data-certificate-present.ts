// spec-shaped: ic0.data_certificate_present — canister-interface.md#system-api-certified-data

import type { Execution } from '../execution.js';

/** 1 where a certificate for the certified data is present, else 0. */
export function dataCertificatePresent(es: Execution): bigint {
  // result
  return es.env.certificate === undefined ? 0n : 1n;
}
