// plumbing: the bytes of a scenario's modules, as they are uploaded
import { gzipSync } from 'node:zlib';
import type { ModuleSource, Scenario } from '../../spec/vocabulary/scenario.js';
import { compileProgram } from './compile.js';

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

/** The gzip stream of the bytes: stored, not deflated, so that every zlib gives the same; byte 9 (the operating system) is fixed. */
function gzipped(bytes: Uint8Array): Uint8Array {
  const stream = new Uint8Array(gzipSync(bytes, { level: 0 }));
  stream[9] = 0xff;
  return stream;
}
