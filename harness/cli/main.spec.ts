// plumbing: tests of the command line program, on the build in dist/ (a worker cannot load TypeScript)
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Report } from '../../reports/report.js';
import { present } from '../../spec/testing/present.js';

const MAIN = resolve('dist/harness/cli/main.js');
const directory = mkdtempSync(join(tmpdir(), 'ic0-conformance-cli-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** A few cases of a target that fails. */
const KEEPS_GLOBALS = ['run', '--target', 'mutant:trap-keeps-globals', '--families', 'atomicity', '--cases', '8'];

const at = (name: string) => join(directory, name);
const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' };

function ic0(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: directory,
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
}

/** A report without what the promise of equal bytes leaves out. */
function promised(file: string): string {
  const report = JSON.parse(readFileSync(at(file), 'utf8')) as object;
  return JSON.stringify({ ...report, timing: undefined, host: undefined });
}

it('is built', () => {
  expect(existsSync(MAIN)).toBe(true);
});

describe('run', () => {
  it('exits 0 where nothing is wrong, and writes a report that its schema describes', () => {
    const { status, stdout, stderr } = ic0(
      'run',
      '--cases',
      '24',
      '--report',
      'json=report.json',
      '--report',
      'junit=junit.xml',
    );
    expect([status, stderr.includes('fault')]).toEqual([0, false]);
    expect(stdout).toContain('no violation in 24 cases');
    const schema = JSON.parse(readFileSync('reports/schemas/report-1.json', 'utf8')) as object;
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const report = JSON.parse(readFileSync(at('report.json'), 'utf8')) as object;
    validate(report);
    expect(validate.errors).toBeNull();
    expect(report).toMatchObject({ complete: true, totals: { cases: 24, passed: 24 } });
    expect(readFileSync(at('junit.xml'), 'utf8')).toContain('<testsuites');
  });

  it('gives the same bytes with one worker, with two, and merged from two shards', () => {
    const args = [
      'run',
      '--target',
      'mutant:trap-keeps-globals',
      '--cases',
      '20',
      '--seed',
      'bytes',
      '--max-failures',
      '2',
    ];
    expect(ic0(...args, '--jobs', '1', '--report', 'json=one.json').status).toBe(1);
    expect(ic0(...args, '--jobs', '2', '--report', 'json=two.json').status).toBe(1);
    for (const part of ['1/2', '2/2']) ic0(...args, '--shard', part, '--report', `json=shard${part[0]}.json`);
    expect(ic0('merge', 'shard2.json', 'shard1.json', '--report', 'json=merged.json').status).toBe(1);
    const one = promised('one.json');
    expect(promised('two.json') === one).toBe(true);
    expect(promised('merged.json') === one).toBe(true);
    expect(one).toContain('"minimized":true');
  }, 300_000);

  it('keeps what fails, and replay says the same of it', () => {
    ic0(
      'run',
      '--target',
      'mutant:trap-keeps-globals',
      '--families',
      'atomicity',
      '--cases',
      '8',
      '--max-failures',
      '1',
      '--corpus',
      'kept',
      '--jobs',
      '1',
    );
    const [name] = readdirSync(at('kept')).filter((file) => file.endsWith('.json'));
    const { status, stdout } = ic0('replay', join('kept', present(name)));
    expect(status).toBe(1);
    expect(stdout).toContain('as the file says');
    expect(ic0('replay', present(name).slice(0, 12), '--corpus', 'kept', '--target', 'executor').status).toBe(0);
    const shown = ic0('show', join('kept', present(name)));
    expect([shown.status, shown.stdout.includes('(module')]).toEqual([0, true]);
    const small = ic0('minimize', join('kept', present(name)), '--target', 'executor', '--out', 'small.json');
    expect([small.status, small.stdout, existsSync(at('small.json'))]).toEqual([
      0,
      expect.stringContaining('nothing to reduce'),
      false,
    ]);
  }, 300_000);

  it('prints a command that replays what failed, wherever the corpus is', () => {
    const { stdout } = ic0(...KEEPS_GLOBALS, '--corpus', "it's here", '--max-failures', '1');
    const command = /^Replay: npx ic0-conformance (.*)$/m.exec(stdout)?.[1] ?? 'nothing';
    expect(command).toContain('--corpus');
    const again = spawnSync('sh', ['-c', `"${process.execPath}" "${MAIN}" ${command}`], { cwd: directory, env });
    expect([again.status, again.stdout.toString()]).toEqual([1, expect.stringContaining('as the file says')]);
  }, 300_000);

  it('counts nothing of clauses that were not selected, and passes no case that ended at a violation of one', () => {
    ic0(...KEEPS_GLOBALS, '--report', 'json=all.json', '--corpus', 'all');
    ic0(...KEEPS_GLOBALS, '--rules', 'cycles/*', '--report', 'json=selected.json', '--corpus', 'selected');
    const [all, some] = ['all.json', 'selected.json'].map(
      (name) => JSON.parse(readFileSync(at(name), 'utf8')) as Report,
    );
    expect(all?.totals.failed).toBeGreaterThan(0);
    expect(some?.totals).toMatchObject({ failed: 0, poisoned: all?.totals.failed, passed: all?.totals.passed });
    expect(some?.rules.find(({ id }) => id === 'atomicity/globals')).toMatchObject({
      checks: 0,
      skipped: 'not selected',
    });
  }, 120_000);

  it('says how to run a case again in which the target was lost', () => {
    writeFileSync(
      at('dies.mjs'),
      `const nothing = () => { throw new Error('gone'); };
      export default () => ({
        name: 'dies', version: '1', begin: nothing, submit: nothing, take: nothing, digest: nothing, settle: nothing, status: nothing,
        capabilities: { records: true, balances: true, time: true, reorders: true, widths: ['i32', 'i64'], stimuli: [], entryPoints: [] },
      });`,
    );
    const lost = ic0('run', '--target', './dies.mjs', '--cases', '1', '--corpus', 'lost');
    expect(lost.status).toBe(3);
    const [, id] = /replay: npx ic0-conformance replay ([0-9a-f]{16}) .*--corpus lost$/m.exec(lost.stdout) ?? [];
    expect(readdirSync(at('lost')).filter((file) => file.startsWith(id ?? 'none'))).toHaveLength(1);
  }, 120_000);

  it('does not take a replay for a pass in which nothing was judged', () => {
    ic0('fill', '--out', 'static', '--cases', '2', '--seed', 'docs');
    expect(ic0('replay', 'static').status).toBe(0);
    // It gives canisters ids of its own, which a module of this case would have to know.
    const skipped = ic0('replay', 'static/cases/00001.json', '--target', 'chaos:b');
    expect([skipped.status, skipped.stdout, skipped.stderr]).toEqual([
      3,
      expect.stringContaining('skipped'),
      expect.stringContaining('nothing was judged'),
    ]);
  }, 120_000);

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'sums up what there is when %s interrupts it, and exits 3',
    async (signal) => {
      const report = `cut-by-${signal}.json`;
      const args = ['run', '--cases', '500', '--jobs', '1', '--corpus', signal, '--report', `json=${report}`];
      const child = spawn(process.execPath, [MAIN, ...args], { cwd: directory, env });
      let out = '';
      let said = '';
      child.stdout.on('data', (data: Buffer) => (out += data.toString()));
      child.stderr.on('data', (data: Buffer) => {
        const before = said;
        said += data.toString();
        // The first progress line: some cases are judged, most are not.
        if (said.includes(' of 500 cases') && !before.includes(' of 500 cases')) child.kill(signal);
      });
      const status = await new Promise((done) => child.on('close', done));
      expect(status).toBe(3);
      expect(out).toMatch(/[Ii]ncomplete/);
      expect(said).toMatch(/interrupted.*the same command with --resume/s);
      const cut = JSON.parse(readFileSync(at(report), 'utf8')) as Report;
      expect(cut).toMatchObject({ complete: false });
      expect(cut.totals.cases).toBeLessThan(500);
    },
    120_000,
  );
});

describe('reports that were made before', () => {
  beforeAll(() => {
    ic0('run', '--cases', '3', '--report', 'json=judged.json');
  }, 120_000);

  it('are compared: not judging a clause any more is no improvement, and nothing judged is no success', () => {
    const old = JSON.parse(readFileSync(at('judged.json'), 'utf8')) as Report;
    const rules = old.rules.map((rule) => ({ ...rule, checks: 0, failures: 0 }));
    const nothing = { ...old, seed: 'other', totals: { ...old.totals, passed: 0, skipped: 3 }, rules };
    writeFileSync(at('nothing.json'), JSON.stringify(nothing));
    const { status, stdout, stderr } = ic0('compare', 'judged.json', 'nothing.json');
    expect(status).toBe(3);
    expect(stdout).toMatch(/^lost .*not judged any more$/m);
    expect(stdout).not.toContain('better');
    expect(stderr).toContain('seed "0" before, "other" now');
    expect(ic0('compare', 'judged.json', 'judged.json')).toMatchObject({ status: 0, stdout: 'no clause changed\n' });
  }, 120_000);

  it('are not written over one another', () => {
    const { status, stderr } = ic0('report', 'judged.json', 'judged.json', '--report', 'html=both.html');
    expect([status, existsSync(at('both.html'))]).toEqual([2, false]);
    expect(stderr).toMatch(/2 reports would be written to one file, both\.html.*merge/);
  });
});

it('who reads only the beginning of what is printed causes no fault', () => {
  const script = `"${process.execPath}" "${MAIN}" rules | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', env });
  expect([stdout, stderr]).toEqual([expect.stringMatching(/^[\w-]+\/[\w-]+\n0\n$/), '']);
});

it('who closes the place where progress is told changes no verdict', () => {
  const script = `"${process.execPath}" "${MAIN}" run --cases 64 --jobs 1 --corpus told 2> >(head -n 1 >&2) | tail -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8', env, cwd: directory });
  expect(stdout).toBe('Conforms: no violation in 64 cases.\n0\n');
}, 120_000);

it.each([
  ['a full standard output', `rules > /dev/full`, /^ic0-conformance: standard output cannot be written \(ENOSPC\)/],
  [
    'a full standard output after a run',
    `run --cases 1 --corpus full > /dev/full`,
    /standard output cannot be written/,
  ],
  ['a full disk', `run --cases 1 --corpus limited`, /^ic0-conformance: the host refused: EFBIG/],
])(
  '%s is a failure of the host: exit code 3, no verdict and no stack',
  (what, args, message) => {
    const limit = what === 'a full disk' ? 'ulimit -f 0; ' : '';
    const script = `${limit}"${process.execPath}" "${MAIN}" ${args}`;
    const { status, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', env, cwd: directory });
    expect([status, stderr]).toEqual([3, expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/^ +at /m);
  },
  120_000,
);

it('says in its help what a duration looks like, and what holds without one', () => {
  for (const command of ['run', 'check', 'replay', 'smoke']) {
    const help = ic0(command, '--help').stdout.replaceAll(/\s+/g, ' ');
    expect(help).toMatch(/--step-timeout <D> .*90s \(default: 10s\)/);
    if (command !== 'smoke') expect(help).toMatch(/--timeout <D> .*500ms, 90s, 15m, 2h \(default: 60s\)/);
  }
});

it('targets are listed by name, mutants with what they break', () => {
  expect(ic0('targets').stdout).toMatch(/^executor\n .*\nmutant:trap-keeps-globals\n/s);
  const { status, stdout } = ic0('targets', 'mutant:trap-keeps-globals*');
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^(mutant:trap-keeps-globals[\w-]*\n  .+\n)+$/)]);
});

