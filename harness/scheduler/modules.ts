// plumbing: the bytes of a scenario's modules
import { compileProgram } from '../../generators/canister/compile.js';
import type { ModuleSource } from '../../spec/vocabulary/scenario.js';
import { gzipStored } from './gzip.js';

/** As uploaded, by index. @throws ProgramError for a program that cannot be compiled */
export function moduleBytes(modules: readonly ModuleSource[]): readonly Uint8Array[] {
  return modules.map((source) => {
    if (source.kind === 'wasm') return source.bytes;
    const bytes = compileProgram(source.program);
    return source.gzip === true ? gzipStored(bytes) : bytes;
  });
}
