// plumbing: whether modules are valid, by V8
import { setFlagsFromString } from 'node:v8';
import type { Program } from '../../spec/vocabulary/program.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { compileProgram } from '../canister/compile.js';

setFlagsFromString('--experimental-wasm-memory64');

/** The part of the host's WebAssembly that is used here; Node's types do not declare it. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => unknown;
};

/** Why V8 refuses the module; undefined: it does not. */
export function invalidity(bytes: Uint8Array): string | undefined {
  if (WebAssembly.validate(bytes)) return undefined;
  try {
    new WebAssembly.Module(bytes);
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
