// plumbing: tests of the run loop: its size, its limits, and what it costs to trap
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import wabtInit from 'wabt';
import { decodeModule, Meter, Store, validateModule, WasmTrap } from '../index.js';

const wabt = await wabtInit();

/** V8 never optimises a function with more bytecode (its flag --max-optimized-bytecode-size). */
const V8_LIMIT = 61_440;

/** How many bytes of bytecode V8 makes of the first function of a source. */
function bytecodeBytes(source: string): number {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true },
  });
  // What is imported becomes a variable of an enclosing function; parentheses make V8 compile the function at once.
  const names = [...outputText.matchAll(/import (?:\* as (\w+)|\{([^}]*)\}) from/g)].flatMap(([, all, some]) =>
    (all ?? some ?? '').split(',').map((name) => name.trim()),
  );
  const from = outputText.indexOf('export function');
  const body = outputText.slice(from + 'export '.length).trimEnd();
  const script = `(function around(${names.join()}) { return (${body}); })({});`;
  const folder = mkdtempSync(join(tmpdir(), 'run-spec-'));
  try {
    const file = join(folder, 'run.cjs');
    writeFileSync(file, script);
    const output = execFileSync(process.execPath, ['--print-bytecode', '--print-bytecode-filter=run', file], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const length = /Bytecode length: (\d+)/.exec(output)?.[1];
    if (length === undefined) throw new Error('V8 printed no bytecode');
    return Number(length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SOURCE = readFileSync(new URL('./run.ts', import.meta.url), 'utf8');

describe('the run loop', () => {
  it('stays under the size at which V8 stops to optimise a function', () => {
    const bytes = bytecodeBytes(SOURCE);
    expect(bytes).toBeGreaterThan(V8_LIMIT / 10);
    expect(bytes).toBeLessThan(V8_LIMIT);
  });

  it('would be noticed if it grew over it', () => {
    const line = /^ *case 0x7e satisfies .*$/m.exec(SOURCE)?.[0] ?? '';
    const more = Array.from({ length: 3000 }, (_, k) => line.replace('0x7e', String(1000 + k))).join('\n');
    expect(bytecodeBytes(SOURCE.replace(line, `${line}\n${more}`))).toBeGreaterThan(V8_LIMIT);
  });
});

function instance(text: string, limit = 1000n) {
  const module = decodeModule(new Uint8Array(wabt.parseWat('t.wat', text).toBinary({}).buffer));
  validateModule(module);
  const limits = { instructionLimit: limit, stackSlots: 1000, memoryPages: () => 16n, tableEntries: 16 };
  return new Store().instantiate(module, () => undefined, limits, new Meter(limit));
}

describe('limits of an execution', () => {
  it('end a loop without end at the instruction limit', () => {
    const { kind, ...rest } = instance('(module (func (export "f") (loop (br 0))))').invoke('f', []);
    expect(kind).toBe('trapped');
    expect(rest).toMatchObject({ trap: 'instruction-limit' });
  });

  it('end a recursion without end at the stack budget', () => {
    expect(instance('(module (func $f (export "f") (call $f)))', 10n ** 9n).invoke('f', [])).toMatchObject({
      trap: 'stack-budget',
    });
  });

  it('let the next execution run after a trap', () => {
    const one = instance('(module (func (export "f") unreachable) (func (export "g") (result i32) (i32.const 3)))');
    expect(one.invoke('f', [])).toMatchObject({ trap: 'unreachable' });
    expect(one.invoke('g', [])).toEqual({ kind: 'returned', results: [3n] });
  });
});

describe('a trap', () => {
  it('carries no stack trace of the interpreter, and leaves that of other errors alone', () => {
    const before = Error.stackTraceLimit;
    expect(new WasmTrap('unreachable').stack).not.toMatch(/\n\s+at /);
    expect(Error.stackTraceLimit).toBe(before);
    expect(new Error('other').stack).toMatch(/\n\s+at /);
  });
});
