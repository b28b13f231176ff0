// spec-shaped: ic0.data_certificate_size — canister-interface.md#system-api-certified-data

import { sizeOf } from '../blobs.js';
import type { Execution } from '../execution.js';
import { certificateOf } from './support/certificate.js';

/** Size of the certificate for the certified data. */
export function dataCertificateSize(es: Execution): bigint {
  // context
  const certificate = certificateOf(es);
  // result
  return sizeOf(certificate);
}
