// plumbing: targets at the other end of a channel — `stdio:COMMAND` and adapter modules
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ReportTarget } from '../../reports/report.js';
import type { Capabilities } from '../target.js';
import { moduleLink } from './module/host.js';
import { processLink } from './stdio/bridge.js';
import { Channel } from './stdio/channel.js';

/** Prefix of the name of a target that is a process. */
export const STDIO = 'stdio:';

/** An adapter module that is not there. The message says what, where and what to do. */
export class AdapterPathError extends Error {
  override readonly name = 'AdapterPathError';
}

/** Whether a name is that of a process or of an adapter module: anything with a slash, or that ends as modules do. */
export function isRemote(name: string): boolean {
  if (/^https?:/.test(name)) return false;
  return name.startsWith(STDIO) || /[/\\]|\.[mc]?[jt]sx?$/.test(name);
}

/**
 * The channel to the target of that name; it is started with the first question.
 * @param timeout milliseconds that an answer may take
 * @throws CommandError, AdapterPathError
 */
export function channelTo(name: string, timeout?: number): Channel {
  if (name.startsWith(STDIO)) return new Channel(processLink(name.slice(STDIO.length)), timeout);
  const file = resolve(name);
  if (!existsSync(file)) {
    throw new AdapterPathError(
      `${name}: there is no such file (looked for ${file}). --target takes the path of an adapter module, or "stdio:COMMAND"`,
    );
  }
  if (!statSync(file).isFile()) {
    throw new AdapterPathError(
      `${name}: this is no file. --target takes the path of an adapter module, or "stdio:COMMAND"`,
    );
  }
  if (/\.[mc]?tsx?$/.test(file)) {
    throw new AdapterPathError(`${name}: an adapter module is JavaScript. Compile it, and name the compiled file`);
  }
  return new Channel(moduleLink(name, file), timeout);
}

/**
 * The target as it names itself.
 * @throws TargetFault, CommandError, AdapterPathError
 */
export async function describeRemote(name: string, timeout?: number): Promise<ReportTarget> {
  const channel = channelTo(name, timeout);
  const { target, capabilities } = channel.welcome;
  await channel.close();
  return { name: `${name} (${target.name})`, version: target.version, capabilities: namesOf(capabilities) };
}

/** Capabilities as the report lists them, in ascending order. */
export function namesOf(capabilities: Capabilities): readonly string[] {
  const { records, balances, time, reorders, settlesPartly, widths, stimuli, entryPoints, imports } = capabilities;
  const names = [
    ...(records ? ['choices', 'digests', 'records'] : []),
    ...(balances || records ? ['balances'] : []),
    ...(time ? ['time'] : []),
    ...(reorders ? ['reorders'] : []),
    ...(settlesPartly === true ? ['settles partly'] : []),
    ...widths.map((width) => (width === 'i32' ? 'wasm32' : 'wasm64')),
    ...stimuli.map((kind) => `stimulus ${kind}`),
    ...entryPoints.map((entryPoint) => `entry point ${entryPoint}`),
    ...(imports ?? []).map((name) => `import ${name}`),
  ];
  return names.sort();
}
