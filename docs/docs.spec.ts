// plumbing: runs the commands of README.md and docs/*.md that are marked to be run, on the build in dist/
//
// A block that starts with ```sh test is run by bash in the repository and must end with 0, one with ```sh test exit=1 with 1.
// Blocks of one page run in their order, and share a folder $OUT for what they write.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Block {
  readonly line: number;
  readonly script: string;
  readonly exit: number;
}

function testedBlocks(page: string): Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```sh test(?: exit=(\d+))?\n([\s\S]*?)^```$/gm)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    script: match[2]!,
    exit: Number(match[1] ?? 0),
  }));
}

const PAGES = ['README.md', ...readdirSync('docs').filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]; // prettier-ignore
const TESTED = PAGES.map((page) => ({ page, blocks: testedBlocks(page) })).filter(({ blocks }) => blocks.length > 0);

describe('commands in the documentation', () => {
  it('are run on a build', () => {
    expect(existsSync('dist/harness/cli/main.js')).toBe(true);
  });

  it('are marked in README.md', () => {
    expect(TESTED.map(({ page }) => page)).toContain('README.md');
  });

  describe.each(TESTED)('$page', ({ page, blocks }) => {
    const out = mkdtempSync(join(tmpdir(), 'ic0-conformance-docs-'));
    afterAll(() => rmSync(out, { recursive: true }));

    it.each(blocks)(
      `line $line ends with $exit`,
      ({ line, script, exit }) => {
        const run = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
          encoding: 'utf8',
          env: { ...process.env, OUT: out, NODE_OPTIONS: '' },
        });
        if (run.status !== exit)
          throw new Error(`${page}:${line} ended with ${run.status}\n${run.stdout}\n${run.stderr}`);
      },
      120_000,
    );
  });
});
