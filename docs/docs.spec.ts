// plumbing: runs the commands of README.md and docs/*.md that are marked to be run, on the build in dist/
//
// A block that starts with ```sh test is run by bash in the repository and must end with 0, one with ```sh test exit=1 with 1.
// Blocks of one page run in their order, and share a folder $OUT for what they write. What a ```text block right below one shows must be printed:
// its lines in their order, … for any others between them, or for anything in a line.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { present } from '../spec/testing/present.js';

interface Block {
  readonly line: number;
  readonly script: string;
  readonly exit: number;
  /** Lines that the page shows of what is printed. */
  readonly shown: readonly string[];
}

function testedBlocks(page: string): Block[] {
  const text = readFileSync(page, 'utf8');
  const blocks = /^```sh test(?: exit=(\d+))?\n([\s\S]*?)^```$(?:\n+```text\n([\s\S]*?)^```$)?/gm;
  return [...text.matchAll(blocks)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    script: present(match[2]),
    exit: Number(match[1] ?? 0),
    shown: (match[3] ?? '').split('\n').filter((line) => line.trim() !== '' && line.trim() !== '…'),
  }));
}

/** The first of the lines that is not printed after those before it. */
function missing(lines: readonly string[], printed: readonly string[]): string | undefined {
  const rest = printed[Symbol.iterator]();
  return lines.find((line) => {
    const like = new RegExp(
      `^${line
        .split('…')
        .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
        .join('.*')}$`,
    );
    for (const one of rest) if (like.test(one)) return false;
    return true;
  });
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
      ({ line, script, exit, shown }) => {
        const run = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
          encoding: 'utf8',
          // npm would build the clone again at its first `npx ic0-conformance`.
          env: { ...process.env, OUT: out, NODE_OPTIONS: '', npm_config_ignore_scripts: 'true' },
        });
        if (run.status !== exit)
          throw new Error(`${page}:${line} ended with ${run.status}\n${run.stdout}\n${run.stderr}`);
        // Paths are quoted in the page, and are not in what is printed.
        const told = run.stdout.replaceAll(out, '$OUT').replaceAll(/(\$OUT\/[\w-]+)/g, '"$1"');
        const absent = missing(shown, told.split('\n'));
        if (absent !== undefined)
          throw new Error(`${page}:${line} does not print: ${absent}\nPut what is printed into the page:\n${told}`);
      },
      120_000,
    );
  });
});
