// plumbing: a target as a report names it
import type { ReportTarget } from '../../reports/report.js';
import { suite } from '../runner/suite.js';
import { builtinTarget, isBuiltin } from './builtin.js';
import { describeRemote, isRemote, namesOf } from './remote.js';

/** What built-in engines can do: everything. */
const OF_ENGINES = ['balances', 'choices', 'digests', 'records', 'time', 'wasm32', 'wasm64'] as const;

/**
 * Starts the target, where it is another process or an adapter, and ends it again.
 * @param timeout milliseconds that an answer may take
 * @throws UnknownTargetError, CommandError, AdapterPathError, TargetFault
 */
export async function describeTarget(name: string, timeout?: number): Promise<ReportTarget> {
  if (isRemote(name)) return describeRemote(name, timeout);
  // Whoever only names an engine does not load it.
  const target = isBuiltin(name) ? undefined : await builtinTarget(name);
  const capabilities = target?.kind === 'black box' ? namesOf(target.blackBox.capabilities) : OF_ENGINES;
  return { name, version: suite().version, capabilities };
}
