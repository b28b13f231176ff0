// plumbing: how ids are derived, the same in every engine and on every machine
import { hexOf, principal, type Brand, type Principal } from './brands.js';

/** Numbered from 0 in the order in which messages (calls and responses, ingress included) come into being. */
export type MessageId = Brand<number, 'MessageId'>;
/** Numbered from 0 in the order in which call contexts are created. */
export type CallContextId = Brand<number, 'CallContextId'>;
/** Numbered from 0 in the order in which ingress requests are accepted. */
export type RequestId = Brand<number, 'RequestId'>;

/** The principal of the management canister, `aaaaa-aa`: the empty blob. */
export const MANAGEMENT_CANISTER = principal('');
/** The anonymous user. */
export const ANONYMOUS = principal('04');

/** Ids of the first canisters, which are asked for again and again. */
const KNOWN_CANISTERS: Principal[] = [];
const KNOWN = 64;

/** The id of the k-th canister that a scenario creates, from 0: k as 8 bytes big-endian, then 01 01 (an opaque id). */
export function canisterId(k: number): Principal {
  return k < KNOWN ? (KNOWN_CANISTERS[k] ??= makeCanisterId(k)) : makeCanisterId(k);
}

function makeCanisterId(k: number): Principal {
  const bytes = new Uint8Array(10);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(k));
  bytes[8] = 1;
  bytes[9] = 1;
  return principal(hexOf(bytes));
}

/** The k-th user of a scenario, from 0: 28 times the byte k + 1, then 02 (shaped as a self-authenticating id). */
export function userId(k: number): Principal {
  const bytes = new Uint8Array(29).fill((k + 1) & 0xff);
  bytes[28] = 2;
  return principal(hexOf(bytes));
}
