// plumbing: what is the user's mistake, and how command line values are read
import { InvalidArgumentError } from 'commander';
import { ReportError } from '../../reports/json.js';
import { TIERS, type Tier } from '../../spec/vocabulary/verdict.js';
import { CheckInputError } from '../check/input-error.js';
import { CaseFileError } from '../corpus/case-file.js';
import { JournalError } from '../corpus/journal.js';
import { FillDirectoryError } from '../fill/prepare.js';
import { UnknownFamilyError } from '../runner/cases.js';
import { ScenarioError } from '../runner/run-case.js';
import { UsageError } from '../runner/options.js';
import { UnknownTargetError } from '../targets/builtin.js';
import { AdapterPathError } from '../targets/remote.js';
import { CommandError } from '../targets/stdio/command.js';
import { parseDuration } from '../timing.js';
import { WaiverError } from '../waivers/waivers.js';

export { wholeNumber } from '../command-line.js';

const INPUT_ERRORS = [
  UsageError,
  UnknownTargetError,
  UnknownFamilyError,
  ScenarioError,
  CaseFileError,
  WaiverError,
  CheckInputError,
  ReportError,
  CommandError,
  JournalError,
  AdapterPathError,
  FillDirectoryError,
] as const;

/** Whether an error is about what the user gave: exit code 2. */
export function isInputError(error: unknown): error is Error {
  return INPUT_ERRORS.some((kind) => error instanceof kind);
}

/** `500ms`, `90s`, `15m`, `2h`, in milliseconds. */
export function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
  const lacksUnit = /^[\d.]+$/.test(text.trim()) && Number(text) > 0;
  const meant = lacksUnit ? ` The unit is missing: ${text.trim()}s, for seconds?` : '';
  throw new InvalidArgumentError(
    `Give a duration with its unit, ms, s, m or h, such as 500ms, 90s, 15m or 2h.${meant}`,
  );
}

/** `1/4`: part 1 of 4. */
export function shard(text: string): { readonly index: number; readonly count: number } {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const part = { index: Number(index), count: Number(count) };
  if (count === undefined) throw new InvalidArgumentError('Give a part and a number of parts, such as 1/4.');
  if (part.count < 1) throw new InvalidArgumentError('There must be one part at least, such as 1/1.');
  if (part.index < 1 || part.index > part.count)
    throw new InvalidArgumentError(
      `The part must be from 1 to the number of parts: 1/${part.count} to ${part.count}/${part.count}.`,
    );
  return part;
}

export function tier(text: string): Tier {
  const known = TIERS.find((one) => one === text);
  if (known === undefined) throw new InvalidArgumentError(`There are: ${TIERS.join(', ')}.`);
  return known;
}

/** Commas separate values; the option may be repeated. */
export function list(text: string, before: readonly string[] = []): readonly string[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw new InvalidArgumentError('Give one value at least; commas separate several.');
  return [...before, ...parts];
}

/** The option may be repeated. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
