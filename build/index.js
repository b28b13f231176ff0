// plumbing: the build — TypeScript's compiler, with loops over arrays made plain, then each thread's program in one file
// @ts-check
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';
import { plainLoops } from './plain-loops.js';

const CONFIG = 'tsconfig.build.json';
const COMMAND = 'dist/harness/cli/main.js';

/** What threads that run canisters start with; `NAME.bundle.js` beside it is what they load. */
const THREADS = ['dist/harness/runner/worker.js', 'dist/harness/serve/worker.js', 'dist/harness/mutants/worker.js'];

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/**
 * Compiles everything, always: what becomes of a loop depends on types of other files, which TypeScript's incremental build does not
 * know of.
 *
 * @returns {readonly ts.Diagnostic[]}
 */
function compile() {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
  const config = ts.getParsedCommandLineOfConfigFile(CONFIG, undefined, host);
  if (config === undefined) throw new Error(`${CONFIG} cannot be read`);
  const { options, fileNames, errors } = config;
  const program = ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors });
  const before = [plainLoops(program.getTypeChecker())];
  return [
    ...ts.getPreEmitDiagnostics(program),
    ...program.emit(undefined, undefined, undefined, false, { before }).diagnostics,
  ];
}

/** @param {ts.Diagnostic} problem @returns {never} */
function fail(problem) {
  throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
}

const problems = compile();
if (problems.length > 0) {
  const format = process.stdout.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
  const canonical = { getCanonicalFileName: String, getCurrentDirectory: () => '.', getNewLine: () => '\n' };
  process.stdout.write(format(problems, canonical));
  process.exitCode = 1;
} else {
  // V8 reads what a module imports through a cell, checks each time that it is there, and looks hundreds of files up at the start.
  await build({
    entryPoints: THREADS,
    outdir: 'dist',
    outbase: 'dist',
    outExtension: { '.js': '.bundle.js' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  });
  chmodSync(COMMAND, 0o755);
}
