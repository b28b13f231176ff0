// plumbing: the scenario that carries out the missions of one entry point
import { systemApiFunction } from '../../spec/system-api.js';
import { cycles } from '../../spec/vocabulary/brands.js';
import type { Settings } from '../../spec/vocabulary/scenario.js';
import type { TrapKind } from '../../spec/vocabulary/trap.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { Family, GeneratorOptions } from '../config.js';
import { constant, systemCall } from '../canister/expressions.js';
import type { Draw } from '../draw.js';
import { fromOutside } from './arguments.js';
import { STANDARD_METHODS, type EnvironmentVariable } from './canister.js';
import type { GeneratedCase, Swarm } from './case-for.js';
import { stageBodies } from './entry-points.js';
import { aimsOf, bodyOf, type Mission } from './missions.js';
import type { Assignment } from './plan.js';
import { type Allocations, type ModuleShape, ofLength, Stage, type StagedCanister } from './stage.js';
import { deposit, install, manage, pick, wait } from './steps.js';
import { PAGE, SECOND } from './values.js';

type Missions = Extract<Assignment, { kind: 'missions' }>;

/** A balance that pays for everything that scenarios do, often above what 64 bits hold. */
export function comfortable(draw: Draw, swarm: Swarm): bigint {
  if (swarm.has('rich canisters')) return (1n << 64n) + draw.bits(70);
  return 1_000_000_000_000_000n + draw.bits(48);
}

/** Environment variables of every canister of the scenario. */
function environmentOf(draw: Draw, swarm: Swarm): readonly EnvironmentVariable[] {
  const list = [{ name: 'VARIABLE', value: 'välue' }];
  if (swarm.has('environment variables')) {
    list.push({ name: 'É', value: 'wört' }, { name: 'a'.repeat(128), value: 'b'.repeat(draw.int(0, 128)) });
    // Names that differ in case only, and a value of no bytes.
    list.push({ name: 'variable', value: draw.pick(['', 'other']) });
    if (draw.chance(50)) list.push({ name: '', value: draw.pick(['', 'nameless']) });
  }
  return list;
}

/** Width, memory (in pages) and container of a module of the scenario. */
export function shapeOf(draw: Draw, swarm: Swarm, width: 'i32' | 'i64'): ModuleShape {
  const min = BigInt(draw.int(1, 3));
  const max = swarm.has('memory maximum') ? { max: min + BigInt(draw.int(0, 4)) } : {};
  return {
    width,
    memory: { min, ...max },
    ...(swarm.has('gzip') ? { gzip: true } : {}),
    ...(swarm.has('persistent memory') ? { persistent: true } : {}),
  };
}

/** A stage with nothing on it, with the profile and the environment variables of the scenario. */
export function newStage(draw: Draw, swarm: Swarm, options: GeneratorOptions): Stage {
  const profile = options.profile ?? (swarm.has('open wasm') ? 'open-wasm' : 'conformance');
  return new Stage(draw, profile, environmentOf(draw, swarm));
}

/** Segments that code can drop, and a global that holds a function: state that shows when it is used only. */
export function addSegments({ module: { program } }: StagedCanister, draw: Draw, swarm: Swarm): void {
  if (!swarm.has('passive segments')) return;
  program.passiveData(draw.bytes(draw.int(1, 16)));
  program.elements.push([null]);
  program.globals.push({ type: 'funcref', init: 0n });
  program.tableEntry(null);
}

/** A canister beside the one under test: of few kinds, so that engines mostly know its module, which is half of what a case costs them. */
function companion(draw: Draw): ModuleShape {
  return { width: draw.pick(['i32', 'i64']), memory: { min: 1n }, plain: true };
}

/**
 * What sets aside cycles, so that the liquid balance is less than the balance by what depends on all of it: the freezing limit is some hundredths of
 * the balance, and what is in reserve pays for a part of it, or for more than all.
 */
function allocations(draw: Draw): Allocations {
  return {
    reservedCycles: cycles(draw.pick([0n, 1n, 10n ** 9n, 5n * 10n ** 12n])),
    settings: draw.pick<Settings>([
      { computeAllocation: 1n },
      { memoryAllocation: 1n << 30n },
      { computeAllocation: 2n, memoryAllocation: 1n << 32n },
      { memoryAllocation: 1n << 20n, freezingThreshold: 10n ** 7n },
    ]),
  };
}

/** Canisters of the scenario: the one under test first, then those that the swarm adds. */
export function stageCanisters(
  stage: Stage,
  draw: Draw,
  swarm: Swarm,
  width: 'i32' | 'i64',
  settings: Settings = {},
): StagedCanister {
  const first = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm), settings);
  addSegments(first, draw, swarm);
  const others = swarm.has('two canisters') ? (swarm.has('three canisters') ? 2 : 1) : 0;
  for (let i = 0; i < others; i++) {
    stage.canister(companion(draw), comfortable(draw, swarm));
  }
  return first;
}

