// plumbing: a report as Markdown, for pull requests and job summaries
import { CONTEXTS } from '../spec/vocabulary/entry-point.js';
import { CALL_COLUMNS, canisterTexts, cautionsOf, executionsText } from './canisters.js';
import {
  availabilityText,
  clausesText,
  failureTitle,
  matrixRows,
  notReachedOf,
  plural,
  revisionsOf,
  sentenceOf,
  some,
  unseenOf,
  waiverOf,
  type MatrixRow,
} from './figures.js';
import type { Report, Totals } from './report.js';
import { storyText } from './story-text.js';

/** The report as GitHub-flavoured Markdown. */
export function markdownText(report: Report): string {
  const { suite, target, seed, tier, profile, selection } = report;
  return [
    `# ic0-conformance: ${inline(target.name)}`,
    '',
    `**${inline(sentenceOf(report))}**`,
    '',
    `Suite ${inline(suite.version)} (${suite.hash.slice(0, 12)}), ${inline(revisionsOf(report))}. ` +
      `Target ${inline(target.name)} ${inline(target.version)}, tier ${tier}, profile ${inline(profile)}, seed ${code(seed)}, ` +
      `${plural(selection.cases, 'case')}, ${selection.families.length === 0 ? 'all families' : `families ${selection.families.map(inline).join(', ')}`}${selection.rules.length > 0 ? `, rules ${selection.rules.map(code).join(', ')}` : ''}.`,
    '',
    ...totalsTable(report),
    '',
    ...failures(report),
    ...canisters(report),
    ...coverage(report),
    ...clauses(report),
    ...(unseenOf(report) === undefined ? matrix(report) : []),
    '',
  ].join('\n');
}

/** Text that Markdown would take for markup, made plain; safe in a table. */
function inline(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#|~]/g, '\\$&').replace(/\s+/g, ' ');
}

function code(text: string): string {
  return '`' + text.replace(/`/g, "'").replace(/\|/g, '\\|').replace(/\s+/g, ' ') + '`';
}

/** A code block whose fence is longer than any in the text. */
function block(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, text.trimEnd(), fence];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function totalsTable({ reached, totals }: Report): readonly string[] {
  const columns = ['cases', 'passed', 'failed', 'skipped', 'poisoned', 'errored'] as const;
  const row = (name: string, figures: Totals) => [name, ...columns.map((column) => String(figures[column]))];
  const families = Object.entries(reached.families).map(([family, figures]) => row(inline(family), figures));
  return tableOf(['family', ...columns], [...families, row('**all**', totals)]);
}

function failures(report: Report): readonly string[] {
  return report.failures.flatMap((failure) => {
    const waiver = waiverOf(report, failure.rule);
    return [
      `## ${inline(failureTitle(failure))}`,
      '',
      ...(waiver === undefined ? [] : [`Waived: ${inline(waiver)}`, '']),
      ...block(storyText(failure.story, { wat: true })),
      '',
    ];
  });
}

function canisters(report: Report): readonly string[] {
  return [
    ...cautionsOf(report).flatMap((caution) => [`Note: ${inline(caution)}`, '']),
    ...canisterTexts(report).flatMap(({ name, summary, silent, rows }) => [
      `<details><summary>${inline(name)}: ${summary}</summary>`,
      '',
      ...tableOf(
        ['call', ...CALL_COLUMNS],
        rows.map((row) => [code(row.name), ...CALL_COLUMNS.map((column) => String(row.figures[column]))]),
      ),
      '',
      ...silent.map((line) => `- ${inline(line)}`),
      '',
      '</details>',
      '',
    ]),
  ];
}

function coverage(report: Report): readonly string[] {
  return [
    '## Coverage',
    '',
    ...(report.canisters === undefined ? [] : [`- Executions: ${inline(executionsText(report))}`]),
    `- Availability: ${availabilityText(report)}`,
    `- Clauses: ${clausesText(report)}`,
    ...notReachedOf(report).map(
      ({ what, items }) => `- Not reached, ${plural(items.length, what)}: ${inline(some(items, 12))}`,
    ),
    ...report.skipped.map(
      ({ verdict, reason, cases, replay }) =>
        `- ${verdict}: ${plural(cases, 'case')}, ${inline(reason)}${replay === undefined ? '' : `; replay: ${code(replay)}`}`,
    ),
    ...report.waived.map(({ rule, status, reason }) => `- waiver for ${code(rule)}: ${status} (${inline(reason)})`),
    '',
  ];
}

function clauses(report: Report): readonly string[] {
  const rows = report.rules.map((rule) => [
    code(rule.id),
    rule.level,
    String(rule.checks),
    String(rule.failures),
    inline(waiverOf(report, rule.id) ?? rule.skipped ?? ''),
  ]);
  return [
    '<details><summary>Clauses</summary>',
    '',
    ...tableOf(['clause', 'level', 'checks', 'failures', 'note'], rows),
    '',
    '</details>',
    '',
  ];
}

function matrix(report: Report): readonly string[] {
  const cell = ({ available, seen }: MatrixRow['cells'][number]) => {
    const figures =
      seen === undefined ? '' : seen.failures > 0 ? ` **${seen.failures} of ${seen.checks}**` : ` ${seen.checks}`;
    return `${available ? '+' : '·'}${figures}`;
  };
  const rows = matrixRows(report).map(({ api, cells }) => [code(api.name), ...cells.map(cell)]);
  return [
    '<details><summary>Availability matrix</summary>',
    '',
    '`+` the import table lists the import for the context, `·` it must trap there; then the number of checks, or failures of checks.',
    '',
    ...tableOf(['import', ...CONTEXTS], rows),
    '',
    '</details>',
  ];
}
