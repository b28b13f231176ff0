// table: clauses — canister-interface.md#system-api-canister-self
import { chapter, must } from './rule.js';

export const selfIdentification = chapter('self-identification', 'canister-interface.md#system-api-canister-self', {
  self: must(['value'], "canister_self_* is the canister's own id."),
  subnet: must(['value'], 'subnet_self_* is the id of the subnet on which the canister runs.'),
});
