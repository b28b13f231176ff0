// plumbing: npm run bench [-- --json FILE] [--only NAME…] — prints figures, each with what it is compared to
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { readCommandLine } from '../harness/command-line.js';
import { benchExecutor } from './executor.js';
import type { Figure } from './figure.js';
import { benchGenerators } from './generators.js';
import { figures as benchReference } from './reference.js';
import { benchSuite } from './suite.js';

const GROUPS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  suite: benchSuite,
  reference: benchReference,
  executor: benchExecutor,
  generators: benchGenerators,
};

const shown = (value: number): string =>
  value >= 1000 ? String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '_') : value.toPrecision(3);

const tool = new Command('bench')
  .description('measures the suite and its engines; figures compare things that ran side by side in this process')
  .option('--json <file>', 'write the figures to a file')
  .addOption(new Option('--only <groups...>').choices(Object.keys(GROUPS)).default(Object.keys(GROUPS)));
const { json, only } = readCommandLine(tool).opts<{ json?: string; only: string[] }>();

const figures: Figure[] = [];
for (const [name, measure] of Object.entries(GROUPS)) {
  if (!only.includes(name)) continue;
  for (const figure of await measure()) {
    figures.push(figure);
    console.log(`${figure.name.padEnd(34)} ${shown(figure.value).padStart(14)}   ${figure.meaning}`);
    for (const [part, value] of Object.entries(figure.parts ?? {}))
      console.log(`  ${part.padEnd(32)} ${shown(value).padStart(14)}`);
  }
}
if (json !== undefined) {
  const host = { node: process.version, processors: availableParallelism() };
  writeFileSync(json, `${JSON.stringify({ host, figures }, null, 2)}\n`);
}
