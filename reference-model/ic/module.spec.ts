// table: modules that are taken and modules that are refused — canister-interface.md#canister-module-format, #system-api-module
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { application13, conformance, openWasm } from '../../spec/profiles/profiles.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { ruleNamed } from '../../spec/rules/index.js';
import { parseModule } from './module.js';
import { wat } from './testing/subnet.js';

const refusal = (bytes: Uint8Array, profile: Profile = conformance): string | undefined => {
  const module = parseModule(profile, bytes);
  if (!('invalid' in module)) return undefined;
  // Whatever is refused is refused for clauses that there are.
  expect(module.breaks.map((id) => ruleNamed(id)?.id)).toEqual(module.breaks);
  expect(module.breaks.length).toBeGreaterThan(0);
  return module.invalid;
};
const refusalOf = (text: string, profile?: Profile) => refusal(wat(text), profile);

/** A module with custom sections appended. */
function withSections(bytes: Uint8Array, sections: readonly (readonly [string, number])[]): Uint8Array {
  const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >> 7)]);
  const parts: number[][] = sections.map(([name, size]) => {
    const text = [...new TextEncoder().encode(name)];
    const body = [...leb(text.length), ...text, ...new Array<number>(size).fill(0)];
    return [0, ...leb(body.length), ...body];
  });
  return Uint8Array.from([...bytes, ...parts.flat()]);
}

const empty = wat('(module)');
const repeat = (n: number, text: (k: number) => string) => Array.from({ length: n }, (_, k) => text(k)).join('\n');
/** A profile with small optional limits, so that their neighbours are cheap. */
const small: Profile = {
  ...conformance,
  limits: {
    ...conformance.limits,
    moduleFunctions: 3,
    moduleGlobals: 2,
    exportedMethods: 2,
    exportedMethodNameBytes: 6,
    customSections: 2,
    customSectionBytes: 20,
    moduleBytes: 200,
  },
};

describe('the format', () => {
  it('is a Wasm binary', () => {
    expect(refusal(empty)).toBeUndefined();
    expect(refusal(Uint8Array.of())).toBeDefined();
    expect(refusal(Uint8Array.of(0, 0x61, 0x73))).toBeDefined();
    expect(refusal(new TextEncoder().encode('(module)'))).toBeDefined();
  });

  it('is a gzip stream when it starts with 1f 8b 08', () => {
    expect(refusal(gzipSync(empty))).toBeUndefined();
    expect(refusal(gzipSync(empty).subarray(0, 15))).toBeDefined();
    expect(refusal(Uint8Array.of(0x1f, 0x8b, 0x08))).toBeDefined();
    expect(refusal(Uint8Array.of(0x1f, 0x8b, 0x07, ...gzipSync(empty).subarray(3)))).toBeDefined();
  });

  it('is not gzip in gzip', () => {
    expect(refusal(gzipSync(gzipSync(empty)))).toBeDefined();
  });

  it('is hashed as it was uploaded', () => {
    const zipped = gzipSync(empty);
    for (const bytes of [empty, zipped]) {
      const module = parseModule(conformance, bytes);
      expect('hash' in module && module.hash).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect('hash' in module && module.uploadedBytes).toBe(bytes.length);
    }
  });

  it('is bounded in size, after decompression too', () => {
    const of = (size: number) => withSections(empty, [['a', size - empty.length - 5]]);
    expect(of(200).length).toBe(200);
    expect(refusal(of(200), small)).toBeUndefined();
    expect(refusal(of(201), small)).toBeDefined();
    expect(refusal(gzipSync(of(200)), small)).toBeUndefined();
    expect(refusal(gzipSync(of(201)), small)).toBeDefined();
  });

  it('is looked at once for each profile: the same module is the same object', () => {
    const copy = () => empty.slice();
    expect(parseModule(conformance, copy())).toBe(parseModule(conformance, copy()));
    expect(parseModule(conformance, empty)).not.toBe(parseModule(application13, empty));
  });
});

