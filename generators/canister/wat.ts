// plumbing: the text format of a program's module, by wabt
import type { Program } from '../../spec/vocabulary/program.js';
import { compileProgram } from './compile.js';

/** The module of the program in WebAssembly's text format; loads wabt on first use. */
export async function programToWat(program: Program): Promise<string> {
  return moduleToWat(compileProgram(program));
}

/** Any module in WebAssembly's text format. @throws Error where wabt cannot read it */
export async function moduleToWat(bytes: Uint8Array): Promise<string> {
  const { default: loadWabt } = await import('wabt');
  const wabt = await loadWabt();
  const module = wabt.readWasm(bytes, {
    readDebugNames: true,
    simd: true,
    memory64: true,
    reference_types: true,
    bulk_memory: true,
    multi_value: true,
    sat_float_to_int: true,
    sign_extension: true,
    mutable_globals: true,
  });
  try {
    return module.toText({ foldExprs: false, inlineExport: false });
  } finally {
    module.destroy();
  }
}
