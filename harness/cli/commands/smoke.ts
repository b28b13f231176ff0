// plumbing: the command `smoke`
import type { Command } from 'commander';
import { plural } from '../../../reports/figures.js';
import { PROTOCOL, type AnswerOf } from '../../protocol/messages.js';
import { DEFAULTS } from '../../runner/options.js';
import { suite } from '../../runner/suite.js';
import { localTarget } from '../../serve/local.js';
import { smoke, type SmokeResult } from '../../smoke/smoke.js';
import { builtinTarget, TARGET_NAMES } from '../../targets/builtin.js';
import { channelTo, isRemote, namesOf } from '../../targets/remote.js';
import { stepTimeoutOption } from '../options.js';

interface Options {
  readonly target: string;
  readonly stepTimeout?: number;
}

export function addSmoke(program: Command): void {
  program
    .command('smoke')
    .description('is this target wired up? one check for each capability that it claims')
    .option('--target <T>', `implementation under test: ${TARGET_NAMES}`, DEFAULTS.target)
    .addOption(stepTimeoutOption())
    .action(async ({ target, stepTimeout }: Options) => {
      const results = isRemote(target) ? await ofRemote(target, stepTimeout) : await ofBuiltin(target);
      for (const result of results) process.stdout.write(textOf(result));
      const count = (wanted: SmokeResult['result']) => results.filter(({ result }) => result === wanted).length;
      const [failed, lost] = [count('failed'), count('lost')];
      process.stdout.write(
        `\n${plural(count('ok'), 'check')} passed, ${failed} failed, ${lost} lost the target, ${count('not claimed')} are of capabilities that it does not claim, ${count('not checked')} could not be checked.\n`,
      );
      process.exitCode = failed > 0 ? 1 : lost > 0 ? 3 : 0;
    });
}

async function ofRemote(name: string, timeout: number | undefined): Promise<readonly SmokeResult[]> {
  const channel = channelTo(name, timeout);
  try {
    const { welcome } = channel;
    process.stdout.write(headerOf(welcome));
    return await smoke(channel, welcome);
  } finally {
    await channel.close();
  }
}

async function ofBuiltin(name: string): Promise<readonly SmokeResult[]> {
  const named = await builtinTarget(name);
  const { version } = suite();
  if (named.kind === 'black box') {
    const { target, capabilities } = named.blackBox;
    const welcome = {
      seq: 0,
      is: 'welcome',
      protocol: PROTOCOL,
      checksum: 'none',
      target: { name, version },
      capabilities,
    } as const;
    process.stdout.write(headerOf(welcome));
    return smoke(target, welcome);
  }
  const { target, welcome } = localTarget(named.engine, { name, version, blackBox: false });
  process.stdout.write(headerOf(welcome));
  return smoke(target, welcome);
}

/** Who it is, and what it claims. */
function headerOf({ target, capabilities }: AnswerOf<'welcome'>): string {
  return `${target.name} ${target.version}: ${namesOf(capabilities).join(', ')}\n\n`;
}

function textOf({ name, result, needs = [], problem, advice }: SmokeResult): string {
  switch (result) {
    case 'ok':
      return `ok           ${name}\n`;
    case 'not claimed':
      return `not claimed  ${name}\n`;
    case 'not checked':
      return `not checked  ${name} (needs ${needs.join(', ')})\n`;
    case 'failed':
    case 'lost':
      return `${result.padEnd(11)}  ${name}\n             ${problem ?? ''}\n             Advice: ${advice ?? ''}\n`;
  }
}