describe('modules that are taken', () => {
  it.each([
    ['no memory', '(module (import "ic0" "msg_caller_size" (func (result i32))))'],
    ['a 64-bit memory', '(module (import "ic0" "msg_caller_size" (func (result i64))) (memory i64 1))'],
    ['a start function', '(module (func $f) (start $f))'],
    ['an exported memory', '(module (memory (export "canister_memory") 1))'],
    ['an empty method name', '(module (func (export "canister_update ")))'],
    ['a method name with spaces', '(module (func (export "canister_query  a b ")))'],
    ['a method name that looks like an entry point', '(module (func (export "canister_update canister_init")))'],
    ['an export named start of any type', '(module (func (export "start") (param i32)))'],
    ['an export with a similar prefix', '(module (func (export "canister init") (param i32)))'],
    ['a global with the name of an entry point', '(module (global (export "canister_init") i32 (i32.const 0)))'],
    [
      'one method of each kind',
      '(module (func (export "canister_update a")) (func (export "canister_query b")) (func (export "canister_composite_query c")))',
    ],
    ['table.get', '(module (table 1 funcref) (func (drop (table.get 0 (i32.const 0)))))'],
  ])('%s', (_, text) => {
    expect(refusalOf(text)).toBeUndefined();
  });
});

describe('modules that are refused', () => {
  it.each([
    ['a function of another module', '(module (import "env" "msg_caller_size" (func (result i32))))'],
    ['a function of the module ic', '(module (import "ic" "msg_caller_size" (func (result i32))))'],
    ['a function that is not listed', '(module (import "ic0" "msg_caller" (func (result i32))))'],
    ['a function with another result', '(module (import "ic0" "msg_caller_size" (func (result i64))))'],
    ['a function with another parameter', '(module (import "ic0" "msg_reply" (func (param i32))))'],
    ['the width of no memory', '(module (import "ic0" "msg_caller_size" (func (result i64))))'],
    ['the width of the other memory', '(module (import "ic0" "msg_caller_size" (func (result i32))) (memory i64 1))'],
    [
      'a 32-bit function in a 64-bit module',
      '(module (import "ic0" "stable_size" (func (result i32))) (memory i64 1))',
    ],
    ['an imported memory', '(module (import "ic0" "memory" (memory 1)))'],
    ['an imported table', '(module (import "ic0" "table" (table 1 funcref)))'],
    ['an imported global', '(module (import "ic0" "g" (global i32)))'],
    ['canister_init with a parameter', '(module (func (export "canister_init") (param i32)))'],
    ['canister_heartbeat with a result', '(module (func (export "canister_heartbeat") (result i32) (i32.const 0)))'],
    ['a method with a parameter', '(module (func (export "canister_update a") (param i32)))'],
    ['a name in two kinds', '(module (func (export "canister_update a")) (func (export "canister_query a")))'],
    ['another export with the prefix', '(module (func (export "canister_start")))'],
    ['canister_update without a space', '(module (func (export "canister_updatea")))'],
    ['canister_update without a name', '(module (func (export "canister_update")))'],
    ['table.set', '(module (table 1 funcref) (func (table.set 0 (i32.const 0) (ref.null func))))'],
    ['table.grow', '(module (table 1 funcref) (func (drop (table.grow 0 (ref.null func) (i32.const 0)))))'],
    [
      'table.init',
      '(module (table 1 funcref) (elem func) (func (table.init 0 (i32.const 0) (i32.const 0) (i32.const 0))))',
    ],
    ['more memory than the profile has', '(module (memory 257))'],
    ['a larger table than the profile has', '(module (table 10001 funcref))'],
  ])('%s', (_, text) => {
    expect(refusalOf(text)).toBeDefined();
  });

  it('only where the profile refuses an instruction', () => {
    const text = '(module (table 1 funcref) (func (table.set 0 (i32.const 0) (ref.null func))))';
    expect(refusalOf(text, openWasm)).toBeUndefined();
  });

  it('a memory of exactly the limit is taken', () => {
    expect(refusalOf('(module (memory 256))')).toBeUndefined();
    expect(refusalOf('(module (memory 257))')).toBeDefined();
    expect(refusalOf('(module (memory i64 258))')).toBeUndefined();
    expect(refusalOf('(module (memory i64 259))')).toBeDefined();
  });
});

