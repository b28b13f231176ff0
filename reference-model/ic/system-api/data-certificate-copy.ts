// spec-shaped: ic0.data_certificate_copy — canister-interface.md#system-api-certified-data

import { copyToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';
import { certificateOf } from './support/certificate.js';

/** Copies a part of the certificate for the certified data. */
export function dataCertificateCopy(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // context
  const certificate = certificateOf(es);
  // arguments, effect
  copyToCanister(es, dst, offset, size, certificate);
}
