// plumbing: tests of the command lines of the repository's tools, on the build in dist/
import { spawnSync } from 'node:child_process';

const BUILD = 'dist/harness';

it.each<[string, readonly string[], RegExp]>([
  [`${BUILD}/mutants/main.js`, ['--fast'], /unknown option '--fast'/],
  [`${BUILD}/mutants/main.js`, ['--cases', 'x'], /--cases.*whole number from 1/],
  [`${BUILD}/mutants/main.js`, ['--only', 'nobody'], /no mutant has this/],
  [`${BUILD}/blackbox/campaign.js`, ['chaos', '--cases', 'x'], /--cases.*whole number from 1/],
  [`${BUILD}/blackbox/campaign.js`, ['dance'], /'dance' is invalid.*mutants, chaos/],
  [`${BUILD}/blackbox/campaign.js`, ['mutants', '--only', 'nobody'], /--only nobody: no mutant/],
  [`${BUILD}/blackbox/campaign.js`, [], /missing required argument/],
  [`${BUILD}/schemas.js`, ['--dry-run'], /unknown option '--dry-run'/],
  [`${BUILD}/jest/packed.js`, ['here'], /too many arguments/],
  [`${BUILD}/spec-lock/main.js`, ['dance'], /usage/],
  [`${BUILD}/wast/main.js`, ['--fast'], /--fast is not a folder/],
  [`${BUILD}/second-opinion/main.js`, ['--fast'], /Usage/],
  ['dist/bench/main.js', ['--fast'], /unknown option '--fast'/],
  ['dist/bench/main.js', ['--only', 'nothing'], /'nothing' is invalid.*suite, reference/],
  ['dist/bench/soak.js', ['--cases', '1.5'], /--cases.*whole number from 1/],
  ['examples/build.mjs', ['--fast'], /Unknown option '--fast'/],
  ['examples/build.mjs', ['--out', 'package.json'], /package\.json/],
])(
  '%s %j exits 2 and says why',
  (file, args, message) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/^ +at /m);
  },
  30_000,
);
