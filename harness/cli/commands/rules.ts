// plumbing: the commands `rules` and `explain`
import type { Command } from 'commander';
import { ATTRIBUTION } from '../../oracle/attribution.js';
import { LAWS } from '../../oracle/laws/index.js';
import { globs } from '../../runner/globs.js';
import { mutantsByClause } from '../../runner/mutants.js';
import { UsageError } from '../../runner/options.js';
import { RULES, ruleNamed, twins, type Rule } from '../../../spec/rules/index.js';

export function addRules(program: Command): void {
  program
    .command('rules')
    .description('list the clauses: what is judged, and how')
    .argument('[GLOB...]', 'only these, e.g. "cycles/*"')
    .option('--json', 'as JSON')
    .action((patterns: readonly string[], { json }: { readonly json?: boolean }) => {
      const selected = patterns.length === 0 ? () => true : globs(patterns);
      const rules = RULES.filter(({ id }) => selected(id));
      if (rules.length === 0) throw new UsageError(`no clause matches ${patterns.join(', ')}`);
      process.stdout.write(json === true ? `${JSON.stringify(rules, null, 2)}\n` : rules.map(line).join(''));
    });
}

function line({ id, level, tier, text }: Rule): string {
  return `${id}\n  ${level}, ${tier}: ${text}\n`;
}

export function addExplain(program: Command): void {
  program
    .command('explain')
    .description('what a clause says, where it is from, and how it is checked')
    .argument('<CLAUSE>')
    .action(async (id: string) => {
      const rule = ruleNamed(id);
      if (rule === undefined) {
        throw new UsageError(
          `there is no clause ${JSON.stringify(id)}${nearest(id)}. List them with: ic0-conformance rules`,
        );
      }
      process.stdout.write(await explanation(rule));
    });
}

async function explanation(rule: Rule): Promise<string> {
  const { id, level, tier, text, anchor, observability, readings } = rule;
  const laws = LAWS.filter(({ clauses }) => clauses.includes(id)).map(
    ({ name }) => `the law "${name}", on the records of the target alone`,
  );
  const kinds = new Set(ATTRIBUTION.filter(({ clause }) => clause === id).flatMap((row) => row.kinds));
  const compared = kinds.size === 0 ? [] : [`comparison with the other engine: ${[...kinds].join(', ')}`];
  const ways = [...laws, ...compared];
  const others = twins(id).filter((twin) => twin !== id);
  const mutants = (await mutantsByClause()).get(id) ?? [];
  const rows: [string, readonly string[]][] = [
    ['says', [text]],
    ['level', [level]],
    ['tier', [tier]],
    ['from', [anchor]],
    ['shows in', [observability.join(', ')]],
    ['readings', readings],
    ['twins', others],
    ['checked by', ways.length > 0 ? ways : ['nothing on its own: see its twins']],
    ['mutants', mutants],
  ];
  const body = rows.flatMap(([name, values]) =>
    values.map((value, i) => `  ${(i === 0 ? name : '').padEnd(11)} ${value}\n`),
  );
  return `${id}\n${body.join('')}`;
}

/** Clauses of the same chapter, or with the same statement. */
function nearest(id: string): string {
  const [chapter = '', statement = ''] = id.split('/');
  const near = RULES.filter(
    (rule) => rule.id.startsWith(`${chapter}/`) || (statement !== '' && rule.id.includes(statement)),
  );
  return near.length === 0 ? '' : `. Did you mean ${near.slice(0, 5).map((rule) => rule.id).join(', ')}`; // prettier-ignore
}
