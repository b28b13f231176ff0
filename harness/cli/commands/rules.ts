// plumbing: the commands `rules` and `explain`
import type { Command } from 'commander';
import { ATTRIBUTION } from '../../oracle/attribution-table.js';
import { LAWS } from '../../oracle/laws/index.js';
import { globs } from '../../runner/globs.js';
import { mutantsByClause } from '../../runner/mutants.js';
import { checkRules, UsageError } from '../../runner/options.js';
import { placeOf } from '../../spec-lock/documents.js';
import { vectorsOf } from '../../vectors/files.js';
import { nearest } from '../nearest.js';
import { RULES, ruleNamed, twins, type Rule } from '../../../spec/rules/index.js';
import type { ClauseId } from '../../../spec/vocabulary/verdict.js';

export function addRules(program: Command): void {
  program
    .command('rules')
    .description('list the clauses: what is judged, and how')
    .argument('[GLOB...]', 'only these, e.g. "cycles/*"')
    .option('--json', 'as JSON')
    .action((patterns: readonly string[], { json }: { readonly json?: boolean }) => {
      const selected = patterns.length === 0 ? () => true : globs(patterns);
      patterns.forEach(checkRules);
      const rules = RULES.filter(({ id }) => selected(id));
      process.stdout.write(json === true ? `${JSON.stringify(rules, null, 2)}\n` : rules.map(line).join(''));
    });
}

function line({ id, level, tier, text, anchor }: Rule): string {
  return `${id}\n  ${level}, ${tier}: ${text}\n  ${anchor}\n`;
}

export function addExplain(program: Command): void {
  program
    .command('explain')
    .description('what a clause says, where it is from, and how it is checked')
    .argument('<CLAUSE>')
    .action(async (id: string) => {
      const rule = ruleNamed(id);
      if (rule === undefined) {
        const near = nearest(id);
        const meant = near.length === 0 ? '.' : `. Did you mean ${near.join(', ')}?`;
        throw new UsageError(`there is no clause ${JSON.stringify(id)}${meant} List them with: ic0-conformance rules`);
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
  const place = placeOf(anchor);
  const others = twins(id).filter((twin) => twin !== id);
  const mutants = (await mutantsByClause()).get(id) ?? [];
  const rows: [string, readonly string[]][] = [
    ['says', [text]],
    ['level', [level]],
    ['tier', [tier]],
    ['from', place === undefined ? [anchor] : [anchor, place]],
    ['shows in', [observability.join(', ')]],
    ['readings', readings],
    ['twins', others],
    ['checked by', ways.length > 0 ? ways : ['nothing on its own: see its twins']],
    ['mutants', mutants],
    ['example', exampleOf(id)],
  ];
  const body = rows.flatMap(([name, values]) =>
    values.map((value, i) => `  ${(i === 0 ? name : '').padEnd(11)} ${value}\n`),
  );
  return `${id}\n${body.join('')}`;
}

/** A golden vector: a small canister, worked out by hand. Of those of a clause the one that is about it most of all. */
function exampleOf(id: ClauseId): readonly string[] {
  const [vector] = vectorsOf(id);
  return vector === undefined ? [] : [`${vector.file}: ${JSON.stringify(vector.name)}`];
}
