// spec-shaped: the certificate for the certified data — canister-interface.md#system-api-certified-data

import { trap, type Execution } from '../../execution.js';

/** The certificate; traps where none is present. */
export function certificateOf(es: Execution): Uint8Array {
  return es.env.certificate ?? trap('no certificate is present');
}
