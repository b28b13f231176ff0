// plumbing: the scenario that carries out the missions of one entry point
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { Settings } from '../../spec/vocabulary/scenario.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { Family, GeneratorOptions } from '../config.js';
import type { Draw } from '../draw.js';
import type { EnvironmentVariable } from './canister.js';
import type { GeneratedCase, Swarm } from './case.js';
import { stageBodies } from './entry-points.js';
import { aimsOf, bodyOf, type Mission } from './missions.js';
import type { Assignment } from './plan.js';
import { CONTROLLER, ofLength, Stage, type ModuleShape, type StagedCanister } from './stage.js';

export type Missions = Extract<Assignment, { kind: 'missions' }>;

/** A balance that pays for everything that scenarios do, often above what 64 bits hold. */
export function comfortable(draw: Draw, swarm: Swarm): bigint {
  if (swarm.has('rich canisters')) return (1n << 64n) + draw.bits(70);
  return 1_000_000_000_000_000n + draw.bits(48);
}

/** Environment variables of every canister of the scenario. */
export function environmentOf(draw: Draw, swarm: Swarm): readonly EnvironmentVariable[] {
  const list = [{ name: 'VARIABLE', value: 'value' }];
  if (swarm.has('environment variables')) {
    list.push({ name: 'É', value: '' }, { name: 'a'.repeat(128), value: 'b'.repeat(draw.int(0, 128)) });
    if (draw.chance(50)) list.push({ name: '', value: 'nameless' });
  }
  return list;
}

export function shapeOf(draw: Draw, swarm: Swarm, width: 'i32' | 'i64'): ModuleShape {
  const min = BigInt(draw.int(1, 3));
  const max = swarm.has('memory maximum') ? { max: min + BigInt(draw.int(0, 4)) } : {};
  return { width, memory: { min, ...max }, ...(swarm.has('gzip') ? { gzip: true } : {}) };
}

export function newStage(draw: Draw, swarm: Swarm, options: GeneratorOptions): Stage {
  const profile = options.profile ?? (swarm.has('open wasm') ? 'open-wasm' : 'conformance');
  return new Stage(draw, profile, environmentOf(draw, swarm));
}

/** Segments that code can drop. */
export function addSegments({ module: { program } }: StagedCanister, draw: Draw, swarm: Swarm): void {
  if (!swarm.has('passive segments')) return;
  program.passiveData(draw.bytes(draw.int(0, 16)));
  program.elements.push([null]);
  program.tableEntry(null);
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
    stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
  }
  return first;
}

/** Every mission of the assignment in an execution of its own, and then what is left of them. */
export function missionScenario(
  draw: Draw,
  assigned: Missions,
  swarm: Swarm,
  options: GeneratorOptions,
): GeneratedCase {
  const { entryPoint, width, missions } = assigned;
  const stage = newStage(draw, swarm, options);
  const canister = stageCanisters(stage, draw, swarm, width);
  const ordered = draw.shuffle(missions);
  stageBodies(
    stage,
    canister,
    entryPoint,
    ordered.map((mission) => bodyOf(mission, stage.openWasm)),
  );
  if (width === 'i64') refusedImport(stage, canister.id, entryPoint);
  stage.observe();
  return {
    scenario: stage.scenario(),
    aims: [...ordered.flatMap((mission) => aimsOf(mission, entryPoint, width)), ...stage.aims],
    families: familiesOf(missions),
  };
}

function familiesOf(missions: readonly Mission[]): readonly Family[] {
  const families = new Set<Family>();
  for (const { kind } of missions)
    families.add(kind === 'trap' || kind === 'trap after' ? 'atomicity' : 'availability');
  return [...families];
}

/** A wasm64 module that imports a function for I = i32 only: it must be refused. */
function refusedImport(_stage: Stage, _canister: Principal, _entryPoint: EntryPoint): void {
  void CONTROLLER;
  void ofLength;
}
