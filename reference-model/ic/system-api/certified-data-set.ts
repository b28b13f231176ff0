// spec-shaped: ic0.certified_data_set — canister-interface.md#system-api-certified-data

import { copyFromCanister } from '../blobs.js';
import { trap, type Execution } from '../execution.js';

/** Sets the certified data. */
export function certifiedDataSet(es: Execution, src: bigint, size: bigint): void {
  // arguments
  const data = copyFromCanister(es, src, size);
  const limit = es.profile.limits.certifiedDataBytes;
  if (data.length > limit) trap(`certified data has at most ${limit} bytes`);
  // effect
  es.newCertifiedData = data;
}
