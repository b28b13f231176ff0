// plumbing: measures the generators; the compiler beside binaryen and wabt on the same module
import binaryen from 'binaryen';
import loadWabt from 'wabt';
import { compileModules, compileProgram, generateCase, moduleToWat } from '../generators/index.js';
import type { Program } from '../spec/vocabulary/program.js';
import type { Figure } from './figure.js';

const CASES = 2000;

/** Milliseconds that one call takes, after some calls to warm up. */
function milliseconds(times: number, call: (i: number) => void): number {
  for (let i = 0; i < times / 4; i++) call(i);
  const start = performance.now();
  for (let i = 0; i < times; i++) call(i);
  return (performance.now() - start) / times;
}

/** A program of middling size: the first of a case that has one canister under test. */
function middlingProgram(): Program {
  const sources = generateCase('bench', 0).scenario.modules;
  for (const source of sources) if (source.kind === 'program') return source.program;
  throw new RangeError('the case has no program');
}

/** Generates and compiles cases, one after the other. */
function cases(): Figure {
  const generate = milliseconds(CASES, (k) => generateCase('bench', k));
  const scenarios = Array.from({ length: CASES }, (_, k) => generateCase('bench', k).scenario);
  const compile = milliseconds(CASES, (k) => compileModules(scenarios[k] ?? { modules: [] }));
  return {
    name: 'generators.casesPerSecond',
    value: 1000 / (generate + compile),
    meaning: 'cases generated and their modules compiled in a second, on one core',
    parts: { generateMilliseconds: generate, compileMilliseconds: compile },
  };
}

/** The direct encoder beside what other tools need for the same bytes. */
async function compiler(): Promise<Figure> {
  const program = middlingProgram();
  const bytes = compileProgram(program);
  const text = await moduleToWat(bytes);
  const wabt = await loadWabt();
  const direct = milliseconds(2000, () => compileProgram(program));
  const byBinaryen = milliseconds(40, () => {
    const module = binaryen.readBinary(bytes);
    module.emitBinary();
    module.dispose();
  });
  const byWabt = milliseconds(200, () => {
    const module = wabt.parseWat('bench.wat', text, {
      simd: true,
      bulk_memory: true,
      reference_types: true,
      memory64: true,
    });
    module.toBinary({});
    module.destroy();
  });
  return {
    name: 'generators.compileMilliseconds',
    value: direct,
    meaning: `a module of ${bytes.length} bytes from its program; beside it binaryen (read and emit) and wabt (from text)`,
    parts: { direct, binaryen: byBinaryen, wabt: byWabt },
  };
}

/** Every figure of the generators. */
export async function benchGenerators(): Promise<Figure[]> {
  return [cases(), await compiler()];
}
