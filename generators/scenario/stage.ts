// plumbing: a scenario under construction — its canisters, modules and steps
import {
  cycles,
  hex,
  hexOf,
  nanoseconds,
  type Hex,
  type PointerWidth,
  type Principal,
} from '../../spec/vocabulary/brands.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type {
  CanisterSetup,
  ModuleSource,
  Scenario,
  Settings,
  Step,
  Stimulus,
} from '../../spec/vocabulary/scenario.js';
import type { Draw } from '../draw.js';
import {
  acceptedBy,
  addStandardMethods,
  CanisterModule,
  peerOf,
  STANDARD_METHODS,
  type EnvironmentVariable,
} from './canister.js';
import type { ProgramBuilder } from '../canister/builder.js';
import type { Peer } from './scope.js';
import { bitsOrNaN } from './values.js';

/** The time before the first step of every scenario: well past 1970, below 2^63, and not a round number of anything. */
export const START_TIME = 1_700_000_000_123_456_789n;

/** The user that controls the canisters, unless settings say otherwise. */
export const CONTROLLER = userId(0);

/** Ids of the first canisters. */
const CANISTERS = [0, 1, 2].map(canisterId);

export interface ModuleShape {
  readonly width: PointerWidth;
  readonly memory: ProgramBuilder['memory'];
  readonly gzip?: boolean;
  /** Whether an upgrade to the module can keep the Wasm memory; one from it has to say whether. */
  readonly persistent?: boolean;
  /** Without globals of its own. */
  readonly plain?: boolean;
}

/** A canister of the setup. */
export interface StagedCanister {
  readonly id: Principal;
  readonly module: CanisterModule;
  readonly moduleIndex: number;
}

/** What a canister of the setup may have beside its balance: settings, and cycles in reserve. */
export type Allocations = Pick<CanisterSetup, 'settings' | 'reservedCycles'>;

/** The private custom section that stands for a memory that outlives the code. */
const PERSISTENT = { name: 'icp:private enhanced-orthogonal-persistence', content: hex('') };

/** Whether a module has said that its memory can be kept. */
export function isPersistent({ program }: CanisterModule): boolean {
  return program.customSections.includes(PERSISTENT);
}

interface StagedModule {
  readonly source: ModuleSource | (() => ModuleSource);
}

/** A scenario under construction: modules, canisters, steps, and what it aims at. */
export class Stage {
  readonly steps: Step[] = [];
  readonly aims: string[] = [];
  private readonly modules: StagedModule[] = [];
  private readonly programs: ProgramBuilder[] = [];
  private readonly canisters: CanisterSetup[] = [];
  private readonly peers: Peer[] = [];
  private readonly staged: StagedCanister[] = [];
  /** Modules that are given the standard methods at the end. */
  private readonly standard: { readonly module: CanisterModule; readonly accept: bigint }[] = [];
  private counter = 0;

  constructor(
    readonly draw: Draw,
    readonly profile: string,
    readonly environment: readonly EnvironmentVariable[],
  ) {}

  /** A number that was not given before, for names. */
  next(): number {
    return this.counter++;
  }

  get openWasm(): boolean {
    return this.profile === 'open-wasm';
  }

  /** Another module that canisters of the scenario can be given; its program is read when the scenario is finished. */
  module(shape: ModuleShape): { readonly module: CanisterModule; readonly index: number } {
    const module = new CanisterModule(
      this.draw,
      shape.width,
      shape.memory,
      () => this.peers,
      this.environment,
      START_TIME,
    );
    if (shape.persistent === true) module.program.customSections.push(PERSISTENT);
    this.programs.push(module.program);
    const index = this.modules.length;
    const gzip = shape.gzip === true ? { gzip: true } : {};
    this.modules.push({ source: () => ({ kind: 'program', program: module.program.build(), ...gzip }) });
    return { module, index };
  }

  /** A module that is there as it is. */
  opaque(source: ModuleSource): number {
    return this.modules.push({ source }) - 1;
  }

