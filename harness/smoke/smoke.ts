// plumbing: is a target wired up? — one check for each capability that it claims
import { HostLimit } from '../../spec/vocabulary/engine.js';
import type { AnswerOf } from '../protocol/messages.js';
import { TargetFault, type Capabilities } from '../target.js';
import { namesOf } from '../targets/remote.js';
import type { Answerer } from '../targets/stdio/channel.js';
import { CHECKS, type Check } from './checks.js';
import { Conversation, SmokeProblem } from './conversation.js';

/** What became of a check. `lost`: the target died, hung or answered nonsense. `not checked`: it is claimed, but not what the check needs. */
export interface SmokeResult {
  readonly name: string;
  readonly result: 'ok' | 'failed' | 'lost' | 'not claimed' | 'not checked';
  /** Capabilities that are missing, where it was not checked. */
  readonly needs?: readonly string[];
  /** What was seen. */
  readonly problem?: string;
  readonly advice?: string;
}

/** What to do about a target that is lost, whatever it was asked. */
const LOST =
  'Each question is answered once, in order, with its `seq`, by one line on standard output, where nothing else is written: docs/target-protocol.md.';

/** Runs all checks, one after the other, each on a new subnet. */
export async function smoke(target: Answerer, welcome: AnswerOf<'welcome'>): Promise<readonly SmokeResult[]> {
  const results: SmokeResult[] = [];
  for (const check of CHECKS) results.push(await checked(check, target, welcome));
  return results;
}

async function checked(
  { name, about, needs, imports, modules, act, advice }: Check,
  target: Answerer,
  { capabilities }: AnswerOf<'welcome'>,
): Promise<SmokeResult> {
  const claims = claimsOf(capabilities);
  if (!about.every(claims)) return { name, result: 'not claimed' };
  const lacking = [...needs, ...imports.map((one) => `import ${one}`)].filter((need) => !claims(need));
  if (lacking.length > 0) return { name, result: 'not checked', needs: lacking };
  const bytes = await modules(capabilities);
  try {
    const talk = new Conversation(target, capabilities.records);
    talk.begin(bytes);
    act(talk, bytes);
    return { name, result: 'ok' };
  } catch (error) {
    if (error instanceof SmokeProblem)
      return { name, result: 'failed', problem: error.message, advice: error.advice ?? advice };
    if (error instanceof TargetFault || error instanceof HostLimit) {
      return { name, result: 'lost', problem: error.message, advice: LOST };
    }
    throw error;
  }
}

/** Whether a target claims a capability, by its name. */
function claimsOf(capabilities: Capabilities): (name: string) => boolean {
  const names = new Set(namesOf(capabilities));
  // Records show balances too, but not in the status.
  if (!capabilities.balances) names.delete('balances');
  return (name) => names.has(name) || (capabilities.imports === undefined && name.startsWith('import '));
}
