// plumbing: constants and expected results of the WebAssembly script format

import { keywordOf, type ListNode, type Node } from './s-expression.js';

/** One expected slot: exact bits, or a pattern on the bits. */
type Pattern =
  | { readonly kind: 'bits'; readonly bits: bigint }
  /** nan:canonical and nan:arithmetic: the bits under `mask` are `bits`; one pattern for each lane of the slot. */
  | { readonly kind: 'masked'; readonly mask: bigint; readonly bits: bigint }
  /** Any reference that is not null. */
  | { readonly kind: 'not-null' };

/** What one result must be: one pattern for each slot, or one of several. */
type Expectation =
  | { readonly kind: 'slots'; readonly slots: readonly Pattern[] }
  | { readonly kind: 'either'; readonly choices: readonly Expectation[] };

interface FloatFormat {
  readonly bits: 32 | 64;
  readonly mantissa: number;
  readonly maxExponent: number;
}

const F32: FloatFormat = { bits: 32, mantissa: 23, maxExponent: 127 };
const F64: FloatFormat = { bits: 64, mantissa: 52, maxExponent: 1023 };

const ones = (count: number): bigint => (1n << BigInt(count)) - 1n;

/** An integer literal as unsigned bits. */
function integerBits(text: string, bits: number): bigint {
  const plain = text.replaceAll('_', '');
  const negative = plain.startsWith('-');
  const magnitude = BigInt(plain.replace(/^[-+]/, ''));
  return BigInt.asUintN(bits, negative ? -magnitude : magnitude);
}

/** The largest e with 2^e <= n / d. */
function exponentOf(n: bigint, d: bigint): number {
  let e = n.toString(2).length - d.toString(2).length;
  const below = e >= 0 ? n < d << BigInt(e) : n << BigInt(-e) < d;
  if (below) e--;
  return e;
}

/** The bits of the float nearest to n / d, ties to even, subnormals and overflow included. */
function roundRational(n: bigint, d: bigint, format: FloatFormat): bigint {
  if (n === 0n) return 0n;
  const minExponent = 1 - format.maxExponent;
  const exponent = Math.max(exponentOf(n, d), minExponent);
  // How many units in the last place: n / d = q * 2^(exponent - mantissa).
  const shift = format.mantissa - exponent;
  const numerator = shift >= 0 ? n << BigInt(shift) : n;
  const denominator = shift >= 0 ? d : d << BigInt(-shift);
  let q = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  if (twice > denominator || (twice === denominator && (q & 1n) === 1n)) q++;
  // A carry out of the mantissa moves into the exponent by itself; a q without its top bit is subnormal.
  const bits = (BigInt(exponent - minExponent) << BigInt(format.mantissa)) + q;
  const infinity = BigInt(2 * format.maxExponent + 1) << BigInt(format.mantissa);
  return bits > infinity ? infinity : bits;
}

/** The bits of a float literal. */
function floatBits(text: string, bits: 32 | 64): bigint {
  const format = bits === 32 ? F32 : F64;
  const plain = text.replaceAll('_', '');
  const sign = plain.startsWith('-') ? 1n << BigInt(bits - 1) : 0n;
  const magnitude = plain.replace(/^[-+]/, '');
  const infinity = BigInt(2 * format.maxExponent + 1) << BigInt(format.mantissa);
  if (magnitude === 'inf') return sign | infinity;
  if (magnitude === 'nan') return sign | infinity | (1n << BigInt(format.mantissa - 1));
  if (magnitude.startsWith('nan:')) return sign | infinity | BigInt(magnitude.slice(4));
  const hexadecimal = magnitude.startsWith('0x') || magnitude.startsWith('0X');
  const [, whole = '', fraction = '', exponentText = '0'] = (hexadecimal
    ? /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([-+]?\d+))?$/
    : /^(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/
  ).exec(magnitude) ?? [undefined, 'x'];
  if (whole === 'x') throw new Error(`not a float: ${text}`);
  const digits = BigInt((hexadecimal ? '0x0' : '0') + whole + fraction);
  const base = hexadecimal ? 2n : 10n;
  const exponent = Number(exponentText) - fraction.length * (hexadecimal ? 4 : 1);
  const n = exponent >= 0 ? digits * base ** BigInt(exponent) : digits;
  const d = exponent >= 0 ? 1n : base ** BigInt(-exponent);
  return sign | roundRational(n, d, format);
}