  /** A canister with a module that has the standard methods; amounts in cycles. */
  canister(shape: ModuleShape, balance: bigint, settings: Settings = {}, reserved = 0n): StagedCanister {
    const id = CANISTERS[this.canisters.length] ?? canisterId(this.canisters.length);
    const { module, index } = this.module(shape);
    this.canisters.push({
      module: index,
      initArg: hex(''),
      cycles: cycles(balance),
      reservedCycles: cycles(reserved),
      settings: { environmentVariables: this.environment, ...settings },
    });
    this.peers.push(peerOf(id));
    if (shape.plain !== true) addGlobals(module, this.draw);
    this.withStandardMethods(module);
    const staged = { id, module, moduleIndex: index };
    this.staged.push(staged);
    return staged;
  }

  /** Gives a canister of the setup what it is to have from the beginning, beside what it has already. */
  allocate({ id }: StagedCanister, { settings, reservedCycles }: Allocations): void {
    const at = this.canisters.findIndex((_, k) => canisterId(k) === id);
    const canister = this.canisters[at];
    if (canister === undefined) throw new Crash(`the setup has no canister ${id}`);
    this.canisters[at] = { ...canister, reservedCycles, settings: { ...canister.settings, ...settings } };
  }

  /** Gives the module those standard methods that somebody calls, when the scenario is finished. */
  withStandardMethods(module: CanisterModule): void {
    this.standard.push({ module, accept: acceptedBy(this.draw) });
  }

  /** The first canister, if there is one yet. */
  first(): StagedCanister | undefined {
    return this.staged[0];
  }

  /** How many canisters the setup has; the next one that is made gets this number. */
  get canisterCount(): number {
    return this.canisters.length;
  }

  /** The canister that queries of the others start from: the last one. */
  root(): StagedCanister {
    const last = this.staged.at(-1);
    if (last === undefined) throw new Crash('the scenario has no canister yet');
    return last;
  }

  step(stimulus: Stimulus, more: Omit<Step, 'stimulus'> = {}): void {
    this.steps.push({ stimulus, ...more });
  }

  ingress(canister: Principal, method: string, arg: Hex = hex(''), more: Omit<Step, 'stimulus'> = {}): void {
    this.step({ kind: 'ingress', canister, method, arg, sender: CONTROLLER }, more);
  }

  query(canister: Principal, method: string, arg: Hex = hex('')): void {
    this.step({ kind: 'query', canister, method, arg, sender: CONTROLLER });
  }

  /** Asks every canister for what it has seen and what it holds. */
  observe(): void {
    for (const { id } of this.staged) this.query(id, STANDARD_METHODS.log);
  }

  /** The finished scenario; to be asked for once. */
  scenario(): Scenario {
    const called = (method: string) =>
      this.steps.some(({ stimulus }) => stimulus !== undefined && 'method' in stimulus && stimulus.method === method) ||
      this.programs.some((program) => program.names(method));
    const wanted = new Set<string>(Object.values(STANDARD_METHODS).filter(called));
    for (const { module, accept } of this.standard) addStandardMethods(module, accept, (name) => wanted.has(name));
    return {
      profile: this.profile,
      modules: this.modules.map(({ source }) => (typeof source === 'function' ? source() : source)),
      setup: { time: nanoseconds(START_TIME), canisters: this.canisters },
      steps: this.steps,
    };
  }
}

/** Globals of the types that there are; the first ones are integers, which a canister can show. */
function addGlobals({ program }: CanisterModule, draw: Draw): void {
  const types = ['i32', 'i64', 'f32', 'f64', 'v128'] as const;
  const count = draw.int(1, 4);
  for (let i = 0; i < count; i++) {
    const type = i < 2 ? draw.pick(['i32', 'i64'] as const) : draw.pick(types);
    program.globals.push({ type, init: draw.chance(50) ? 0n : initialBits(type, draw) });
  }
}

/** What a global begins with: a float often with a NaN whose payload is its own. */
function initialBits(type: 'i32' | 'i64' | 'f32' | 'f64' | 'v128', draw: Draw): bigint {
  switch (type) {
    case 'v128':
      return draw.bits(128);
    case 'i64':
      return draw.bits(64);
    case 'i32':
      return draw.bits(32);
    case 'f64':
      return bitsOrNaN(draw);
    case 'f32':
      return BigInt.asUintN(32, bitsOrNaN(draw));
  }
}

/** So many bytes, as an argument of which the length matters; no two neighbours are alike, so that it shows which part was copied. */
export function ofLength(n: number): Hex {
  return (SHORT[n] ??= hexOf(Uint8Array.from({ length: n }, (_, i) => (0xab + 0x25 * i) & 0xff)));
}

const SHORT: Hex[] = [];
