// plumbing: certificates of the subnet state — one that shows a canister's certified data, and what one says about them
//
// certification.md: a certificate is CBOR, a map with a hash tree and a signature; canister-interface.md#system-api-certified-data: the tree
// of a query's certificate has the canister's certified data at /canister/<id>/certified_data, and the time at /time. Signatures are neither
// made nor checked: who is under test is asked about its canisters, not about its keys.
import { decode, encode } from 'cborg';
import { bytesOf, hexOf, type Hex, type Nanoseconds, type Principal } from '../spec/vocabulary/brands.js';

/** A node of a hash tree: its kind, and what belongs to it. */
export type HashTree =
  | readonly [kind: 0]
  | readonly [kind: 1, left: HashTree, right: HashTree]
  | readonly [kind: 2, label: Uint8Array, of: HashTree]
  | readonly [kind: 3, value: Uint8Array]
  | readonly [kind: 4, hash: Uint8Array];

/** The tag that says of bytes that they are CBOR. */
const SELF_DESCRIBED = Uint8Array.of(0xd9, 0xd9, 0xf7);
const SELF_DESCRIBED_TAG = 55_799;
const TEXT = new TextEncoder();

export const labeled = (label: string | Uint8Array, of: HashTree): HashTree => [
  2,
  typeof label === 'string' ? TEXT.encode(label) : label,
  of,
];

/** The tree of a certificate for a query to a canister. @param data its certified data */
export function queryTree(canister: Principal, data: Hex, time: Nanoseconds): HashTree {
  const certified = labeled('certified_data', [3, bytesOf(data)]);
  return [1, labeled('canister', labeled(bytesOf(canister), certified)), labeled('time', [3, leb128(time)])];
}

/** A certificate with that tree, unsigned. */
export function certificateOf(tree: HashTree): Hex {
  return hexOf(Buffer.concat([SELF_DESCRIBED, encode({ tree, signature: new Uint8Array(48) })]));
}

function leb128(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

/**
 * The certified data of a canister that a certificate shows.
 * @returns undefined where the bytes are no certificate, or it says nothing about them
 */
export function certifiedDataIn(certificate: Uint8Array, canister: Principal): Hex | undefined {
  const path = [TEXT.encode('canister'), bytesOf(canister), TEXT.encode('certified_data')];
  const found = lookUp(treeIn(certificate), path);
  return found instanceof Uint8Array ? hexOf(found) : undefined;
}

function treeIn(certificate: Uint8Array): unknown {
  try {
    const decoded: unknown = decode(certificate, {
      useMaps: true,
      tags: { [SELF_DESCRIBED_TAG]: (content) => content() as unknown },
    });
    return decoded instanceof Map ? decoded.get('tree') : undefined;
  } catch {
    return undefined;
  }
}

/** The value at a path of labels; undefined: the tree has none, or hides it. */
function lookUp(tree: unknown, [label, ...rest]: readonly Uint8Array[]): unknown {
  if (!Array.isArray(tree)) return undefined;
  const [kind, first, second] = tree as readonly unknown[];
  switch (kind) {
    case 1: {
      const path = label === undefined ? [] : [label, ...rest];
      return lookUp(first, path) ?? lookUp(second, path);
    }
    case 2:
      return label !== undefined && first instanceof Uint8Array && Buffer.from(first).equals(label)
        ? lookUp(second, rest)
        : undefined;
    case 3:
      return label === undefined ? first : undefined;
    default:
      return undefined;
  }
}
