// plumbing: npm run campaign:nodes [-- VERSIONS...] — the same cases on other versions of Node, whose reports must have the same bytes
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { readCommandLine, wholeNumber } from '../harness/command-line.js';
import type { Report } from '../reports/report.js';

const PROGRAM = fileURLToPath(new URL('../harness/cli/main.js', import.meta.url));
/** Major versions that V8 changed something in for the executor. */
const VERSIONS = ['22', '24', '26'];

const tool = new Command('nodes')
  .description(
    'runs the same cases on this Node and on others, which npm brings; exit code 1 when the reports differ or a case is not judged',
  )
  .argument('[versions...]', `versions of Node, as npm knows them; default: ${VERSIONS.join(' ')}`)
  .addOption(new Option('--cases <n>', 'how many').default(2_000).argParser(wholeNumber(1)))
  .option('--seed <text>', 'any text', 'nodes');
const command = readCommandLine(tool);
const { cases, seed } = command.opts<{ cases: number; seed: string }>();
const versions = command.args.length > 0 ? command.args : VERSIONS;

const directory = mkdtempSync(join(tmpdir(), 'ic0-conformance-nodes-'));
try {
  const own = reportOf('own', process.execPath);
  for (const version of versions) {
    const other = reportOf(version, nodeOf(version));
    const same = other !== undefined && other === own;
    process.stdout.write(`  ${same ? 'the same bytes' : 'another report'}\n`);
    if (!same) process.exitCode = 1;
  }
} finally {
  rmSync(directory, { recursive: true });
}

/** A Node of that version. @returns where it is */
function nodeOf(version: string): string {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const prefix = join(directory, version);
  execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--prefix', prefix, `${name}@${version}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(prefix, 'node_modules', name, 'bin', 'node');
}

/** @returns the report without what each run has of its own; undefined: a case failed or was not judged */
function reportOf(name: string, node: string): string | undefined {
  const file = join(directory, `${name}.json`);
  const options = ['--seed', seed, '--cases', String(cases), '--report', `json=${file}`];
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  // Failing cases are kept where `run` keeps them.
  const run = spawnSync(node, [PROGRAM, 'run', ...options], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (!existsSync(file)) {
    process.stdout.write(`Node ${version}: no report; exit code ${run.status}\n${run.stderr}`);
    return undefined;
  }
  const { timing, host, ...report } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const { passed } = report.totals;
  process.stdout.write(`Node ${version}: ${passed} of ${cases} cases passed, ${timing.casesPerSecond} a second, ${host.jobs} workers\n`); // prettier-ignore
  return passed === cases ? JSON.stringify(report) : undefined;
}
