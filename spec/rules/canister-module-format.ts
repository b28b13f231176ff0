// table: clauses — canister-interface.md#canister-module-format
import { chapter, must } from './rule.js';

export const canisterModuleFormat = chapter('canister-module-format', 'canister-interface.md#canister-module-format', {
  'plain-binary': must(['module'], 'A module in the WebAssembly binary format is taken as it is.'),
  'gzip-by-prefix': must(
    ['module'],
    'A module that starts with the bytes 1f 8b 08 is unpacked as gzip first; these three bytes alone decide.',
  ),
  'gzip-content-is-wasm': must(
    ['module'],
    'What comes out of the gzip stream is parsed as WebAssembly; gzip within gzip is not unpacked again.',
  ),
  'neither-is-refused': must(['module'], 'Bytes that are neither gzip nor a WebAssembly binary are refused.'),
  'hash-of-uploaded-bytes': must(['state'], 'The module hash is SHA-256 of the bytes as uploaded, packed or not.', {
    anchor: 'management-canister.md#ic-canister_status',
  }),
});
