// plumbing: stories — small plots of a family, each told with random details
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { EntryPoint } from '../../../spec/vocabulary/entry-point.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Settings } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, load, operation, resultOf, store, systemCall, variable, when } from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import type { CanisterModule } from '../canister.js';
import type { Swarm } from '../case-for.js';
import { stageCanisters } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { ofLength, type Stage, type StagedCanister } from '../stage.js';
import { install } from '../steps.js';

/** What a story is told with. */
export interface Teller {
  readonly stage: Stage;
  readonly draw: Draw;
  readonly swarm: Swarm;
  readonly width: PointerWidth;
}

/** Adds canisters, code and steps to the scenario. */
export type Story = (teller: Teller) => void;

/** The stories of a family by name. */
export type Stories = Readonly<Record<string, Story>>;

/** The canisters of a story: the one that it is about, which it gives, and those that the swarm adds. */
export function canisterOf({ stage, draw, swarm, width }: Teller, settings: Settings = {}): StagedCanister {
  return stageCanisters(stage, draw, swarm, width, settings);
}

/** Replies with what was appended. */
export function respond(): Statement {
  return systemCall('msg_reply');
}

/** Ends the execution, of which nothing stays. */
export const TRAP: Statement = { kind: 'trap', means: 'unreachable' };

/** The Wasm memory grows by so many pages, which the log tells of. */
export function grows(pages: number | bigint): Statement {
  return { kind: 'memory.grow', pages: constant(pages), log: true };
}

/** Where a canister remembers what it saw of the time and its version last. */
const REMEMBERED = LAYOUT.cells + 0x240;

/** The time and the version, and what is known of them whatever they are: time stays within an execution, and neither falls. */
export function timeAndVersion(s: Scope): Statement[] {
  return ['time', 'canister_version'].flatMap((name, i): Statement[] => {
    const [now, again] = [s.fresh(), s.fresh()];
    const before = REMEMBERED + 8 * i;
    return [
      resultOf(name, now),
      { kind: 'system call', name, args: [], into: again },
      // The system may increment a version at any time; time stands still during an execution.
      { kind: 'log', value: operation(name === 'time' ? 'ne' : 'gt_u', variable(now), variable(again)) },
      { kind: 'log', value: operation('gt_u', load(before, 8), variable(now)) },
      store(before, variable(now)),
    ];
  });
}

/** What is known of the root key, whatever it is: what is copied from an offset on is the rest of the whole. */
export function partsOfRootKey(s: Scope): Statement[] {
  if (!s.available('root_key_copy')) return [];
  const size = s.fresh();
  const [whole, rest] = [LAYOUT.scratch, LAYOUT.scratch + 16];
  return [
    resultOf('root_key_size', size),
    when(operation('gt_u', variable(size), constant(8)), [
      systemCall('root_key_copy', constant(whole), constant(0), constant(9)),
      systemCall('root_key_copy', constant(rest), constant(1), constant(8)),
      { kind: 'log', value: operation('sub', load(whole + 1, 8), load(rest, 8)) },
    ]),
  ];
}

/** What has exports: a canister, or a module that it may be given. */
interface Exporting {
  readonly module: CanisterModule;
}

/** The canister is given a module of these bytes, in place of whatever it had. */
export function given(stage: Stage, canister: StagedCanister, bytes: Uint8Array, description: string): void {
  const module = stage.opaque({ kind: 'wasm', bytes, description });
  stage.step(install(canister, 'reinstall', { module }));
}

/** Adds an update method. */
export function update({ module }: Exporting, name: string, body: (s: Scope) => Statement[]): void {
  module.exported(`canister_update ${name}`, 'canister_update', body);
}

/** Adds a query method. */
export function query({ module }: Exporting, name: string, body: (s: Scope) => Statement[]): void {
  module.exported(`canister_query ${name}`, 'canister_query', body);
}

/** Adds a composite query method. */
export function composite({ module }: Exporting, name: string, body: (s: Scope) => Statement[]): void {
  module.exported(`canister_composite_query ${name}`, 'canister_composite_query', body);
}

/** Adds an entry point whose export has its name: a hook, a task, an inspection. */
export function add(
  { module }: Exporting,
  entryPoint: EntryPoint & `canister_${string}`,
  body: (s: Scope) => Statement[],
): void {
  module.exported(entryPoint, entryPoint, body);
}

/** Adds an update method and a step that calls it. */
export function happens(stage: Stage, canister: StagedCanister, body: (s: Scope) => Statement[]): void {
  const name = `h${stage.next()}`;
  update(canister, name, body);
  stage.ingress(canister.id, name, ofLength(stage.draw.below(8)));
}