const SHAPES: Readonly<Record<string, { readonly lanes: number; readonly float: boolean }>> = {
  i8x16: { lanes: 16, float: false },
  i16x8: { lanes: 8, float: false },
  i32x4: { lanes: 4, float: false },
  i64x2: { lanes: 2, float: false },
  f32x4: { lanes: 4, float: true },
  f64x2: { lanes: 2, float: true },
};

const textOf = (node: Node | undefined): string => (node?.kind === 'atom' ? node.text : '');

/** A float lane as mask and bits: exact, or a NaN pattern. */
function floatPattern(text: string, bits: 32 | 64): { readonly mask: bigint; readonly bits: bigint } {
  const { mantissa, maxExponent } = bits === 32 ? F32 : F64;
  const quiet = (BigInt(2 * maxExponent + 1) << BigInt(mantissa)) | (1n << BigInt(mantissa - 1));
  // The sign is open in both; the rest of the payload in the second only.
  if (text === 'nan:canonical') return { mask: ones(bits - 1), bits: quiet };
  if (text === 'nan:arithmetic') return { mask: quiet, bits: quiet };
  return { mask: ones(bits), bits: floatBits(text, bits) };
}

const pattern = (mask: bigint, bits: bigint): Pattern => ({ kind: 'masked', mask, bits });

/** The expectation that a result node such as `(f32.const nan:canonical)` states. */
export function expectationOf(node: ListNode): Expectation {
  const [, second, ...rest] = node.items;
  switch (keywordOf(node)) {
    case 'either':
      return { kind: 'either', choices: node.items.slice(1).map((one) => expectationOf(one as ListNode)) };
    case 'i32.const':
      return slots({ kind: 'bits', bits: integerBits(textOf(second), 32) });
    case 'i64.const':
      return slots({ kind: 'bits', bits: integerBits(textOf(second), 64) });
    case 'f32.const': {
      const { mask, bits } = floatPattern(textOf(second), 32);
      return slots(pattern(mask, bits));
    }
    case 'f64.const': {
      const { mask, bits } = floatPattern(textOf(second), 64);
      return slots(pattern(mask, bits));
    }
    case 'v128.const':
      return vector(textOf(second), rest.map(textOf));
    case 'ref.null':
      return slots({ kind: 'bits', bits: 0n });
    case 'ref.extern':
      return slots(second === undefined ? { kind: 'not-null' } : { kind: 'bits', bits: externBits(textOf(second)) });
    case 'ref.func':
      return slots({ kind: 'not-null' });
    default:
      throw new Error(`unknown result ${keywordOf(node)}`);
  }
}

const slots = (...patterns: Pattern[]): Expectation => ({ kind: 'slots', slots: patterns });

/** A host reference n is 1 + n in a slot. */
const externBits = (text: string): bigint => BigInt(text) + 1n;

function vector(shapeName: string, lanes: readonly string[]): Expectation {
  const shape = SHAPES[shapeName];
  if (shape === undefined || lanes.length !== shape.lanes) throw new Error(`not a vector: ${shapeName}`);
  const width = 128 / shape.lanes;
  let mask = 0n;
  let bits = 0n;
  for (const [k, text] of lanes.entries()) {
    const lane = shape.float
      ? floatPattern(text, width as 32 | 64)
      : { mask: ones(width), bits: integerBits(text, width) };
    mask |= lane.mask << BigInt(k * width);
    bits |= lane.bits << BigInt(k * width);
  }
  return slots(pattern(mask & ones(64), bits & ones(64)), pattern(mask >> 64n, bits >> 64n));
}

/** The raw bits of an argument such as `(i32.const 1)`, one entry a slot. */
export function argumentOf(node: ListNode): bigint[] {
  const expectation = expectationOf(node);
  if (expectation.kind === 'either') throw new Error('an argument has one value');
  return expectation.slots.map((slot) => {
    if (slot.kind === 'not-null') throw new Error('an argument has one value');
    return slot.bits;
  });
}

/** Whether the slots, from a position on, are what is expected; gives how many were compared, or -1. */
export function matches(expectation: Expectation, actual: readonly bigint[], at: number): number {
  if (expectation.kind === 'either') {
    for (const choice of expectation.choices) {
      const count = matches(choice, actual, at);
      if (count >= 0) return count;
    }
    return -1;
  }
  for (const [k, slot] of expectation.slots.entries()) {
    const bits = actual[at + k];
    if (bits === undefined) return -1;
    const fits =
      slot.kind === 'not-null'
        ? bits !== 0n
        : slot.kind === 'bits'
          ? bits === slot.bits
          : (bits & slot.mask) === slot.bits;
    if (!fits) return -1;
  }
  return expectation.slots.length;
}
