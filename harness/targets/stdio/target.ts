// plumbing: `stdio:COMMAND` as a target
import { suite } from '../../runner/suite.js';
import type { ReportTarget } from '../../../reports/report.js';
import type { Capabilities } from '../../protocol/messages.js';
import { Channel } from './channel.js';

/** Prefix of the name of such a target. */
export const STDIO = 'stdio:';

/** Milliseconds that one answer may take. */
const ANSWER_MS = 10_000;

/** The channel to the target of that name; its process is started with the first question. @throws CommandError */
export function channelTo(name: string, timeout = ANSWER_MS): Channel {
  return new Channel(name.slice(STDIO.length), timeout);
}

/**
 * The target as it names itself.
 * @throws TargetFault, CommandError
 */
export function describeStdio(name: string): ReportTarget {
  const channel = channelTo(name);
  const { target, capabilities } = channel.welcome;
  channel.close();
  return {
    name: `${name} (${target.name})`,
    version: target.version || suite().version,
    capabilities: namesOf(capabilities),
  };
}

/** Capabilities as the report lists them, in ascending order. */
export function namesOf({
  records,
  balances,
  time,
  reorders,
  widths,
  stimuli,
  entryPoints,
  imports,
}: Capabilities): readonly string[] {
  const names = [
    ...(records ? ['choices', 'digests', 'records'] : []),
    ...(balances || records ? ['balances'] : []),
    ...(time ? ['time'] : []),
    ...(reorders ? ['reorders'] : []),
    ...widths.map((width) => (width === 'i32' ? 'wasm32' : 'wasm64')),
    ...stimuli.map((kind) => `stimulus ${kind}`),
    ...entryPoints.map((entryPoint) => `entry point ${entryPoint}`),
    ...(imports ?? []).map((name) => `import ${name}`),
  ];
  return names.sort();
}