it('a clause is explained with the place of its text and an example, and listed with its anchor', () => {
  const { stdout } = ic0('explain', 'atomicity/globals');
  expect(stdout).toMatch(/canister-interface\.md#entry-points\n +https:\/\/github\.com\/dfinity\/developer-docs\//);
  expect(stdout).toMatch(/example +spec\/vectors\/[\w-]+\.vectors\.json: "/);
  expect(ic0('rules', 'atomicity/globals').stdout).toContain('\n  canister-interface.md#entry-points\n');
});

describe('what the user got wrong', () => {
  const says = (...args: string[]) => {
    const { status, stderr } = ic0(...args);
    return `${status}: ${stderr}`;
  };

  it.each<readonly [wrong: string, says: RegExp]>([
    ['run --fast', /unknown option '--fast'/],
    ['run --cases many', /--cases.*whole number/],
    ['run --target nobody', /unknown target "nobody".*executor/],
    ['run --target exector', /Did you mean executor\?/],
    ['run --target mutant:nobody', /unknown mutant.{0,150}targets "mutant:\*"/],
    ['run --target mutant:trap-keeps-global', /Did you mean trap-keeps-globals\?/],
    ['targets mutant:trap-keeps-global', /no target matches.*Did you mean mutant:trap-keeps-globals/],
    ['--config none.json run', /none\.json: cannot be read \(ENOENT\).*--config/],
    ['check none.wasm', /none\.wasm: cannot be read \(ENOENT\)/],
    ['serve', /Give --stdio/],
    ['serve --stdio --target chaos', /"chaos" is no engine.*executor, reference, mutant/],
    ['run --rules fun/*', /no clause matches "fun\/\*".*rules/],
    ['run --rules atomicty/*', /Did you mean atomicity\/\*\?/],
    ['run --rules atomicity/global', /Did you mean atomicity\/globals/],
    ['run --profile none', /unknown profile "none".*conformance/],
    ['run --report song', /unknown kind "song".*junit/],
    ['run --waivers none.json', /none\.json/],
    ['run --timeout 90', /--timeout.*with its unit.*500ms, 90s.*90s, for seconds\?/],
    ['run --step-timeout soon', /--step-timeout.*with its unit, ms, s, m or h/],
    ['run --time 0s', /--time.*with its unit/],
    ['run --shard 3/2', /--shard.*from 1 to the number of parts: 1\/2 to 2\/2/],
    ['run --shard 0/2', /--shard.*from 1 to the number of parts/],
    ['run --shard 0/0', /--shard.*one part at least/],
    ['run --shard half', /--shard.*such as 1\/4/],
    ['fill --out none --families cyclse', /unknown family "cyclse"\. Did you mean cycles\?/],
    ['explain time/travel', /no clause "time\/travel".*time\/monotonic/],
    ['replay none.json', /none\.json.*no such file/],
    ['dance', /unknown command 'dance'/],
  ])('exits 2 after `%s`, and says what, where and what to do', (wrong, expected) => {
    const { status, stderr } = ic0(...wrong.split(' '));
    expect(stderr.replaceAll('\n', ' ')).toMatch(expected);
    expect(status).toBe(2);
  });

  it('says how a day is written in a file of waivers', () => {
    writeFileSync(at('dated.json'), JSON.stringify([{ rule: 'time/monotonic', reason: 'why', expires: 'May 2027' }]));
    expect(says('run', '--waivers', 'dated.json')).toMatch(/^2: .*dated\.json: at \$\[0\]\.expires: .*YYYY-MM-DD/s);
  });

  it('does not take a truncated case, a module that is none, or a torn report', () => {
    writeFileSync(at('cut-case.json'), '{"schema": "ic0-conformance/case@1", "suite": {"ver');
    expect(says('replay', 'cut-case.json')).toMatch(/^2: .*cut-case\.json.*ends in the middle/s);
    writeFileSync(at('text.wasm'), 'not a module');
    expect(says('check', 'text.wasm')).toMatch(/^2: .*text\.wasm/s);
    writeFileSync(at('torn.json'), '{');
    expect(says('merge', 'torn.json')).toMatch(/^2: .*torn\.json/s);
    writeFileSync(at('none-of-both.json'), '{}');
    expect(says('merge', 'none-of-both.json')).toMatch(/^2: .*there is no field "schema"/s);
    // In one line, whatever is in the file.
    writeFileSync(at('prose.json'), 'no\nJSON\n');
    for (const args of [['replay'], ['merge'], ['run', '--waivers'], ['--config']]) {
      expect(says(...args, 'prose.json', ...(args[0] === '--config' ? ['run'] : []))).toMatch(
        /^2: .*prose\.json.*not JSON.*\n$/,
      );
    }
  }, 120_000);

  it('finds out before it runs anything that something cannot be read or written', () => {
    writeFileSync(at('file'), '');
    mkdirSync(at('empty'));
    expect(says('run', '--corpus', 'file')).toMatch(/^2: .*--corpus file: not a directory/s);
    expect(says('fill', '--out', 'file')).toMatch(/^2: .*--out file: not a directory/s);
    expect(says('replay', '01ce167f', '--corpus', 'file')).toMatch(/^2: .*file: not a directory/s);
    expect(says('run', '--report', 'json=')).toMatch(/^2: .*no path/s);
    expect(says('run', '--report', 'json=empty')).toMatch(/^2: .*empty: this is a directory/s);
    expect(says('run', '--corpus', 'file/none')).toMatch(/^2: .*file\/none: not a directory.*ENOTDIR/s);
    expect(says('run', '--report', 'json=file/none/x')).toMatch(/^2: .*file\/none\/x: cannot be written/s);
    expect(says('replay', 'empty')).toMatch(/^2: .*empty: there is no case in this directory/s);
    expect(says('show', 'empty')).toMatch(/^2: .*empty: there is no case in this directory/s);
    writeFileSync(at('module.wasm'), Buffer.from('\0asm\u0001\0\0\0', 'latin1'));
    expect(says('replay', 'module.wasm')).toMatch(/^2: .*this is a WebAssembly module/s);
  }, 120_000);

  it('refuses options that contradict one another or are empty, also with --list', () => {
    expect(says('run', '--cases', '5', '--time', '2s')).toMatch(/^2: .*--cases and --time/s);
    expect(says('run', '--families', ',')).toMatch(/^2: .*--families.*one value at least/s);
    expect(says('run', '--rules', '')).toMatch(/^2: .*--rules.*one value at least/s);
    expect(says('run', '--list', '--families', 'nope')).toMatch(/^2: .*unknown family "nope"/s);
    expect(says('run', '--list', '--rules', 'nope/x')).toMatch(/^2: .*no clause matches/s);
    expect(says('rules', 'cycles/conserved', 'nope')).toMatch(/^2: .*no clause matches "nope"/s);
  }, 120_000);

  it('does not take a configuration value of another type than its option', () => {
    const configured = (config: object) => {
      writeFileSync(at('typed.json'), JSON.stringify(config));
      return says('--config', 'typed.json', 'run', '--list');
    };
    expect(configured({ resume: 'yes' })).toMatch(/^2: .*resume: needs true or false/s);
    expect(configured({ cases: [1, 2] })).toMatch(/^2: .*cases: needs one text or number/s);
    expect(configured({ seed: null })).toMatch(/^2: .*seed: needs one text or number/s);
    expect(configured({ rules: ['time/*'], seed: 1, resume: true })).toMatch(/^0: /);
  }, 120_000);

  it('takes options from a configuration file, and refuses those that do not exist', () => {
    writeFileSync(at('good.json'), JSON.stringify({ rules: ['time/*'], 'max-failures': 3 }));
    const { status, stdout } = ic0('--config', 'good.json', 'run', '--list');
    expect(status).toBe(0);
    expect(stdout).toContain('time/monotonic');
    expect(stdout).not.toContain('cycles/conserved');
    writeFileSync(at('bad.json'), JSON.stringify({ speed: 3 }));
    expect(says('--config', 'bad.json', 'run', '--list')).toMatch(/^2: .*bad\.json.*"speed"/s);
  }, 120_000);
});
