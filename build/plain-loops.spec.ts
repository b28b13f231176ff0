// plumbing: tests that loops over arrays do the same when they count
import ts from 'typescript';
import { plainLoops } from './plain-loops.js';

const FILE = 'loops.ts';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  strict: true,
  skipDefaultLibCheck: true,
  types: [],
};
const host = ts.createCompilerHost(OPTIONS);
const libraries = new Map<string, ts.SourceFile | undefined>();

/** What the build makes of a program. */
function compiled(source: string, withLoops = true): string {
  const file = ts.createSourceFile(FILE, source, ts.ScriptTarget.ES2022, true);
  const getSourceFile: typeof host.getSourceFile = (name, ...rest) => {
    if (name === FILE) return file;
    if (!libraries.has(name)) libraries.set(name, host.getSourceFile(name, ...rest));
    return libraries.get(name);
  };
  const program = ts.createProgram([FILE], OPTIONS, { ...host, getSourceFile });
  expect(program.getSemanticDiagnostics(file).map(({ messageText }) => messageText)).toEqual([]);
  let text = '';
  const before = withLoops ? [plainLoops(program.getTypeChecker())] : [];
  program.emit(undefined, (_, written) => (text = written), undefined, false, { before });
  return text;
}

/** What a program leaves in `out`. */
function run(text: string): unknown[] {
  const out: unknown[] = [];
  new Function('out', text)(out);
  return out;
}

const HEAD = 'declare const out: unknown[];\n';

const COUNTED: Readonly<Record<string, string>> = {
  'an array': 'for (const x of [1, 2, 3]) out.push(x);',
  'a read-only array that a function gives, once':
    'const f = (): readonly string[] => (out.push("f"), ["a", "b"]); for (const x of f()) out.push(x);',
  'a tuple': 'const t: [number, string] = [1, "b"]; for (const x of t) { out.push(x); }',
  bytes: 'for (const x of Uint8Array.of(3, 255)) out.push(x);',
  'a union of arrays':
    'const u: number[] | readonly string[] = [1] as number[] | string[]; for (const x of u) out.push(x);',
  'a type parameter that is an array':
    'function f<T extends readonly number[]>(xs: T) { for (const x of xs) out.push(x); } f([1, 2]);',
  'a pattern': 'for (const { a, b: [c] } of [{ a: 1, b: [2] }]) out.push(a, c);',
  'an array of arrays': 'for (const xs of [[1, 2], [3]]) for (const x of xs) out.push(x);',
  'an array that grows meanwhile':
    'const xs = [1, 2]; for (const x of xs) { out.push(x); if (xs.length < 5) xs.push(x + 2); }',
  'an array that shrinks meanwhile': 'const xs = [1, 2, 3]; for (const x of xs) { out.push(x); xs.pop(); }',
  'an array with holes': 'for (const x of [1, , 3]) out.push(x);',
  'break, continue and labels':
    'outer: for (const x of [1, 2, 3]) { for (const y of [1, 2, 3]) { if (y === 2) continue; if (x === 2) continue outer; if (x === 3) break outer; out.push(x, y); } }',
  'return out of a function':
    'const f = (xs: number[]) => { for (const x of xs) if (x > 1) return x; return 0; }; out.push(f([1, 2, 3]));',
  'closures, each with its own variable':
    'const fs = []; for (const x of [1, 2]) fs.push(() => x); for (const f of fs) out.push(f());',
  'a variable of the same name in the body': 'for (const x of [1]) { const x = 2; out.push(x); }',
  'a variable that the body changes': 'for (let x of [1, 2]) { x += 1; out.push(x); }',
  'names that are taken': 'const at = 7; const items = [1]; for (const x of items) out.push(at, items.length, x);',
  'entries of an array': 'for (const [i, x] of ["a", "b"].entries()) out.push(i, x);',
  'entries with a pattern inside': 'for (const [i, { a }] of [{ a: 1 }].entries()) out.push(i, a);',
};

const LEFT: Readonly<Record<string, string>> = {
  'a map': 'for (const [k, v] of new Map([[1, 2]])) out.push(k, v);',
  'entries of a map': 'for (const [k, v] of new Map([[1, 2]]).entries()) out.push(k, v);',
  'a set': 'for (const x of new Set([1])) out.push(x);',
  'a string, by code points': 'for (const x of "a\u{1f600}") out.push(x);',
  'a generator': 'function* g() { yield 1; } for (const x of g()) out.push(x);',
  'an array or a set': 'const u = [1] as number[] | Set<number>; for (const x of u) out.push(x);',
  'entries whose pattern leaves the index out': 'for (const [, x] of ["a"].entries()) out.push(x);',
  'entries as one pair': 'for (const pair of ["a"].entries()) out.push(pair);',
  'a variable from outside': 'let x; for (x of [1, 2]) out.push(x);',
};

describe('loops', () => {
  it.each(Object.entries(COUNTED))('over %s count, and do the same', (_, source) => {
    const [plain, kept] = [compiled(HEAD + source), compiled(HEAD + source, false)];
    expect(kept).toMatch(/ of /);
    expect(plain).not.toMatch(/ of /);
    expect(run(plain)).toEqual(run(kept));
    expect(run(plain).length).toBeGreaterThan(0);
  });

  it.each(Object.entries(LEFT))('over %s keep their iterator', (_, source) => {
    expect(compiled(HEAD + source)).toBe(compiled(HEAD + source, false));
  });
});
