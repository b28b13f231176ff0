// table: the targets by name
import type { BlackBox } from '../blackbox/judge.js';
import { didYouMean } from '../spelling.js';
import { channelTo, isRemote, STDIO } from './remote.js';
import { remoteEngines } from './stdio/engine.js';
import { Crash, type EngineFactory } from '../../spec/vocabulary/engine.js';
import type { Tier } from '../../spec/vocabulary/verdict.js';

interface Named {
  readonly name: string;
  readonly description: string;
  /** Ends what was started for it. */
  readonly close?: () => Promise<void>;
}

/** A target that shows everything: records, digests, choices. */
export interface EngineTarget extends Named {
  readonly kind: 'engine';
  readonly engine: EngineFactory;
  /** What it is compared with unless --against says otherwise. */
  readonly against: EngineFactory;
  readonly againstName: string;
}

/** A target that shows replies, rejects and status only. */
export interface BlackBoxTarget extends Named {
  readonly kind: 'black box';
  readonly blackBox: BlackBox;
}

/** What `--target` names, ready to be judged. */
export type NamedTarget = EngineTarget | BlackBoxTarget;

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
const CHAOS = /^chaos(?::(.*))?$/;
const CHAOS_DESCRIPTION = 'a black box that conforms, and uses every freedom that the specification leaves';

/** What `serve` can serve: engines of ours, by the name that `--target` has for them. */
export const ENGINE_NAMES = `${Object.keys(TARGETS).join(', ')}, mutant:NAME`;

/** Everything that can be given to --target, for help and messages. */
export const TARGET_NAMES = `${ENGINE_NAMES}, chaos, chaos:SEED, "stdio:COMMAND", ./adapter.mjs`;

/** Every target that has a name of its own, mutants last, with what it is. */
export async function namedTargets(): Promise<readonly { readonly name: string; readonly description: string }[]> {
  const { mutants } = await import('../mutants/index.js');
  return [
    ...Object.entries(TARGETS).map(([name, { description }]) => ({ name, description })),
    { name: 'chaos', description: CHAOS_DESCRIPTION },
    ...mutants.map(({ name, breaks }) => ({ name: `${MUTANT}${name}`, description: breaks })),
  ];
}

/** Whether the name is that of an engine of ours. */
export function isBuiltin(name: string): boolean {
  return Object.hasOwn(TARGETS, name);
}

/**
 * Ceiling of what is asserted unless --tier names one: everything of engines of ours and of two targets that are compared with each
 * other, of others only what binds everybody.
 */
export function defaultTier(target: string, against?: string): Tier {
  const isOurs = isBuiltin(target) || target.startsWith(MUTANT);
  return isOurs || against !== undefined ? 'differential' : 'spec';
}

/**
 * The target of that name: `executor`, `reference`, `mutant:NAME`, `chaos:SEED`, `stdio:COMMAND`, or the path of an adapter module.
 * @param timeout milliseconds that one answer of another process or of an adapter may take
 * @throws UnknownTargetError, CommandError, AdapterPathError, TargetFault
 */
export async function builtinTarget(name: string, timeout?: number): Promise<NamedTarget> {
  const row = TARGETS[name];
  if (row !== undefined) {
    const { description, against } = row;
    const engine = await row.load();
    return { kind: 'engine', name, description, engine, against: await against.load(), againstName: against.name };
  }
  if (name.startsWith(MUTANT)) return mutantTarget(name);
  const chaos = CHAOS.exec(name);
  if (chaos !== null) return chaosTarget(name, chaos[1] ?? '');
  if (isRemote(name)) return remoteTarget(name, timeout);
  throw new UnknownTargetError(
    `unknown target ${JSON.stringify(name)}.${didYouMean(name, [...Object.keys(TARGETS), 'chaos'])} There are: ${TARGET_NAMES}`,
  );
}

/**
 * The engine of that name: `executor`, `reference` or `mutant:NAME`.
 * @throws UnknownTargetError for everything else
 */
export async function builtinEngine(name: string): Promise<EngineTarget> {
  if (!isBuiltin(name) && !name.startsWith(MUTANT)) {
    throw new UnknownTargetError(`${JSON.stringify(name)} is no engine of this suite. There are: ${ENGINE_NAMES}`);
  }
  const target = await builtinTarget(name);
  if (target.kind !== 'engine') throw new Crash(`${name} is no engine`);
  return target;
}

async function mutantTarget(name: string): Promise<EngineTarget> {
  const { mutantNamed, mutantNames } = await import('../mutants/index.js');
  const mutant = mutantNamed(name.slice(MUTANT.length));
  if (mutant === undefined) {
    const near = didYouMean(name.slice(MUTANT.length), mutantNames());
    throw new UnknownTargetError(
      `unknown mutant ${JSON.stringify(name)}.${near} There are ${mutantNames().length}. List them with: ic0-conformance targets "mutant:*"`,
    );
  }
  return {
    kind: 'engine',
    name,
    description: mutant.description,
    engine: mutant.engine,
    against: await loadReference(),
    againstName: 'reference',
  };
}

/** A black box that conforms and uses every freedom: what judgement of black boxes is tried on. */
async function chaosTarget(name: string, seed: string): Promise<BlackBoxTarget> {
  const { chaos } = await import('./chaos/chaos.js');
  return {
    kind: 'black box',
    name,
    description: CHAOS_DESCRIPTION,
    blackBox: chaos(seed),
  };
}

/** Another process, or an adapter. It is started at once, since what it can do decides how it is judged. */
async function remoteTarget(name: string, timeout?: number): Promise<NamedTarget> {
  const channel = channelTo(name, timeout);
  const { capabilities } = channel.welcome;
  const named = {
    name,
    description: name.startsWith(STDIO) ? 'another process, by target-protocol@1' : 'an adapter module',
    close: () => channel.close(),
  };
  if (!capabilities.records) return { ...named, kind: 'black box', blackBox: { target: channel, capabilities } };
  const engine = remoteEngines(channel);
  return { ...named, kind: 'engine', engine, against: await loadReference(), againstName: 'reference' };
}
