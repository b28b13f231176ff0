// plumbing: the command `targets`
import type { Command } from 'commander';
import { globs } from '../../runner/globs.js';
import { UsageError } from '../../runner/options.js';
import { didYouMean } from '../../spelling.js';
import { namedTargets } from '../../targets/builtin.js';

export function addTargets(program: Command): void {
  program
    .command('targets')
    .description('list what --target can name: engines, and mutants, which have one known fault each')
    .argument('[GLOB...]', 'only these, e.g. "mutant:*globals*"')
    .action(async (patterns: readonly string[]) => {
      const targets = await namedTargets();
      const names = targets.map(({ name }) => name);
      for (const pattern of patterns) {
        if (names.some(globs([pattern]))) continue;
        throw new UsageError(
          `no target matches ${JSON.stringify(pattern)}.${didYouMean(pattern, names)} List them with: ic0-conformance targets`,
        );
      }
      const isSelected = patterns.length === 0 ? () => true : globs(patterns);
      const lines = targets.map(({ name, description }) => (isSelected(name) ? `${name}\n  ${description}\n` : ''));
      process.stdout.write(lines.join(''));
    });
}
