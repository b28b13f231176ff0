// plumbing: a report as one HTML page that needs nothing else — no script, no file beside it
import { CONTEXTS } from '../spec/vocabulary/entry-point.js';
import { CALL_COLUMNS, canisterTexts, cautionsOf } from './canisters.js';
import {
  availabilityText,
  caseName,
  cellText,
  clausesText,
  conclusionOf,
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
import { html, Html, type Content } from './markup.js';
import type { Report, ReportFailure, RuleResult, Totals } from './report.js';
import type { Story, StoryBoundary, StoryChange, StoryExecution } from './story-types.js';
import { sideName } from './words.js';

const STYLE = new Html(`
:root { color-scheme: light dark; --line: #8884; --good: #2a7d3c; --bad: #c62828; --warn: #b26a00; --soft: #8882; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--line); padding: .2rem .5rem; text-align: left; }
td.n { text-align: right; } .wide { overflow: auto; max-height: 80vh; } .wide th { position: sticky; top: 0; background: Canvas; }
pre { background: var(--soft); padding: .6rem; overflow-x: auto; } code, pre { font: 13px/1.4 ui-monospace, monospace; }
.conforms { color: var(--good); } .violated, .fail { color: var(--bad); } .incomplete, .waived { color: var(--warn); }
.mark { border-left: 3px solid var(--bad); padding-left: .6rem; } .boundary { margin: .6rem 0 .6rem 1rem; }
.yes { color: var(--good); } .no { color: GrayText; } .failure { border: 1px solid var(--line); padding: 0 1rem 1rem; margin: 1rem 0; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem 1.2rem; } summary { cursor: pointer; } ul { margin: .2rem 0; }
`);

/** The report as an HTML page. */
export function htmlText(report: Report): string {
  const { target, suite, seed, tier, profile, selection } = report;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>ic0-conformance: ${target.name}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <h1>ic0-conformance: ${target.name} ${target.version}</h1>
        <p class="${conclusionOf(report)}"><strong>${sentenceOf(report)}</strong></p>
        <p>
          Suite ${suite.version} (<code>${suite.hash.slice(0, 12)}</code>), ${revisionsOf(report)}. Tier ${tier},
          profile ${profile}, seed <code>${seed}</code>, ${plural(selection.cases, 'case')},
          ${selection.families.length === 0 ? 'all families' : `families ${selection.families.join(', ')}`}${selection.rules.length > 0 ? `, rules ${selection.rules.join(', ')}` : ''}.
        </p>
        ${totalsTable(report)} ${failuresSection(report)} ${canistersSection(report)} ${coverageSection(report)}
        ${unseenOf(report) === undefined ? matrixSection(report) : ''} ${clausesSection(report)}
      </body>
    </html> `;
  return page.markup;
}

function row(cells: readonly Content[]): Html {
  return html`<tr>
    ${cells.map((cell) => (typeof cell === 'number' ? html`<td class="n">${cell}</td>` : html`<td>${cell}</td>`))}
  </tr> `;
}

function tableOf(head: readonly string[], rows: readonly Html[]): Html {
  return html`<table>
    <thead>
      <tr>
        ${head.map((cell) => html`<th>${cell}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function list(items: readonly Content[]): Content {
  return items.length === 0
    ? ''
    : html`<ul>
        ${items.map((item) => html`<li>${item}</li>`)}
      </ul>`;
}

function totalsTable({ reached, totals }: Report): Html {
  const columns = ['cases', 'passed', 'failed', 'skipped', 'poisoned', 'errored'] as const;
  const figures = (name: Content, of: Totals) => row([name, ...columns.map((column) => of[column])]);
  return tableOf(
    ['family', ...columns],
    [
      ...Object.entries(reached.families).map(([family, of]) => figures(family, of)),
      figures(html`<strong>all</strong>`, totals),
    ],
  );
}

function failuresSection(report: Report): Content {
  if (report.failures.length === 0) return '';
  return html`<h2 id="failures">Failures</h2>
    ${report.failures.map((failure) => failureArticle(report, failure))}`;
}

function failureArticle(report: Report, failure: ReportFailure): Html {
  const waiver = waiverOf(report, failure.rule);
  return html`<article class="failure">
    <h3 class="${waiver === undefined ? 'fail' : 'waived'}">${failureTitle(failure)}</h3>
    ${waiver === undefined ? '' : html`<p class="waived">Waived: ${waiver}</p>`} ${storyParts(failure.story)}
  </article> `;
}

function storyParts(story: Story): Html {
  return html`<p>${story.headline}</p>
    <dl>
      ${violationPart(story)}
      <dt>Canisters</dt>
      ${story.canisters.map(({ name, id, title }) => html`<dd><strong>${name}</strong> <code>${id}</code>: ${title}</dd>`)}
    </dl>
    ${story.steps.map(
      ({ index, title, boundaries }) =>
        html`<section>
          <h4>${index < 0 ? 'Setup' : `Step ${index + 1}`}: ${title}</h4>
          ${boundaries.map((boundary) => boundaryPart(boundary, sideName(story.against)))}
        </section> `,
    )}${story.modules.map(
      ({ title, program, wat }) =>
        html`<details>
          <summary>${title}</summary>
          <pre>${program}</pre>
          <pre>${wat}</pre>
        </details> `,
    )}
    <p>Replay: <code>${story.replay}</code></p>`;
}

function violationPart({ violation }: Story): Content {
  if (violation === undefined) return '';
  const { clause, expected, actual } = violation;
  return html`<dt>Clause</dt>
    <dd><code>${clause.id}</code>: ${clause.paraphrase} <small>${clause.anchor}</small></dd>
    <dt>Expected</dt>
    <dd><code>${expected}</code></dd>
    <dt>Actual</dt>
    <dd><code>${actual}</code></dd>`;
}

function boundaryPart(boundary: StoryBoundary, other: string): Html {
  const { transition, title, executions, messages, committed, expected, rolledBack, mark } = boundary;
  return html`<div class="boundary${mark ? ' mark' : ''}">
    <div>
      <strong>Transition ${transition}:</strong> ${title}${mark ? html` <strong class="fail">here</strong>` : ''}
    </div>
    ${executions.map(executionPart)}${rolledBack === undefined ? '' : html`<p>${rolledBack}.</p>`} ${list(messages)}
    <div>Committed:${committed.length === 0 ? ' nothing' : list(committed.map(changePart))}</div>
    ${expected.length === 0 ? '' : html`<div class="fail">Instead, ${other}:${list(expected.map(changePart))}</div>`}
  </div> `;
}

function executionPart({ title, calls, outcome, effects, expected }: StoryExecution): Html {
  const bad = (text: string) => html`<strong class="fail">${text}</strong>`;
  const lines: readonly Content[] = [
    ...calls.map(({ text, mark }) => (mark ? bad(text) : text)),
    outcome,
    ...effects,
    ...(expected === undefined ? [] : [bad(expected)]),
  ];
  return html`<div>${title}</div>
    <pre>${lines.flatMap((line) => [line, '\n'])}</pre>`;
}

function changePart({ canister, field, before, after }: StoryChange): Html {
  const change =
    before === after ? html`stays <code>${after}</code>` : html`<code>${before}</code> → <code>${after}</code>`;
  return html`${canister}: ${field} ${change}`;
}

function canistersSection(report: Report): Content {
  const canisters = canisterTexts(report);
  if (canisters.length === 0) return '';
  return html`<h2 id="canisters">Canisters</h2>
    ${list(cautionsOf(report))}
    ${canisters.map(
      ({ name, summary, silent, rows }) =>
        html`<h3>${name}: ${summary}</h3>
          ${tableOf(
            ['call', ...CALL_COLUMNS],
            rows.map((call) => row([call.name, ...CALL_COLUMNS.map((column) => call.figures[column])])),
          )}
          ${list(silent)}`,
    )}`;
}

function coverageSection(report: Report): Html {
  const { entryPoints, traps, rejectCodes } = report.reached;
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, n]) => `${name} ${n}`)
      .join(', ');
  return html`<h2>Coverage</h2>
    ${list([
      `Availability: ${availabilityText(report)}`,
      `Clauses: ${clausesText(report)}`,
      `Entry points: ${counted(entryPoints)}`,
      `Traps: ${counted(traps)}`,
      `Reject codes: ${counted(rejectCodes)}`,
      ...notReachedOf(report).map(
        ({ what, items }) => `Not reached, ${plural(items.length, what)}: ${some(items, 40)}`,
      ),
      ...report.skipped.map(
        ({ verdict, reason, cases, firstCase, replay }) =>
          html`${verdict}: ${plural(cases, 'case')}, ${reason} (first:
          ${caseName(firstCase)})${replay === undefined ? '' : html`; replay: <code>${replay}</code>`}`,
      ),
      ...report.waived.map(({ rule, status, reason }) => `Waiver for ${rule}: ${status} (${reason})`),
    ])}`;
}

function matrixSection(report: Report): Html {
  return html`<h2 id="matrix">Availability matrix</h2>
    <p>
      <span class="yes">+</span> the import table lists the import for the context, <span class="no">·</span> it must
      trap there; then the number of checks, or failures of checks. Entry points are in each cell's title.
    </p>
    <div class="wide">
      ${tableOf(
        ['import', ...CONTEXTS],
        matrixRows(report).map(({ api, cells }) => row([html`<code>${api.name}</code>`, ...cells.map(matrixCell)])),
      )}
    </div>`;
}

function matrixCell({ available, seen }: MatrixRow['cells'][number]): Html {
  const sign = available ? html`<span class="yes">+</span>` : html`<span class="no">·</span>`;
  if (seen === undefined) return sign;
  const figures =
    seen.failures > 0 ? html`<strong class="fail">${seen.failures} of ${seen.checks}</strong>` : html`${seen.checks}`;
  return html`<span title="${cellText(seen)}">${sign} ${figures}</span>`;
}

function clausesSection(report: Report): Html {
  const note = ({ id, skipped, mutants }: RuleResult): string =>
    waiverOf(report, id) ?? skipped ?? (mutants.length > 0 ? `mutants: ${mutants.join(', ')}` : '');
  return html`<h2 id="clauses">Clauses</h2>
    <div class="wide">
      ${tableOf(
        ['clause', 'level', 'checks', 'failures', 'note'],
        report.rules.map((rule) =>
          row([
            html`<code class="${rule.failures > 0 ? 'fail' : ''}">${rule.id}</code>`,
            rule.level,
            rule.checks,
            rule.failures,
            note(rule),
          ]),
        ),
      )}
    </div>`;
}
