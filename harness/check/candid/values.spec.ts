// plumbing: tests of Candid's textual values
import { Principal } from '@icp-sdk/core/principal';
import { parseDid } from './parser.js';
import { CandidSyntaxError } from './types.js';
import { parseValues } from './values.js';
import { present } from '../../../spec/testing/present.js';

const wires = new Map([['peer', new Uint8Array([7, 1])]]);
const parse = (types: string, values: string) => {
  const { definitions, methods } = parseDid(`type N = nat; service : { m: (${types}) -> () }`);
  return parseValues(values, present(methods.get('m')).args, definitions, wires);
};

describe('parseValues', () => {
  it.each([
    ['nat, int, nat8', '(1_000, -2, 0xff)', [1000n, -2n, 255]],
    ['nat64, int64', '(18446744073709551615, -9223372036854775808)', [18446744073709551615n, -9223372036854775808n]],
    ['N', '(42 : nat)', [42n]],
    ['text, bool, null', '("a\\n\\u{e9}", true, null)', ['a\né', true, null]],
    ['float64, float32', '(1.5e3, -inf)', [1500, Number.NEGATIVE_INFINITY]],
    ['opt opt nat, opt nat', '(opt opt 1, null)', [[[1n]], []]],
    ['vec nat, blob, blob', '(vec { 1; 2; }, blob "\\00A", vec { 3 })', [[1n, 2n], new Uint8Array([0, 65]), [3]]],
    [
      'record { nat; text }, record { a: nat; b: opt nat }',
      '(record { 1; "x" }, record { a = 2 })',
      [
        { _0_: 1n, _1_: 'x' },
        { a: 2n, b: [] },
      ],
    ],
    ['variant { a; b: nat }, variant { a; b: nat }', '(variant { a }, variant { b = 3 })', [{ a: null }, { b: 3n }]],
    ['principal', '(principal "aaaaa-aa")', [Principal.managementCanister()]],
    ['principal', '(principal "$peer")', [Principal.fromUint8Array(new Uint8Array([7, 1]))]],
    ['service {}', '(service "aaaaa-aa")', [Principal.managementCanister()]],
    ['func () -> ()', '(func "aaaaa-aa".get)', [[Principal.managementCanister(), 'get']]],
    ['', '()', []],
  ])('reads (%s) from %s', (types, values, expected) => {
    expect(parse(types, values)).toEqual(expected);
  });

  it.each([
    ['nat', '(-1)', 'not of type nat'],
    ['nat8', '(256)', 'not of type nat8'],
    ['int8', '(-129)', 'not of type int8'],
    ['nat', '("1")', 'a number of type nat'],
    ['nat', '(1.5)', 'not a whole number'],
    ['nat', '(1, 2)', "')' after 1 arguments"],
    ['nat, nat', '(1)', "expected ','"],
    ['record { a: nat }', '(record { b = 1 })', 'a field of the record, not b'],
    ['record { a: nat }', '(record {})', 'field a'],
    ['variant { a }', '(variant { b })', 'an alternative of the variant, not b'],
    ['principal', '(principal "aaaaa-ab")', 'not the text of a principal'],
    ['principal', '(principal "$other")', 'no --wire is called other'],
    ['empty', '(1)', 'no value is of type empty'],
    ['nat', '(1) 2', 'expected the end'],
  ])('refuses for (%s) the text %s', (types, values, message) => {
    expect(() => parse(types, values)).toThrow(CandidSyntaxError);
    expect(() => parse(types, values)).toThrow(message);
  });
});
