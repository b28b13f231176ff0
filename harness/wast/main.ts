// plumbing: the command line of the official test suite: main.js [DIR], or DIR from the environment variable WASM_TESTSUITE

import { statSync } from 'node:fs';
import { countsOf, runScript, scriptsIn, type FileResult } from './suite.js';
import { TextParser } from './text.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

function usage(message: string): never {
  process.stderr.write(
    `test:wast: ${message}\nUsage: npm run test:wast -- DIR   (or set WASM_TESTSUITE to the folder with the .wast files)\n`,
  );
  process.exit(EXIT_USAGE);
}

function report({ file, results }: FileResult): void {
  const { passed, failed, skipped } = countsOf(results);
  process.stdout.write(`${file}: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  for (const { line, command, verdict, reason } of results)
    if (verdict !== 'passed') process.stdout.write(`  ${verdict}: ${file}:${line} ${command}: ${reason ?? ''}\n`);
}

async function main(): Promise<void> {
  const directory = process.argv[2] ?? process.env.WASM_TESTSUITE;
  if (directory === undefined) usage('no folder given');
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) usage(`${directory} is not a folder`);
  const files = scriptsIn(directory);
  if (files.length === 0) usage(`no .wast files in ${directory}`);
  const parser = await TextParser.load();
  const all: FileResult[] = [];
  for (const file of files) {
    const result = runScript(directory, file, parser);
    report(result);
    all.push(result);
  }
  const { passed, failed, skipped } = countsOf(all.flatMap(({ results }) => results));
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exitCode = failed > 0 ? EXIT_FAILED : 0;
}

await main();
