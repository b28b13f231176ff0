// plumbing: blobs and their hexadecimal text, by the host's codec
import type { Hex, Principal } from '../spec/vocabulary/brands.js';
import type { Blob } from './state.js';

/** The bytes of a blob given as hexadecimal text. */
export function blobOf(text: Hex): Blob {
  return text.length === 0 ? NO_BLOB : Buffer.from(text, 'hex');
}

/** The text of a blob. */
export function hexOfBlob(blob: Blob): Hex {
  if (blob.length === 0) return NO_HEX;
  return Buffer.from(blob.buffer, blob.byteOffset, blob.length).toString('hex') as Hex;
}

/** The empty blob. */
export const NO_BLOB: Blob = new Uint8Array(0);
const NO_HEX = '' as Hex;

const known = new Map<Principal, Blob>();
const MOST_KNOWN = 4096;

/** The bytes of a principal. */
export function principalBytes(principal: Principal): Blob {
  let bytes = known.get(principal);
  if (bytes === undefined) {
    if (known.size === MOST_KNOWN) known.clear();
    known.set(principal, (bytes = Buffer.from(principal, 'hex')));
  }
  return bytes;
}
