// plumbing: the notation of blobs, principals and amounts in golden vectors
import { hexOf, hex, principal, type Hex, type Principal } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';

/** A vector that cannot be read: ours to mend, never a verdict. */
export class VectorError extends Error {
  override readonly name = 'VectorError';
}

const PART = /(?:([a-z][a-z0-9]*):)?(?:'([^']*)'|([^\s']+))\s*/y;

/**
 * A blob: parts one after the other, separated by spaces.
 * `00ff` hexadecimal · `text:'abc'` UTF-8 · `u8:` `u16:` `u32:` `u64:` `u128:` little-endian numbers · `zero:16` so many zeroes ·
 * `repeat:3/ab` a byte so many times · `canister:0` `user:0` ids of the scenario.
 * @throws VectorError
 */
export function blob(text: string): Hex {
  let result = '';
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    if (part === null) throw new VectorError(`not a blob: ${text}`);
    result += partHex(part[1], part[2] ?? part[3] ?? '', text);
  }
  return hex(result);
}

function partHex(kind: string | undefined, value: string, text: string): string {
  switch (kind) {
    case undefined:
      return hex(value);
    case 'text':
      return hexOf(new TextEncoder().encode(value));
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'u128':
      return littleEndian(amount(value), Number(kind.slice(1)) / 8, text);
    case 'zero':
      return '00'.repeat(Number(amount(value)));
    case 'repeat': {
      const [count = '', byte = ''] = value.split('/');
      return hex(byte).repeat(Number(amount(count)));
    }
    case 'canister':
      return canisterId(Number(value));
    case 'user':
      return userId(Number(value));
    default:
      throw new VectorError(`no such part of a blob: ${kind} in ${text}`);
  }
}

function littleEndian(value: bigint, bytes: number, text: string): string {
  if (value < 0n || value >= 1n << BigInt(8 * bytes))
    throw new VectorError(`${value} does not fit into ${bytes} bytes: ${text}`);
  return Array.from({ length: bytes }, (_, at) =>
    ((value >> BigInt(8 * at)) & 0xffn).toString(16).padStart(2, '0'),
  ).join('');
}

/**
 * A principal in the same notation.
 * @throws VectorError
 */
export function principalOf(text: string): Principal {
  return principal(blob(text));
}

const TERM = /\s*([+-]?)\s*(?:(\d+)\^(\d+)|(\d[\d_]*))(?:\s*\*\s*(\d[\d_]*))?\s*/y;

/**
 * A whole number: terms `1_000`, `2^64`, `10^12 * 3` with + and - between them.
 * @throws VectorError
 */
export function amount(text: string): bigint {
  let sum = 0n;
  TERM.lastIndex = 0;
  if (text === '') throw new VectorError('an empty number');
  while (TERM.lastIndex < text.length) {
    const term = TERM.exec(text);
    if (term === null) throw new VectorError(`not a number: ${text}`);
    const digits = (digit: string | undefined) => BigInt((digit ?? '1').replace(/_/g, ''));
    const value = (term[4] === undefined ? digits(term[2]) ** digits(term[3]) : digits(term[4])) * digits(term[5]);
    sum += term[1] === '-' ? -value : value;
  }
  return sum;
}
