// plumbing: the scenario that tells a story of a family
import type { GeneratorOptions } from '../config.js';
import type { Draw } from '../draw.js';
import type { GeneratedCase, Swarm } from './case-for.js';
import { allocationStories } from './families/allocations.js';
import { balanceStories, installationStories, lastWriteStories } from './families/boundaries.js';
import { callsStories } from './families/calls.js';
import { carriedOverStories } from './families/carried-over.js';
import { cyclesStories } from './families/cycles.js';
import { lifecycleStories } from './families/lifecycle.js';
import { interplayStories } from './families/interplay.js';
import { inBetweenStories } from './families/in-between.js';
import { changeStories } from './families/changes.js';
import { codeStories } from './families/code.js';
import { conversationStories } from './families/conversations.js';
import { endingStories } from './families/endings.js';
import { endOfMemoryStories } from './families/ends-of-memory.js';
import { localStories } from './families/locals.js';
import { controlFormStories } from './families/control-forms.js';
import { indirectTypeStories } from './families/indirect-types.js';
import { sweepStories } from './families/sweeps.js';
import { endOfRangeStories } from './families/ends-of-ranges.js';
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
import { newOwnerStories } from './families/new-owners.js';
import { payloadStories } from './families/payloads.js';
import { queryStories } from './families/queries.js';
import { rareStateStories } from './families/rare-states.js';
import { refusalStories } from './families/refusals.js';
import { responseStories } from './families/responses.js';
import { secondTimeStories } from './families/second-times.js';
import { stablePageStories } from './families/stable-pages.js';
import { stateStories } from './families/states.js';
import type { Stories, Story } from './families/story.js';
import { tableStories } from './families/tables.js';
import { timerAndSettingStories } from './families/timers-and-settings.js';
import { newStage } from './mission-scenario.js';
import type { Assignment } from './plan.js';

type FamilyAssignment = Extract<Assignment, { kind: 'family' }>;

/** A family tells its stories in rounds; after so many of them it begins again. Large modules belong to the first round of them. */
const ROUNDS = 8;

/** Stories that take ten times as long as others, for their memories or their instructions. */
const LONG: readonly string[] = [
  'an installation of many instructions',
  'a memory written as a whole',
  'a memory of many pages',
];

/** Of so many rounds, each long story is told in one: not all in the same. */
const LONG_EVERY = 2;

interface Telling {
  readonly name: string;
  readonly story: Story;
  /** How often it was told before in these rounds. */
  readonly before: number;
}

/** What a family tells, in the order in which it tells it. */
interface Repertoire {
  readonly tellings: readonly Telling[];
  /** Stories in one case. */
  readonly perCase: number;
}

function repertoire(stories: Stories, perCase = 1): Repertoire {
  const inRound = (round: number): readonly Telling[] =>
    Object.entries(stories).flatMap(([name, story]): readonly Telling[] => {
      if (LARGE_MODULES.has(name)) return round === 0 ? [{ name, story, before: 0 }] : [];
      const long = LONG.indexOf(name);
      if (long < 0) return [{ name, story, before: round }];
      return (round + long) % LONG_EVERY === 0 ? [{ name, story, before: Math.floor(round / LONG_EVERY) }] : [];
    });
  return { tellings: Array.from({ length: ROUNDS }, (_, round) => inRound(round)).flat(), perCase };
}

const FAMILIES: Readonly<Record<FamilyAssignment['family'], Repertoire>> = {
  cycles: repertoire({
    ...cyclesStories,
    ...balanceStories,
    ...largeAmountStories,
    ...growthStories,
    ...allocationStories,
  }),
  calls: repertoire({
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
  }),
  lifecycle: repertoire({
    ...lifecycleStories,
    ...timerAndSettingStories,
    ...managementStories,
    ...rareStateStories,
    ...installationStories,
    ...memoryLimitStories,
    ...refusalStories,
    ...nameStories,
    ...newCodeStories,
    ...newOwnerStories,
    ...changeStories,
  }),
  memory: repertoire({
    ...memoryStories,
    ...instructionStories,
    ...codeStories,
    ...sweepStories,
    ...controlFormStories,
    ...indirectTypeStories,
    ...endOfRangeStories,
    ...endOfMemoryStories,
    ...localStories,
    ...largeMemoryStories,
    ...tableStories,
    ...lastWriteStories,
    ...stablePageStories,
  }),
  modules: repertoire(moduleStories, 4),
  interplay: repertoire(interplayStories),
};

/** Stories that tell of table instructions where the profile allows them: it does every other time. */
const OPEN_WASM: ReadonlySet<string> = new Set([
  'an installation that fails late',
  'a composite query and its callbacks share their state',
  'a memory of many pages',
]);

/** The family's next stories; all but the long ones are told equally often. */
export function familyScenario(
  draw: Draw,
  { family, turn }: FamilyAssignment,
  swarm: Swarm,
  options: GeneratorOptions,
): GeneratedCase {
  const { tellings, perCase } = FAMILIES[family];
  const told = Array.from({ length: perCase }, (_, i) => tellings[(turn * perCase + i) % tellings.length]).filter(
    (one) => one !== undefined,
  );
  const stage = newStage(draw, opensWasm(told[0], options) ? new Set(swarm).add('open wasm') : swarm, options);
  const width = options.width ?? draw.pick(['i32', 'i32', 'i64'] as const);
  for (const { name, story } of told) {
    story({ stage, draw, swarm, width });
    stage.aims.push(`story ${family}: ${name} / ${width}`);
  }
  stage.observe();
  return { scenario: stage.scenario(), aims: stage.aims, families: [family] };
}

function opensWasm(first: Telling | undefined, { without }: GeneratorOptions): boolean {
  if (first === undefined || without?.includes('open wasm') === true) return false;
  return Object.hasOwn(tableStories, first.name) || (OPEN_WASM.has(first.name) && first.before % 2 === 0);
}
