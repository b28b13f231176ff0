// table: the built-in targets by name
import type { BlackBox } from '../blackbox/judge.js';
import { channelTo, STDIO } from './stdio/target.js';
import { remoteEngines } from './stdio/engine.js';
import type { EngineFactory } from '../../spec/vocabulary/engine.js';

/** An engine that runs in this process and shows everything: records, digests, choices. */
export interface EngineTarget {
  readonly name: string;
  readonly description: string;
  readonly engine: EngineFactory;
  /** What it is compared with unless --against says otherwise. */
  readonly against: EngineFactory;
  readonly againstName: string;
  /** Present where the target shows replies, rejects and status only; `engine` cannot be used then. */
  readonly blackBox?: BlackBox;
}

/** A name that no target has. The message says what there is. */
export class UnknownTargetError extends Error {
  override readonly name = 'UnknownTargetError';
}

const loadExecutor = async (): Promise<EngineFactory> => (await import('../../executor/index.js')).executor;
const loadReference = async (): Promise<EngineFactory> => (await import('../../reference-model/index.js')).reference;

interface Row {
  readonly description: string;
  readonly load: () => Promise<EngineFactory>;
  readonly against: { readonly name: string; readonly load: () => Promise<EngineFactory> };
}

const TARGETS: Readonly<Record<string, Row>> = {
  executor: {
    description: 'the V8-backed executor, compared with the reference model',
    load: loadExecutor,
    against: { name: 'reference', load: loadReference },
  },
  reference: {
    description: 'the reference model, judged by the laws, with the executor as second opinion',
    load: loadReference,
    against: { name: 'executor', load: loadExecutor },
  },
};

const MUTANT = 'mutant:';

/** The names that can be given to --target without a colon. */
export function builtinTargets(): readonly { readonly name: string; readonly description: string }[] {
  return Object.entries(TARGETS).map(([name, { description }]) => ({ name, description }));
}

/**
 * The target of that name: `executor`, `reference`, `mutant:NAME`, `stdio:COMMAND`.
 * @throws UnknownTargetError
 */
export async function builtinTarget(name: string): Promise<EngineTarget> {
  const row = TARGETS[name];
  if (row !== undefined) {
    const { description, against } = row;
    return { name, description, engine: await row.load(), against: await against.load(), againstName: against.name };
  }
  if (name.startsWith(MUTANT)) return mutantTarget(name);
  if (name.startsWith(STDIO)) return stdioTarget(name);
  throw new UnknownTargetError(
    `unknown target ${JSON.stringify(name)}. There are: ${Object.keys(TARGETS).join(', ')}, mutant:NAME, stdio:COMMAND`,
  );
}

async function mutantTarget(name: string): Promise<EngineTarget> {
  const { mutantNamed, mutantNames } = await import('../mutants/index.js');
  const mutant = mutantNamed(name.slice(MUTANT.length));
  if (mutant === undefined) {
    throw new UnknownTargetError(`unknown mutant ${JSON.stringify(name)}. There are: ${mutantNames().join(', ')}`);
  }
  return {
    name,
    description: mutant.description,
    engine: mutant.engine,
    against: await loadReference(),
    againstName: 'reference',
  };
}

/** Another process. It is started at once, since what it can do decides how it is judged. @throws TargetFault, CommandError */
async function stdioTarget(name: string): Promise<EngineTarget> {
  const channel = channelTo(name);
  const { capabilities } = channel.welcome;
  const model = await loadReference();
  return {
    name,
    description: 'another process, by target-protocol@1',
    engine: remoteEngines(channel),
    against: model,
    againstName: 'reference',
    ...(!capabilities.records && { blackBox: { target: channel, capabilities, model } }),
  };
}
