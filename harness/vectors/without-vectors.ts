// table: clauses that bind and can be seen, and have no golden vector all the same, each with the reason
import type { ClauseId } from '../../spec/vocabulary/verdict.js';

/** In the order of the catalogue. */
export const WITHOUT_VECTORS: Readonly<Record<ClauseId, string>> = {
  'canister-version/by-load-snapshot': 'no stimulus loads a snapshot yet',
  'certified-data/certificate-content': "the certificate is the environment's; our engines do not make one",
  'certified-data/certificate-delegation': "the certificate is the environment's; our engines do not make one",
  'canister-concepts/balance-not-writable': 'there is no function that could; the ledger of every vector shows it',
};
