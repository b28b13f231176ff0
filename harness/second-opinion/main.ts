// plumbing: the command line of the second opinions: main.js [COUNT] [SEED] [instructions|code|mutations]

import { codeCampaign, instructionCampaign, mutationCampaign, type CampaignResult } from './campaigns.js';

const DEFAULT_COUNT = 100_000;
const PROGRESS_EVERY = 10_000;
const EXIT_DIFFERENT = 1;
const EXIT_USAGE = 2;

const CAMPAIGNS = {
  instructions: instructionCampaign,
  code: codeCampaign,
  mutations: mutationCampaign,
} as const;

function progress(name: string, runs: number): void {
  if (runs % PROGRESS_EVERY === 0) process.stderr.write(`${name}: ${runs}\n`);
}

function report({ name, runs, explained, unexplained }: CampaignResult): void {
  for (const [reason, count] of explained) process.stdout.write(`${name}: ${count} explained: ${reason}\n`);
  for (const one of unexplained) process.stdout.write(`${name}: UNEXPLAINED ${one}\n`);
  process.stdout.write(`${name}: ${runs} runs, ${unexplained.length} unexplained differences\n`);
}

async function main(): Promise<void> {
  const [countText = String(DEFAULT_COUNT), seed = 'second-opinion', only] = process.argv.slice(2);
  const count = Number(countText);
  if (!Number.isSafeInteger(count) || count < 1 || (only !== undefined && !(only in CAMPAIGNS))) {
    process.stderr.write(
      `Usage: npm run campaign:second-opinion -- [COUNT] [SEED] [${Object.keys(CAMPAIGNS).join('|')}]\n`,
    );
    process.exit(EXIT_USAGE);
  }
  let unexplained = 0;
  for (const [name, campaign] of Object.entries(CAMPAIGNS)) {
    if (only !== undefined && only !== name) continue;
    const result = await campaign(count, seed, progress);
    report(result);
    unexplained += result.unexplained.length;
  }
  process.exitCode = unexplained > 0 ? EXIT_DIFFERENT : 0;
}

await main();