describe('a module that is refused', () => {
  const importing = (module: string, name: string, type: string) => `(import "${module}" "${name}" (func ${type}))`;
  const copy = importing('ic0', 'msg_arg_data_copy', '(param i64 i64 i64)');
  it.each([
    ['(memory 1) (memory 1)', 'module-requirements/at-most-one-memory'],
    [importing('ic', 'time', '(result i64)'), 'module-requirements/imports-from-ic0'],
    [importing('ic0', 'nothing', ''), 'module-requirements/imports-listed'],
    [importing('ic0', 'time', '(result i32)'), 'module-requirements/import-signature'],
    [`${copy} (memory 1)`, 'module-requirements/import-width-from-memory'],
    [copy, 'module-requirements/import-width-default'],
    [`${importing('ic0', 'stable_size', '(result i32)')} (memory i64 1)`, 'availability/only-32'],
    ['(func (export "canister_heartbeat") (param i32))', 'module-requirements/type-of-heartbeat'],
    ['(func (export "canister_update a") (result i32) i32.const 0)', 'module-requirements/type-of-methods'],
    ['(func (export "canister_update a") (export "canister_query a"))', 'module-requirements/method-names-unique'],
    ['(func (export "canister_other"))', 'module-requirements/no-other-canister-exports'],
    ['(func i32.const 0)', 'wasm/validation'],
  ])('%s says which clause it breaks: %s', (text, clause) => {
    const module = parseModule(conformance, wat(`(module ${text})`));
    expect('invalid' in module ? module.breaks : []).toContain(clause);
  });

  it('says of bytes that are no binary that they are none, and of an empty stream that it holds none', () => {
    const breaks = (bytes: Uint8Array) => {
      const module = parseModule(conformance, bytes);
      return 'invalid' in module ? module.breaks : [];
    };
    expect(breaks(Uint8Array.of(1, 2, 3))).toContain('canister-module-format/neither-is-refused');
    expect(breaks(gzipSync(gzipSync(empty)))).toContain('canister-module-format/gzip-content-is-wasm');
    expect(breaks(gzipSync(empty).subarray(0, 12))).toContain('canister-module-format/gzip-by-prefix');
  });
});

describe('custom sections', () => {
  it.each([
    [[['icp:public a', 1]], true],
    [[['icp:public a', 1], ['icp:private b', 1]], true],
    [[['icp:public a', 1], ['icp:private a', 1]], false],
    [[['icp:private a', 1], ['icp:public a', 1]], false],
    [[['icp:secret a', 1]], false],
    [[['icp:public', 1]], false],
    [[['icp:', 1]], false],
    [[['icp:public ', 1]], true],
    [[['icp', 1], ['name2', 1]], true],
  ] as const)('%j: %s', (sections, taken) => {
    expect(refusal(withSections(empty, sections)) === undefined).toBe(taken);
  }); // prettier-ignore

  it('tell whether the module keeps its memory', () => {
    const keeps = (name: string) => {
      const module = parseModule(conformance, withSections(empty, [[name, 0]]));
      return 'keepsMemory' in module && module.keepsMemory;
    };
    expect(keeps('icp:private enhanced-orthogonal-persistence')).toBe(true);
    expect(keeps('icp:public enhanced-orthogonal-persistence')).toBe(false);
  });
});

describe('limits that may be enforced', () => {
  const sections = (...sizes: number[]) =>
    withSections(
      empty,
      sizes.map((size, k) => [`icp:public ${k}`, size]),
    );
  it.each([
    ['functions', wat(`(module ${repeat(3, () => '(func)')})`), wat(`(module ${repeat(4, () => '(func)')})`)],
    [
      'globals',
      wat(`(module ${repeat(2, () => '(global i32 (i32.const 0))')})`),
      wat(`(module ${repeat(3, () => '(global i32 (i32.const 0))')})`),
    ],
    [
      'exported methods',
      wat('(module (func $f) (export "canister_update a" (func $f)) (export "canister_query b" (func $f)))'),
      wat(
        '(module (func $f) (export "canister_update a" (func $f)) (export "canister_query b" (func $f)) (export "canister_query c" (func $f)))',
      ),
    ],
    [
      'bytes of method names',
      wat('(module (func $f) (export "canister_update abc" (func $f)) (export "canister_query \\c3\\a91" (func $f)))'),
      wat('(module (func $f) (export "canister_update abc" (func $f)) (export "canister_query \\c3\\a912" (func $f)))'),
    ],
    ['custom sections', sections(0, 0), sections(0, 0, 0)],
    ['bytes of custom sections', sections(9, 9), sections(9, 10)],
  ])(
    '%s: the limit is taken, one more is refused, and taken where the profile does not enforce it',
    (_, most, over) => {
      const lenient = { ...small, enforcesOptionalModuleLimits: false };
      expect([refusal(most, small), refusal(over, small) === undefined, refusal(over, lenient)]).toEqual([
        undefined,
        false,
        undefined,
      ]);
    },
  );
});
