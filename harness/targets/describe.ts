// plumbing: a target as a report names it
import type { ReportTarget } from '../../reports/report.js';
import { suite } from '../runner/suite.js';
import { builtinTarget } from './builtin.js';
import { describeStdio, STDIO } from './stdio/target.js';

/** What built-in engines can do: everything. */
const OF_ENGINES = ['balances', 'choices', 'digests', 'records', 'time', 'wasm32', 'wasm64'] as const;

/** @throws UnknownTargetError, TargetFault */
export async function describeTarget(name: string): Promise<ReportTarget> {
  if (name.startsWith(STDIO)) return describeStdio(name);
  const target = await builtinTarget(name);
  return { name: target.name, version: suite().version, capabilities: OF_ENGINES };
}
