// plumbing: is a target wired up? — one check for each capability that it claims
import { HostLimit } from '../../spec/vocabulary/engine.js';
import type { AnswerOf } from '../protocol/messages.js';
import { TargetFault } from '../target.js';
import type { Answerer } from '../targets/stdio/channel.js';
import { CHECKS, type Check } from './checks.js';
import { Conversation, SmokeProblem } from './conversation.js';

/** What became of a check. `lost`: the target died, hung or answered nonsense. */
export interface SmokeResult {
  readonly name: string;
  readonly result: 'ok' | 'failed' | 'lost' | 'not claimed';
  /** What was seen. */
  readonly problem?: string;
  readonly advice?: string;
}

/** Runs all checks, one after the other, each on a new subnet. */
export async function smoke(target: Answerer, welcome: AnswerOf<'welcome'>): Promise<readonly SmokeResult[]> {
  const results: SmokeResult[] = [];
  for (const check of CHECKS) results.push(await checked(check, target, welcome));
  return results;
}

async function checked(
  { name, claimed, imports, modules, act, advice }: Check,
  target: Answerer,
  { capabilities }: AnswerOf<'welcome'>,
): Promise<SmokeResult> {
  const known = imports.every((one) => capabilities.imports?.includes(one) ?? true);
  if (!known || !claimed(capabilities)) return { name, result: 'not claimed' };
  const bytes = await modules(capabilities);
  try {
    const talk = new Conversation(target, capabilities.records);
    talk.begin(bytes);
    act(talk, bytes);
    return { name, result: 'ok' };
  } catch (error) {
    if (error instanceof SmokeProblem) return { name, result: 'failed', problem: error.message, advice };
    if (error instanceof TargetFault || error instanceof HostLimit) {
      return { name, result: 'lost', problem: error.message, advice };
    }
    throw error;
  }
}