/** Every mission of the assignment in an execution of its own, and then what is left of them. */
export function missionScenario(
  draw: Draw,
  assigned: Missions,
  swarm: Swarm,
  generator: GeneratorOptions,
): GeneratedCase {
  const { entryPoint, width, missions } = assigned;
  const stage = newStage(draw, swarm, generator);
  // Below the root means in another canister than the root.
  const company = new Set(swarm);
  if (entryPoint.endsWith('below')) company.add('two canisters');
  // Only what grew the memory is over the memory limit.
  const limited = traps(missions, 'wasm-memory-limit');
  if (limited) company.delete('memory maximum');
  const canister = stageCanisters(stage, draw, company, width, {
    ...(traps(missions, 'insufficient-cycles')
      ? { freezingThreshold: swarm.has('rich canisters') ? 10n ** 17n : 10n ** 12n }
      : {}),
    ...(limited ? { wasmMemoryLimit: MEMORY_LIMIT } : {}),
  });
  const ordered = draw.shuffle(missions);
  const options = { openWasm: stage.openWasm, code: swarm.has('raw code') };
  stageBodies(
    stage,
    canister,
    entryPoint,
    ordered.map((mission) => bodyOf(mission, options)),
  );
  if (draw.chance(40)) fromOutside(stage, canister);
  if (swarm.has('extra steps')) extraSteps(stage, canister, draw);
  for (const name of assigned.refused) refusedImport(stage, canister, entryPoint, name);
  stage.observe();
  if (!traps(missions, 'insufficient-cycles') && draw.chance(15)) stage.allocate(canister, allocations(draw));
  return {
    scenario: stage.scenario(),
    aims: [...missions.flatMap((mission) => aimsOf(mission, entryPoint, width)), ...stage.aims],
    families: familiesOf(missions),
  };
}

/** What happens to the canister afterwards: what the missions left must be as it should. */
function extraSteps(stage: Stage, canister: StagedCanister, draw: Draw): void {
  const { id, module } = canister;
  // What traps unless it is skipped shows whether it is.
  const trapsBeforeUpgrades = (): void => {
    // Where canister_post_upgrade is what the case is about, upgrades must get so far.
    if (['canister_pre_upgrade', 'canister_post_upgrade'].some((name) => module.program.has(name))) return;
    module.program.exported('canister_pre_upgrade', [{ kind: 'trap', means: 'unreachable' }]);
  };
  const steps: (() => void)[] = [
    () => stage.ingress(id, STANDARD_METHODS.replies, ofLength(draw.below(9))),
    () => {
      const skipPreUpgrade = draw.chance(50);
      stage.step(
        install(canister, 'upgrade', { wasmMemoryPersistence: draw.pick(['keep', 'replace']), skipPreUpgrade }),
      );
      if (skipPreUpgrade || draw.chance(20)) trapsBeforeUpgrades();
    },
    () => {
      stage.step(manage(canister, 'stop'));
      stage.query(id, STANDARD_METHODS.query);
      stage.step(manage(canister, 'start'));
    },
    () => stage.step(deposit(canister, draw.bits(50))),
    () => stage.step(wait(draw.pick([1n, SECOND, 86_400n * SECOND]))),
    () => stage.steps.push({ picks: [pick('heartbeat'), pick('bump-version')] }),
    () => stage.step(manage(canister, 'uninstall')),
  ];
  for (const step of draw.sample(steps, draw.int(1, 3))) step();
}

/** Far above what other missions grow to: 32 pages. */
const MEMORY_LIMIT = 32n * PAGE;

function traps(missions: readonly Mission[], trap: TrapKind): boolean {
  return missions.some((mission) => mission.kind === 'trap' && mission.trap === trap);
}

function familiesOf(missions: readonly Mission[]): readonly Family[] {
  const families = new Set<Family>();
  for (const { kind } of missions)
    families.add(kind === 'trap' || kind === 'trap after' ? 'atomicity' : 'availability');
  return [...families];
}

/** A wasm64 module that imports a function for I = i32 only, called from the entry point: it must be refused, whatever the arguments are. */
function refusedImport(stage: Stage, canister: StagedCanister, entryPoint: EntryPoint, name: string): void {
  const { module, index } = stage.module({ width: 'i64', memory: { min: 1n } });
  const body = [systemCall(name, ...(systemApiFunction(name)?.params ?? []).map(() => constant(0)))];
  const exported = exportOf(entryPoint);
  if (entryPoint === 'start') module.program.startFunction(body);
  else if (exported === undefined) module.program.callback(entryPoint, body);
  else module.program.exported(exported, body);
  stage.aims.push(`refused ${name} / ${entryPoint} / i64`);
  stage.step(install(canister, stage.draw.pick(['upgrade', 'reinstall']), { module: index }));
}

/** Name of an export behind the entry point; undefined for callbacks. */
function exportOf(entryPoint: EntryPoint): string | undefined {
  if (entryPoint.includes('callback')) return undefined;
  const [name = entryPoint] = entryPoint.split(' ');
  return ['canister_update', 'canister_query', 'canister_composite_query'].includes(name) ? `${name} refused` : name;
}
