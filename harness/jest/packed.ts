// plumbing: a program — the package as npm would publish it, installed into empty projects: command, types, Jest entry point, library
//
// node dist/harness/jest/packed.js, on a build. It needs npm and its registry (or cache), and takes a minute or two.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { readCommandLine } from '../command-line.js';
import { packageRoot } from '../runner/suite.js';

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** What `npm pack --json` says of a package. */
interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Tests, maps to sources, and sources of what is built; examples are to be read. */
const STRANGE = /\.map$|\.spec\.|^(?!examples\/)(?!.*\.d\.[mc]?ts$).*\.[mc]?ts$/;

/** A project with Jest's default configuration, and what a run of its tests must give. */
interface Project {
  readonly type: 'commonjs' | 'module';
  readonly files: Readonly<Record<string, string>>;
  /** Jest runs ES modules with this option of Node only. */
  readonly nodeOptions: string;
  readonly expected: Summary;
}

/** What matters of what `jest --json` prints. */
interface Summary {
  readonly success: boolean;
  /** Chapters of the clauses whose tests failed. */
  readonly failed: readonly string[];
  /** Whether any clause passed, and any was shown as skipped with its reason. */
  readonly passes: boolean;
  readonly skips: boolean;
}

const PROJECTS: Readonly<Record<string, Project>> = {
  'CommonJS, a target that conforms': {
    type: 'commonjs',
    nodeOptions: '',
    files: {
      'conformance.test.js': `
        const { describeConformance } = require('ic0-conformance/jest');

        describeConformance('executor', { seed: 'packed', cases: 16, families: ['cycles', 'calls'] });
      `,
    },
    expected: { success: true, failed: [], passes: true, skips: true },
  },
  'ESM, a target with a fault, and generators for properties of one’s own': {
    type: 'module',
    nodeOptions: '--experimental-vm-modules',
    files: {
      'conformance.test.js': `
        import fc from 'fast-check';
        import { scenarioArbitrary } from 'ic0-conformance';
        import { describeConformance } from 'ic0-conformance/jest';

        describeConformance('mutant:trap-keeps-globals', { seed: 'packed', cases: 48, rules: ['atomicity/*'] });

        test('a scenario has canisters', () => {
          fc.assert(fc.property(scenarioArbitrary(), ({ setup }) => setup.canisters.length > 0), { seed: 1, numRuns: 5 });
        });
      `,
    },
    expected: {
      success: false,
      failed: ['atomicity'],
      passes: true,
      skips: true,
    },
  },
};

/** Both module systems see types, and the types refuse what there is not. */
const TYPED = `
  import { describeConformance } from 'ic0-conformance/jest';
  import type { Target } from 'ic0-conformance' with { 'resolution-mode': 'import' };
  export const nameOf = (target: Target): string => target.name;
  describeConformance('executor', { cases: 1 });
  // @ts-expect-error there is no such option
  describeConformance('executor', { nonsense: 1 });
`;

class PackageError extends Error {
  override readonly name = 'PackageError';
}

function commanded(cwd: string, file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const run = spawnSync(file, args, { cwd, encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 1 << 28 });
  const said = `${file} ${args.join(' ')} in ${cwd} ended with ${String(run.status)}\n${run.stdout}\n${run.stderr}`;
  return { status: run.status, stdout: run.stdout, said };
}

/** @throws PackageError unless the command ends with 0 */
function mustRun(cwd: string, file: string, ...args: readonly string[]): string {
  const { status, stdout, said } = commanded(cwd, file, args);
  if (status !== 0) throw new PackageError(said);
  return stdout;
}

function install(directory: string): void {
  const root = packageRoot();
  const [packed] = JSON.parse(
    mustRun(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', directory),
  ) as [Packed];
  const strange = packed.files.find(({ path }) => STRANGE.test(path));
  if (strange !== undefined)
    throw new PackageError(`the package has ${strange.path}, which nobody who installs it can use`);
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const tools = ['jest', 'typescript', '@types/node'].map((name) => `${name}@${devDependencies[name] ?? 'latest'}`);
  writeFileSync(join(directory, 'package.json'), '{ "private": true }');
  mustRun(
    directory,
    'npm',
    'install',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    `./${packed.filename}`,
    ...tools,
  );
}

function tested(directory: string, { type, files, nodeOptions }: Project): Summary {
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, type }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const { stdout, said } = commanded(directory, 'npx', ['jest', '--json'], { NODE_OPTIONS: nodeOptions });
  interface JestReport {
    readonly success: boolean;
    readonly testResults: readonly {
      readonly message: string;
      readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
    }[];
  }
  let report: JestReport;
  try {
    report = JSON.parse(stdout) as JestReport;
  } catch {
    throw new PackageError(said);
  }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  if (tests.length === 0) throw new PackageError(report.testResults.map(({ message }) => message).join('\n'));
  const withStatus = (wanted: string) =>
    tests.filter(({ status }) => status === wanted).map(({ fullName }) => fullName);
  return {
    success: report.success,
    failed: [...new Set(withStatus('failed').map((name) => / ([\w-]+)\//.exec(name)?.[1] ?? name))].sort(),
    passes: withStatus('passed').some((name) => name.includes('/')),
    skips: withStatus('pending').some((name) => name.includes('not judged')),
  };
}

function check(directory: string): void {
  install(directory);
  const version = mustRun(directory, 'npx', 'ic0-conformance', '--version').trim();
  process.stdout.write(`ok    installed; npx ic0-conformance --version says ${version}\n`);

  for (const extension of ['mts', 'cts']) writeFileSync(join(directory, `types.${extension}`), TYPED);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
  mustRun(directory, 'npx', 'tsc', ...options, 'types.mts', 'types.cts');
  process.stdout.write('ok    types, for ESM and CommonJS\n');

  for (const [i, [name, project]] of Object.entries(PROJECTS).entries()) {
    const place = join(directory, `project-${i}`);
    mkdirSync(place);
    const summary = tested(place, project);
    if (JSON.stringify(summary) !== JSON.stringify(project.expected)) {
      throw new PackageError(`${name}: expected ${JSON.stringify(project.expected)}, found ${JSON.stringify(summary)}`);
    }
    process.stdout.write(`ok    ${name}\n`);
  }
}

readCommandLine(new Command('test:package').description('tests the package as npm would publish it'));
const directory = mkdtempSync(join(tmpdir(), 'ic0-conformance-packed-'));
try {
  check(directory);
} catch (error) {
  if (!(error instanceof PackageError)) throw error;
  process.stderr.write(`fault ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true });
}
