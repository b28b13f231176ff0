// plumbing: docs/ambiguities.md, made from the catalogue so that the two cannot drift apart
import { RULES } from '../../spec/rules/index.js';

const HEAD = `# Where the specification contradicts itself or stays silent

Each entry is a clause of level \`ambiguous\`. At spec tier every reading conforms and nothing is asserted that only one of them
promises; 32 alone is read in one way (harness/blackbox/ambiguities.ts). A profile picks one reading (spec/profiles/READINGS.md, by the same numbers), and at differential tier model and
executor agree on it.

Made from spec/rules by \`npm run spec-lock -- docs\`; change the clause, not this page.
`;

/** The whole page. */
export function ambiguitiesPage(): string {
  const entries = RULES.filter(({ level }) => level === 'ambiguous').sort(
    (a, b) => (a.ambiguity ?? 0) - (b.ambiguity ?? 0),
  );
  const sections = entries.map(({ ambiguity, id, text, anchor, readings }) =>
    [
      `## ${ambiguity}. ${text.replace(/\.$/, '')}`,
      '',
      `\`${id}\` — ${anchor}`,
      '',
      ...readings.map((reading) => `- ${reading}`),
      '',
    ].join('\n'),
  );
  return [HEAD, ...sections].join('\n');
}
