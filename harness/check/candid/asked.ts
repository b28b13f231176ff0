// plumbing: asks a module itself for its interface — canisters of before the metadata sections, and many since, export a query that replies it
import { gunzipSync } from 'node:zlib';
import { IDL } from '@icp-sdk/core/candid';
import { executor } from '../../../executor/index.js';
import { GZIP_PREFIX } from '../../../spec/module-requirements.js';
import { check } from '../../../spec/profiles/profiles.js';
import { bytesOf, cycles, hex, hexOf, nanoseconds } from '../../../spec/vocabulary/brands.js';
import { HostLimit } from '../../../spec/vocabulary/engine.js';
import { canisterId, userId } from '../../../spec/vocabulary/ids.js';

/** The query; without an argument it replies a text. */
export const ASKED = '__get_candid_interface_tmp_hack';

const INIT = new TextEncoder().encode('canister_init');
const EXPORT_SECTION = 7;
/** Magic number and version. */
const HEADER_BYTES = 8;

/**
 * The text of the interface; undefined where the query does not reply one. What it replies seldom depends on the canister's state,
 * and canister_init may refuse every argument that one knows without the interface: it is not run.
 * @param uploaded a canister module that exports the query
 */
export function askedInterface(uploaded: Uint8Array): string | undefined {
  const engine = executor({
    profile: check,
    time: nanoseconds(1n),
    modules: [withoutInit(unpacked(uploaded))],
    trace: false,
  });
  const [canister, sender] = [canisterId(0), userId(0)];
  try {
    engine.submit({ kind: 'create', sender, cycles: cycles(10n ** 15n), reservedCycles: cycles(0n), settings: {} });
    engine.submit({ kind: 'install', canister, sender, mode: 'install', module: 0, arg: hex('') });
    const arg = hexOf(new Uint8Array(IDL.encode([], [])));
    const { outcome } = engine.submit({ kind: 'query', canister, method: ASKED, arg, sender });
    if (outcome.kind !== 'responded' || outcome.response.kind !== 'reply') return undefined;
    return textOf(bytesOf(outcome.response.data));
  } catch (error) {
    // The cases will say so if it matters.
    if (error instanceof HostLimit) return undefined;
    throw error;
  } finally {
    engine.dispose();
  }
}

function textOf(reply: Uint8Array): string | undefined {
  try {
    const [value] = IDL.decode([IDL.Text], reply);
    return typeof value === 'string' ? value : undefined;
  } catch {
    // Whatever a module replies is its own affair.
    return undefined;
  }
}

function unpacked(uploaded: Uint8Array): Uint8Array {
  return GZIP_PREFIX.every((byte, i) => uploaded[i] === byte) ? new Uint8Array(gunzipSync(uploaded)) : uploaded.slice();
}

/** The module with the export `canister_init` under a name that means nothing. Only the export section is looked at. */
function withoutInit(bytes: Uint8Array): Uint8Array {
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const id = bytes[at];
    const { value: size, end } = unsigned(bytes, at + 1);
    if (id === EXPORT_SECTION) rename(bytes.subarray(end, end + size));
    at = end + size;
  }
  return bytes;
}

/** A name stands behind its length. `Canister_init` is none that the system invokes. */
function rename(section: Uint8Array): void {
  const at = Buffer.from(section.buffer, section.byteOffset, section.length).indexOf(
    Buffer.from([INIT.length, ...INIT]),
  );
  if (at >= 0) section[at + 1] = 'C'.charCodeAt(0);
}

/** LEB128, of a module that was validated. */
function unsigned(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, shift = 0; ; at++, shift += 7) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
}
