// plumbing: a case as text — where it comes from, its steps with message boundaries, its programs
import type { CaseFile } from '../harness/types.js';
import { plural } from './figures.js';
import type { Story } from './story-types.js';
import { storyText } from './story-text.js';

/**
 * The text of `show`.
 * @param story of the case, made by tellStory from a run of it
 */
export function showCase(
  { suite, origin, target, minimized, rules, scenario, failure }: CaseFile,
  story: Story,
): string {
  const lines = [
    `suite    ${suite.version} (${suite.hash.slice(0, 12)})`,
    `origin   ${origin === undefined ? 'not from a run' : `case ${origin.k} of seed ${JSON.stringify(origin.seed)}`}`,
    `target   ${target}, profile ${scenario.profile}`,
    `size     ${plural(scenario.setup.canisters.length, 'canister')}, ${plural(scenario.modules.length, 'module')}, ${plural(scenario.steps.length, 'step')}${minimized ? ', reduced' : ''}`,
    ...(rules.length === 0 ? [] : [`clauses  ${rules.join(', ')}`]),
    ...(failure === undefined
      ? []
      : [`kept as  ${failure.rule}: expected ${failure.expected}, found ${failure.actual}`]),
  ];
  return `${lines.join('\n')}\n\n${storyText(story, { wat: true })}`;
}
