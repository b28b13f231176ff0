// plumbing: `npm run campaign:source-mutants`: faults that nobody has thought of — lines of an engine changed at random
//
//   npm run campaign:source-mutants                                100 changes, each tried on 500 cases
//   npm run campaign:source-mutants -- --count 20 --cases 2000 --seed x --jobs 1 --only instrument
//   npm run campaign:source-mutants -- --of reference-model --only wasm
//
// A fault of the model shows as one of the executor does: the two differ. What it finds in the model's WebAssembly stands for engines that others
// wrote, because the executor has V8's.
//
// What survives is printed, for people to read: many changes change nothing (a cache, a bound that nothing reaches), and each of the others is a
// story that is missing. The catalogue of mutants is what we know; this is what we do not.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Command, Option } from 'commander';
import seedrandom from 'seedrandom';
import { readCommandLine, wholeNumber } from '../command-line.js';
import { packageRoot } from '../runner/suite.js';
import { now } from '../timing.js';

interface Options {
  readonly count: number;
  readonly cases: number;
  readonly seed: string;
  readonly of: string;
  readonly jobs: number;
  readonly only: string;
}

/** Ways to change a line of the build: what is looked for, and what stands there instead. */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/ < /, ' <= '],
  [/ <= /, ' < '],
  [/ > /, ' >= '],
  [/ >= /, ' > '],
  [/ === /, ' !== '],
  [/ !== /, ' === '],
  [/ && /, ' || '],
  [/ \|\| /, ' && '],
  [/\btrue\b/, 'false'],
  [/\bfalse\b/, 'true'],
  [/ \+ /, ' - '],
  [/ - /, ' + '],
  [/ \+= /, ' -= '],
  [/ -= /, ' += '],
  [/\b0n\b/, '1n'],
  [/\b1n\b/, '2n'],
  [/\b0\b/, '1'],
  [/\b1\b/, '2'],
  [/if \((.*)\)( \{|$| )/, 'if (!($1))$2'],
  // A statement that is left out: a call, or an assignment.
  [/^(\s+)[\w.#]+\([^;]*\);$/, '$1;'],
  [/^(\s+)[\w.#]+ [+-]?= [^;]*;$/, '$1;'],
];

/** Lines in which nothing is decided. */
const PASSIVE = /^\s*(\/\/|\*|\/\*|import |export \{|throw )|new (Crash|HostLimit|Error)/;

/** One change of one line. */
interface Change {
  /** Below the build. */
  readonly file: string;
  /** 0-based. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/** A change counts as caught, because it hangs, after so many times as long as the engine takes as it is; and not before so many milliseconds. */
const PATIENCE = 5;
const LEAST_PATIENCE = 30_000;

/** Every change that there is. */
function changesIn(dist: string, { of, only }: Options): readonly Change[] {
  const files = readdirSync(join(dist, of), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && !name.includes('testing') && name.includes(only))
    .map((name) => join(of, name));
  return files.sort().flatMap((file) =>
    readFileSync(join(dist, file), 'utf8')
      .split('\n')
      .flatMap((before, line): readonly Change[] => {
        if (PASSIVE.test(before)) return [];
        const afters = CHANGES.map(([what, instead]) => before.replace(what, instead)).filter((one) => one !== before);
        return [...new Set(afters)].map((after) => ({ file, line, before, after }));
      }),
  );
}

/** So many of them, drawn by the seed. */
function drawn(changes: readonly Change[], { count, seed }: Options): readonly Change[] {
  const random = seedrandom(`source mutants ${seed}`);
  return changes
    .map((change) => ({ change, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ change }) => change);
}

/** A copy of the build that may be changed. */
function copyOf(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'ic0-source-mutants-'));
  for (const name of ['dist', 'package.json', 'spec', 'reports'])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Runs the cases on a copy. */
async function ranOn(
  copy: string,
  { seed, cases }: Options,
  timeout?: number,
): Promise<{ readonly code: number | null; readonly told: string }> {
  const run = spawn(
    process.execPath,
    ['--stack-size=4000', join(copy, 'dist/harness/mutants/source-run.js'), seed, String(cases)],
    { stdio: ['ignore', 'pipe', 'ignore'], timeout },
  );
  let told = '';
  run.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  const code = await new Promise<number | null>((resolve) => run.on('close', resolve));
  return { code, told: told.trim() };
}

/** What became of a change: the case and clause that caught it, that it broke or hung, or undefined where nobody noticed. */
async function tried(
  copy: string,
  { file, line, after }: Change,
  options: Options,
  timeout: number,
): Promise<string | undefined> {
  const path = join(copy, 'dist', file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, source.split('\n').with(line, after).join('\n'));
  const { code, told } = await ranOn(copy, options, timeout);
  writeFileSync(path, source);
  if (code === 0) return undefined;
  if (told !== '') return `caught after ${told}`;
  return code === null ? 'hangs' : 'breaks';
}

async function main(): Promise<number> {
  const positive = wholeNumber(1);
  const tool = new Command('source-mutants')
    .addOption(new Option('--count <n>', 'changes to try').default(100).argParser(positive))
    .addOption(new Option('--cases <n>', 'cases that each is tried on').default(500).argParser(positive))
    .addOption(new Option('--seed <text>', 'seed of the choice, and of the cases').default('0'))
    .addOption(new Option('--of <engine>', 'whose lines').choices(['executor', 'reference-model']).default('executor'))
    .addOption(new Option('--jobs <n>', 'how many at once').default(availableParallelism()).argParser(positive))
    .addOption(new Option('--only <text>', 'files whose path contains it').default(''));
  const options = readCommandLine(tool).opts<Options>();
  const root = packageRoot();
  const chosen = drawn(changesIn(join(root, 'dist'), options), options);
  if (chosen.length === 0) {
    process.stderr.write(`source-mutants: --only ${options.only}: no file of the ${options.of} has this in its path\n`);
    return 2;
  }
  // What fails without a change would count as caught.
  const untouched = copyOf(root);
  const began = now();
  const { code, told } = await ranOn(untouched, options);
  rmSync(untouched, { recursive: true, force: true });
  if (code !== 0) {
    process.stderr.write(
      `source-mutants: the ${options.of} does not pass as it is: ${told === '' ? 'the run broke' : told}. Build it, and run the suite first\n`,
    );
    return 3;
  }
  const timeout = Math.ceil(Math.max(LEAST_PATIENCE, PATIENCE * (now() - began)));
  const left = chosen[Symbol.iterator]();
  const survivors: Change[] = [];
  await Promise.all(
    Array.from({ length: Math.min(options.jobs, chosen.length) }, async () => {
      const copy = copyOf(root);
      try {
        for (const change of left) {
          const fate = await tried(copy, change, options, timeout);
          if (fate === undefined) survivors.push(change);
          const { file, line, before, after } = change;
          process.stdout.write(
            `${relative(options.of, file)}:${line + 1} ${fate ?? 'SURVIVES'}\n` +
              (fate === undefined ? `  ${before.trim()}\n  ${after.trim()}\n` : ''),
          );
        }
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    }),
  );
  const caught = chosen.length - survivors.length;
  process.stdout.write(
    `\n${caught} of ${chosen.length} changes caught within ${options.cases} cases; ${survivors.length} to read\n`,
  );
  return 0;
}

process.exitCode = await main();
