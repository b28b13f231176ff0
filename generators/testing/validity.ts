// plumbing: whether modules are valid, by V8
import { setFlagsFromString } from 'node:v8';
import type { Program } from '../../spec/vocabulary/program.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { compileProgram } from '../canister/compile.js';

setFlagsFromString('--experimental-wasm-memory64');

/** Why V8 refuses the module; undefined: it does not. */
export function invalidity(bytes: Uint8Array): string | undefined {
  // A copy: jest's realm has an ArrayBuffer of its own.
  if (WebAssembly.validate(Uint8Array.from(bytes))) return undefined;
  try {
    new WebAssembly.Module(Uint8Array.from(bytes));
    return 'not valid';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Why the program's module is not valid WebAssembly; programs with oddities may be anything. */
export function programProblem(program: Program): string | undefined {
  const bytes = compileProgram(program);
  return program.oddities.length > 0 ? undefined : invalidity(bytes);
}

/** The first problem among the scenario's programs. */
export function scenarioProblem({ modules }: Scenario): string | undefined {
  for (const [i, source] of modules.entries()) {
    const problem = source.kind === 'program' ? programProblem(source.program) : undefined;
    if (problem !== undefined) return `module ${i}: ${problem}`;
  }
  return undefined;
}
