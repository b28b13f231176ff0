// plumbing: the command that runs a kept case again
import { shellWord } from '../../reports/replay.js';
import { defaultTier } from '../targets/builtin.js';
import type { JobSpec } from './job.js';

/** Digits of an id that a command names. */
const DIGITS = 16;

/**
 * The command; where the corpus is, `located` adds, since reports have the same bytes wherever that is.
 * @param name id or file of the case
 */
export function replayCommand(
  { target, against, tier }: Pick<JobSpec, 'target' | 'against' | 'tier'>,
  name: string,
): string {
  const id = /^[0-9a-f]{64}$/.test(name) ? name.slice(0, DIGITS) : name;
  const words = [
    ...['replay', id, '--target', target],
    ...(against === undefined ? [] : ['--against', against]),
    ...(tier === defaultTier(target, against) ? [] : ['--tier', tier]),
  ];
  return `npx ic0-conformance ${words.map(shellWord).join(' ')}`;
}
