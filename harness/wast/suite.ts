// plumbing: running all official scripts of a folder

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptRunner, type CommandResult } from './script.js';
import { SKIPS } from './skips.js';
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

/** Runs one script. */
export function runScript(directory: string, file: string, parser: TextParser): FileResult {
  const source = readFileSync(join(directory, file)).toString('latin1');
  const skips = SKIPS.filter((skip) => skip.file === file);
  const runner = new ScriptRunner(source, parser, (line) => skips.find((skip) => skip.lines.includes(line))?.reason);
  return { file, results: runner.run() };
}

export type Counts = Readonly<Record<CommandResult['verdict'], number>>;

export function countsOf(results: readonly CommandResult[]): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}
