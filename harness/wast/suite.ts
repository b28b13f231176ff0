// plumbing: running all official scripts of a folder

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptRunner, type CommandResult } from './script.js';
import { rewritesFor } from './rewrites.js';
import { SKIPS, type Skip } from './skips.js';
import type { TextParser } from './text.js';

export interface FileResult {
  readonly file: string;
  readonly results: readonly CommandResult[];
}

/** The scripts of a folder, in the order of their names. */
export const scriptsIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.wast'))
    .sort();

/** Runs one script of a folder. */
export function runScript(directory: string, file: string, parser: TextParser): FileResult {
  const source = readFileSync(join(directory, file)).toString('latin1');
  return { file, results: runSource(file, source, parser, SKIPS) };
}

/** Runs the text of one script. Its bytes are code units 0 to 255. */
export function runSource(
  file: string,
  source: string,
  parser: TextParser,
  skips: readonly Skip[],
): readonly CommandResult[] {
  const own = skips.filter((skip) => skip.file === file);
  return new ScriptRunner(source, parser, {
    skipReason: (line) => own.find((skip) => skip.lines.includes(line))?.reason,
    rewrites: (line) => rewritesFor(file, line),
  }).run();
}

type Counts = Readonly<Record<CommandResult['verdict'], number>>;

/** How many commands passed, failed and were skipped. */
export function countsOf(results: readonly CommandResult[]): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}
