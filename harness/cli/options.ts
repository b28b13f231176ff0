// plumbing: options that several commands have
import { Option } from 'commander';
import { FAMILIES } from '../../generators/index.js';
import { DEFAULTS } from '../runner/options.js';
import { duration, list } from './usage.js';

const seconds = (milliseconds: number) => `${milliseconds / 1_000}s`;

export function familiesOption(): Option {
  const names = FAMILIES.join(', ');
  return new Option('--families <LIST>', `only cases of these, separated by commas: ${names}`).argParser(list);
}

export function timeoutOption(): Option {
  const text = `what a case may take: 500ms, 90s, 15m, 2h (default: ${seconds(DEFAULTS.timeout)})`;
  return new Option('--timeout <D>', text).argParser(duration);
}

export function stepTimeoutOption(): Option {
  const text = `what one answer of the target may take: 500ms, 90s (default: ${seconds(DEFAULTS.stepTimeout)})`;
  return new Option('--step-timeout <D>', text).argParser(duration);
}
