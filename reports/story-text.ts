// plumbing: a story as plain text
import type { Story, StoryBoundary, StoryChange, StoryExecution } from './story-types.js';
import { sideName } from './words.js';

const MARK = '  <== here';

interface StoryTextOptions {
  /** Print the WebAssembly text of the modules too. */
  readonly wat: boolean;
}

/** The story in lines, for terminals, junit and `show`. */
export function storyText(story: Story, { wat }: StoryTextOptions): string {
  const lines = [
    story.headline,
    '',
    ...violationText(story),
    'Canisters',
    ...story.canisters.map(({ name, id, title }) => `  ${name}  ${id}: ${title}`),
    '',
    ...story.steps.flatMap(({ index, title, boundaries }) => [
      index < 0 ? `Setup: ${title}` : `Step ${index + 1}: ${title}`,
      ...boundaries.flatMap((boundary) => boundaryText(boundary, sideName(story.against))),
    ]),
    '',
    ...story.modules.flatMap(({ title, program, wat: text }) => [
      title,
      ...indented(program, '  '),
      ...(wat ? ['', ...indented(text, '  ')] : []),
      '',
    ]),
    `Replay: ${story.replay}`,
  ];
  return lines.join('\n') + '\n';
}

function violationText({ violation }: Story): readonly string[] {
  if (violation === undefined) return [];
  const { clause, expected, actual } = violation;
  return [
    `  clause    ${clause.id}`,
    ...[clause.paraphrase, clause.anchor].filter((line) => line !== '').map((line) => `            ${line}`),
    `  expected  ${expected}`,
    `  actual    ${actual}`,
    '',
  ];
}

function indented(text: string, by: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : by + line));
}

function boundaryText(boundary: StoryBoundary, other: string): readonly string[] {
  const { transition, title, executions, messages, committed, expected, rolledBack, mark } = boundary;
  return [
    `  ── transition ${transition}: ${title}${mark ? MARK : ''}`,
    ...executions.flatMap(executionText),
    ...(rolledBack === undefined ? [] : [`     ${rolledBack}.`]),
    ...messages.map((message) => `     ${message}`),
    ...(committed.length === 0
      ? ['     committed: nothing']
      : committed.map((change) => `     committed: ${changeText(change)}`)),
    ...expected.map((change) => `     ${other}: ${changeText(change)}${MARK}`),
  ];
}

function executionText({ title, calls, outcome, effects, expected }: StoryExecution): readonly string[] {
  return [
    `     ${title}`,
    ...calls.map(({ text, mark }) => `       ${text}${mark ? MARK : ''}`),
    `       ${outcome}`,
    ...effects.map((effect) => `       ${effect}`),
    ...(expected === undefined ? [] : [`       ${expected}`]),
  ];
}

function changeText({ canister, field, before, after }: StoryChange): string {
  return before === after ? `${canister}: ${field} stays ${after}` : `${canister}: ${field} ${before} → ${after}`;
}
