// plumbing: the three second opinions as campaigns: so many runs from a seed, and what differed

import { Pair } from './engines.js';
import { Judge, mutate, original } from './mutations.js';
import { oneInstruction, operandBytes, ROWS } from './one-instruction.js';
import { randomCode } from './random-code.js';
import { drawFrom } from './random.js';

/** What one campaign found. */
export interface CampaignResult {
  readonly name: string;
  readonly runs: number;
  /** Differences with a reviewed reason, counted by it. */
  readonly explained: ReadonlyMap<string, number>;
  /** All others: the seed that shows each, and what differs. */
  readonly unexplained: readonly string[];
}

type Progress = (name: string, runs: number) => void;

/** Operand sets that one module is run with. */
const SETS_PER_MODULE = 20;

/**
 * Every row of the instruction table, with random immediates and operands.
 * @param count operand sets; at least one module for each row is made
 */
export function instructionCampaign(count: number, seed: string, progress: Progress = () => undefined): CampaignResult {
  const unexplained: string[] = [];
  let runs = 0;
  for (let round = 0; runs < count || round === 0; round++)
    for (const row of ROWS) {
      const at = `${seed}/${row.mnemonic}/${round}`;
      const draw = drawFrom(at);
      const one = oneInstruction(row, draw);
      const pair = new Pair(one);
      const sets = Math.min(SETS_PER_MODULE, Math.ceil(count / ROWS.length));
      for (let set = 0; set < sets; set++) {
        const operands = operandBytes(one, draw);
        pair.write(0, operands);
        const difference = pair.run();
        runs++;
        if (difference === undefined) continue;
        unexplained.push(`${at} set ${set}, operands ${Buffer.from(operands).toString('hex')}: ${difference}`);
        break;
      }
      progress('instructions', runs);
    }
  return { name: 'instructions', runs, explained: new Map(), unexplained };
}

/** @param count modules of random code */
export function codeCampaign(count: number, seed: string, progress: Progress = () => undefined): CampaignResult {
  const unexplained: string[] = [];
  for (let k = 0; k < count; k++) {
    const difference = new Pair(randomCode(drawFrom(`${seed}/code/${k}`))).run();
    if (difference !== undefined) unexplained.push(`${seed}/code/${k}: ${difference}`);
    progress('code', k + 1);
  }
  return { name: 'code', runs: count, explained: new Map(), unexplained };
}

/** @param count mutated binaries */
export async function mutationCampaign(
  count: number,
  seed: string,
  progress: Progress = () => undefined,
): Promise<CampaignResult> {
  const judge = await Judge.load();
  const explained = new Map<string, number>();
  const unexplained: string[] = [];
  for (let k = 0; k < count; k++) {
    const draw = drawFrom(`${seed}/mutation/${k}`);
    const bytes = mutate(original(draw), original(draw), draw);
    const { model, v8, wabt, reason } = judge.judge(bytes);
    if (wabt !== undefined) {
      if (reason !== undefined) explained.set(reason, (explained.get(reason) ?? 0) + 1);
      else {
        const ours = model.kind === 'accepted' ? 'accepts' : `refuses (${model.message})`;
        unexplained.push(`${seed}/mutation/${k}: the model ${ours}, V8 ${verb(v8)}, wabt ${verb(wabt)}`);
      }
    }
    progress('mutations', k + 1);
  }
  return { name: 'mutations', runs: count, explained, unexplained };
}

const verb = (accepts: boolean): string => (accepts ? 'accepts' : 'refuses');
