// table: clauses — canister-interface.md#system-api-certified-data
import { ambiguous, chapter, must } from './rule.js';

export const certifiedData = chapter('certified-data', 'canister-interface.md#system-api-certified-data', {
  'empty-when-fresh': must(['state'], 'After install and reinstall the certified data is the empty blob.'),
  'kept-by-upgrade': must(['state'], 'An upgrade keeps it.', {
    anchor: 'abstract-behavior.md#ic-management-canister-code-upgrade',
  }),
  'root-key': must(['value'], 'root_key_* is the DER-encoded root key.'),
  'root-key-non-replicated': must(['trap'], 'root_key_* trap in non-replicated mode.', {
    sameAs: ['availability/root_key_size', 'availability/root_key_copy'],
  }),
  set: must(['state'], 'certified_data_set sets the certified data to the blob at src/size.'),
  'set-at-most-32': must(['trap'], 'The data may have at most 32 bytes; 32 are accepted.'),
  'set-over-32': ambiguous(25, ['trap'], 'certified_data_set with more than 32 bytes.', [
    'It traps.',
    'It has no effect.',
  ]),
  'set-many-times': must(['state'], 'It can be used any number of times; the last value counts.'),
  'certificate-at-root': must(
    ['value'],
    'data_certificate_present is 1 in a query or composite query method of the target of a query call.',
  ),
  'certificate-absent-replicated': must(['value'], 'It is 0 in updates and in queries executed in replicated mode.'),
  'certificate-absent-transform': must(['value'], 'It is 0 in a transform.'),
  'certificate-absent-in-callbacks': must(['value'], 'It is 0 in composite query callbacks.'),
  'certificate-absent-below-root': must(['value'], 'It is 0 in methods evaluated on other canisters than the target.'),
  'certificate-copy': must(['value'], 'data_certificate_* is the certificate for the current certified data.'),
  'certificate-content': must(
    ['value'],
    'It holds the certified data at /canister/<id>/certified_data and the time at /time.',
  ),
  'certificate-delegation': must(['value'], 'A subnet delegation in it has the id of the canister in its ranges.'),
  'certificate-missing-traps': must(['trap'], 'data_certificate_size and _copy trap where none is present.', {
    sameAs: ['availability/data_certificate_size', 'availability/data_certificate_copy'],
  }),
});
