// plumbing: the scenario that tells a story of a family
import type { GeneratorOptions } from '../config.js';
import type { Draw } from '../draw.js';
import type { GeneratedCase, Swarm } from './case-for.js';
import { balanceStories, installationStories, lastWriteStories } from './families/boundaries.js';
import { callsStories } from './families/calls.js';
import { carriedOverStories } from './families/carried-over.js';
import { cyclesStories } from './families/cycles.js';
import { lifecycleStories } from './families/lifecycle.js';
import { interplayStories } from './families/interplay.js';
import { inBetweenStories } from './families/in-between.js';
import { codeStories } from './families/code.js';
import { conversationStories } from './families/conversations.js';
import { endingStories } from './families/endings.js';
import { growthStories } from './families/growth.js';
import { largeAmountStories } from './families/large-amounts.js';
import { largeMemoryStories } from './families/large-memory.js';
import { managementStories } from './families/management.js';
import { instructionStories } from './families/instructions.js';
import { memoryStories } from './families/memory.js';
import { memoryLimitStories } from './families/memory-limits.js';
import { LARGE_MODULES, moduleStories } from './families/modules.js';
import { nameStories } from './families/names.js';
import { newCodeStories } from './families/new-code.js';
import { payloadStories } from './families/payloads.js';
import { queryStories } from './families/queries.js';
import { rareStateStories } from './families/rare-states.js';
import { refusalStories } from './families/refusals.js';
import { responseStories } from './families/responses.js';
import { secondTimeStories } from './families/second-times.js';
import { stablePageStories } from './families/stable-pages.js';
import { stateStories } from './families/states.js';
import type { Stories } from './families/story.js';
import { tableStories } from './families/tables.js';
import { timerAndSettingStories } from './families/timers-and-settings.js';
import { newStage } from './mission-scenario.js';
import type { Assignment } from './plan.js';

type FamilyAssignment = Extract<Assignment, { kind: 'family' }>;

/** The stories of each family, and how many of them one case tells. */
const FAMILIES: Readonly<Record<FamilyAssignment['family'], { readonly stories: Stories; readonly perCase: number }>> =
  {
    cycles: { stories: { ...cyclesStories, ...balanceStories, ...largeAmountStories, ...growthStories }, perCase: 1 },
    calls: {
      stories: {
        ...callsStories,
        ...endingStories,
        ...payloadStories,
        ...conversationStories,
        ...queryStories,
        ...responseStories,
        ...stateStories,
        ...inBetweenStories,
        ...secondTimeStories,
        ...carriedOverStories,
      },
      perCase: 1,
    },
    lifecycle: {
      stories: {
        ...lifecycleStories,
        ...timerAndSettingStories,
        ...managementStories,
        ...rareStateStories,
        ...installationStories,
        ...memoryLimitStories,
        ...refusalStories,
        ...nameStories,
        ...newCodeStories,
      },
      perCase: 1,
    },
    memory: {
      stories: {
        ...memoryStories,
        ...instructionStories,
        ...codeStories,
        ...largeMemoryStories,
        ...tableStories,
        ...lastWriteStories,
        ...stablePageStories,
      },
      perCase: 1,
    },
    modules: { stories: moduleStories, perCase: 4 },
    interplay: { stories: interplayStories, perCase: 1 },
  };

/** Large modules are offered in every so many rounds: they take a hundred times as long as others. */
const LARGE_EVERY = 8;

/** Stories that tell of table instructions where the profile allows them: it does in every other round. */
const OPEN_WASM: ReadonlySet<string> = new Set([
  'an installation that fails late',
  'a composite query and its callbacks share their state',
  'a memory of many pages',
]);

/** The family's next stories; over its turns every one is told as often as the others. */
export function familyScenario(
  draw: Draw,
  { family, turn }: FamilyAssignment,
  swarm: Swarm,
  options: GeneratorOptions,
): GeneratedCase {
  const { stories, perCase } = FAMILIES[family];
  const names = Object.keys(stories);
  const first = turn * perCase;
  const main = names[first % names.length] ?? '';
  const opens =
    (Object.hasOwn(tableStories, main) || (OPEN_WASM.has(main) && Math.floor(first / names.length) % 2 === 0)) &&
    options.without?.includes('open wasm') !== true;
  const stage = newStage(draw, opens ? new Set(swarm).add('open wasm') : swarm, options);
  const width = options.width ?? draw.pick(['i32', 'i32', 'i64'] as const);
  for (let i = 0; i < perCase; i++) {
    const told = turn * perCase + i;
    const name = names[told % names.length] ?? '';
    if (LARGE_MODULES.has(name) && Math.floor(told / names.length) % LARGE_EVERY !== 0) continue;
    stories[name]?.({ stage, draw, swarm, width });
    stage.aims.push(`story ${family}: ${name} / ${width}`);
  }
  stage.observe();
  return { scenario: stage.scenario(), aims: stage.aims, families: [family] };
}
