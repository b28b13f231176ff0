// plumbing: the build — TypeScript's compiler, with loops over arrays made plain, then each thread's program in one file
// @ts-check
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';
import { fingerprint, isBuilt, remember } from './fingerprint.js';
import { plainLoops } from './plain-loops.js';

const CONFIG = 'tsconfig.build.json';
const COMMAND = 'dist/harness/cli/main.js';

/** What threads that run canisters start with; `NAME.bundle.js` beside it is what they load. */
const THREADS = ['dist/harness/runner/worker.js', 'dist/harness/serve/worker.js', 'dist/harness/mutants/worker.js'];

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

function readConfig() {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
  const config = ts.getParsedCommandLineOfConfigFile(CONFIG, undefined, host);
  if (config === undefined) throw new Error(`${CONFIG} cannot be read`);
  return config;
}

/**
 * Compiles everything, if anything: what becomes of a loop depends on types of other files, which TypeScript's incremental build does not
 * know of.
 *
 * @param {ts.ParsedCommandLine} config
 * @returns {readonly ts.Diagnostic[]}
 */
function compile({ options, fileNames, errors }) {
  const program = ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors });
  const before = [plainLoops(program.getTypeChecker())];
  return [
    ...ts.getPreEmitDiagnostics(program),
    ...program.emit(undefined, write, undefined, false, { before }).diagnostics,
  ];
}

/**
 * Writes what has changed, and that at once: who runs the build meanwhile finds every file whole. npm builds a clone again when
 * `npx ic0-conformance` is run in it for the first time.
 *
 * @param {string} path @param {string} text
 */
function write(path, text) {
  if (textOf(path) === text) return;
  mkdirSync(dirname(path), { recursive: true });
  const whole = `${path}.${process.pid}`;
  writeFileSync(whole, text);
  renameSync(whole, path);
}

/** @param {string} path */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {ts.Diagnostic} problem @returns {never} */
function fail(problem) {
  throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
}

async function bundle() {
  // V8 reads what a module imports through a cell, checks each time that it is there, and looks hundreds of files up at the start.
  const { outputFiles } = await build({
    write: false,
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
  for (const { path, text } of outputFiles) write(path, text);
  chmodSync(COMMAND, 0o755);
}

const config = readConfig();
/** All that decides what is written: what the packages are is in the lock file. */
const inputs = [
  ...[CONFIG, 'tsconfig.json', 'package.json', 'package-lock.json'],
  ...readdirSync('build').map((name) => `build/${name}`),
  ...config.fileNames,
];
if (!isBuilt(fingerprint(inputs, 'dist'))) {
  const problems = compile(config);
  if (problems.length > 0) {
    const format = process.stdout.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
    const canonical = { getCanonicalFileName: String, getCurrentDirectory: () => '.', getNewLine: () => '\n' };
    process.stdout.write(format(problems, canonical));
    process.exitCode = 1;
  } else {
    await bundle();
    remember(fingerprint(inputs, 'dist'));
  }
}
