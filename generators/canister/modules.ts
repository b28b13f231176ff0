// plumbing: the bytes of a scenario's modules, as they are uploaded
import type { ModuleSource, Scenario } from '../../spec/vocabulary/scenario.js';
import { compileProgram } from './compile.js';
import { gzipped } from './gzip.js';

/**
 * The bytes of each module of the scenario, by index.
 * @throws ProgramError where a program cannot be compiled
 */
export function compileModules(scenario: Pick<Scenario, 'modules'>): Uint8Array[] {
  return scenario.modules.map(moduleBytes);
}

function moduleBytes(source: ModuleSource): Uint8Array {
  if (source.kind === 'wasm') return source.bytes;
  const bytes = compileProgram(source.program);
  return source.gzip === true ? gzipped(bytes) : bytes;
}
