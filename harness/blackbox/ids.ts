// plumbing: canister ids — a target may give its own, and the modules and stimuli of a case then speak of those
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesOf, hexOf, type Principal } from '../../spec/vocabulary/brands.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { compileModules } from '../../generators/index.js';
import type { SubnetOptions } from '../target.js';
import { TargetSkip } from '../target.js';
import { expected } from '../targets/stdio/engine.js';
import type { Answerer } from '../targets/stdio/channel.js';
import type { Stroke } from './observation.js';

/** Ids of a target by the number of the canister. */
type Given = readonly Principal[];

/** The ids that a target gave last: most targets give the same again. */
const remembered = new WeakMap<Answerer, Given>();

interface Case {
  readonly subnet: Omit<SubnetOptions, 'modules'>;
  readonly scenario: Scenario;
  readonly strokes: readonly Stroke[];
  readonly modules: readonly Uint8Array[];
}

/** The target has given a canister of the setup another id than its modules know. */
class OtherIds extends Error {}

/**
 * Plays a case on the target with modules that know the ids of its canisters. Most targets give the same ids each time, so they are
 * asked for only when one is another than the last time.
 * @throws TargetSkip where the ids cannot be known in time
 */
export function withIds<T>(target: Answerer, one: Case, play: (ids: Ids) => T): T {
  try {
    return play(begun(target, one, remembered.get(target) ?? []));
  } catch (error) {
    if (!(error instanceof OtherIds)) throw error;
  }
  const learned = learn(target, one);
  remembered.set(target, learned);
  try {
    return play(begun(target, one, learned));
  } catch (error) {
    if (error instanceof OtherIds) throw new TargetSkip('the target gives canisters other ids each time');
    throw error;
  }
}

/** Makes the canisters of the setup once, only for their ids. */
function learn(target: Answerer, { subnet, strokes, modules }: Case): Given {
  expected(target.ask({ do: 'begin', ...subnet, modules }), 'begun');
  return strokes
    .filter(({ step, stimulus }) => step < 0 && stimulus.kind === 'create')
    .map(({ stimulus }, k) => {
      const { canister } = expected(target.ask({ do: 'submit', stimulus }), 'submitted');
      return canister ?? canisterId(k);
    });
}

function begun(target: Answerer, { subnet, scenario, modules }: Case, given: Given): Ids {
  const ids = new Ids(given, (id) => modules.some((bytes) => holds(bytes, id)));
  expected(target.ask({ do: 'begin', ...subnet, modules: ids.modules(scenario, modules) }), 'begun');
  return ids;
}

/** Ids of the scenario, and of the target. */
export class Ids {
  readonly #targetIds = new Map<string, string>();
  readonly #scenarioIds = new Map<string, string>();
  #made = 0;

  /** @param mentions whether a module of the case holds an id */
  constructor(
    given: Given,
    private readonly mentions: (id: Principal) => boolean,
  ) {
    given.forEach((id, k) => {
      this.#pair(canisterId(k), id);
    });
  }

  #pair(inScenario: Principal, inTarget: Principal): void {
    if (inScenario === inTarget) return;
    if (inScenario.length !== inTarget.length) {
      throw new TargetSkip('the target gives canisters ids of another length, which the modules of a case cannot hold');
    }
    this.#targetIds.set(inScenario, inTarget);
    this.#scenarioIds.set(inTarget, inScenario);
  }

  /** The value in the ids of the target: every text in which an id of the scenario stands. */
  toTarget<T>(value: T): T {
    return replaced(value, this.#targetIds);
  }

  /** The value in the ids of the scenario. */
  toScenario<T>(value: T): T {
    return replaced(value, this.#scenarioIds);
  }

  /**
   * The target has made the next canister.
   * @param inSetup modules are made before, and must know the id
   * @throws OtherIds
   */
  created(id: Principal | undefined, inSetup: boolean): void {
    const mine = canisterId(this.#made++);
    const known = this.#targetIds.get(mine) ?? mine;
    if (id === undefined || id === known) return;
    if (inSetup) throw new OtherIds();
    if (this.mentions(mine)) {
      throw new TargetSkip(
        'the target gives canisters ids of its own, and a module knows another for one that is made later',
      );
    }
    this.#pair(mine, id);
  }

  /** The modules with the ids of the target in their data. */
  modules(scenario: Scenario, modules: readonly Uint8Array[]): readonly Uint8Array[] {
    if (this.#targetIds.size === 0) return modules;
    const ids = [...this.#targetIds.keys()] as Principal[];
    const changed = compileModules({
      ...scenario,
      modules: scenario.modules.map((module) => {
        if (module.kind === 'program') return { ...module, program: this.toTarget(module.program) };
        if (!ids.some((id) => holds(module.bytes, id))) return module;
        throw new TargetSkip(
          'the target gives canisters ids of its own, and a module that was not generated holds others',
        );
      }),
    });
    changed.forEach((bytes, k) => {
      const [inScenario, inTarget] = [modules[k] ?? bytes, bytes].map((one) => hexOf(sha256(one)));
      if (inScenario === undefined || inTarget === undefined || inScenario === inTarget) return;
      this.#targetIds.set(inScenario, inTarget);
      this.#scenarioIds.set(inTarget, inScenario);
    });
    return changed;
  }
}

/** A scenario as it is where canisters are numbered from another number on. */
export interface Renumbered {
  readonly first: number;
  readonly ids: Ids;
  readonly modules: readonly Uint8Array[];
}

/** How far the numbers of canisters lie apart where they do not begin with 0: a JavaScript number near 2^64 is a multiple of 2^11. */
const APART = 2 ** 12;

/** The number of the k-th canister, from 0, where they are numbered from `first` on. */
export const numberOf = (first: number, k: number): number => first + APART * k;

/** The scenario with other ids: canisters are numbered from `first` on. Undefined: a module that was not generated holds ids. */
export function renumbered(
  { scenario, strokes, modules }: Pick<Case, 'scenario' | 'strokes' | 'modules'>,
  first: number,
): Renumbered | undefined {
  const made = strokes.filter(({ stimulus }) => stimulus.kind === 'create');
  const given = made.map((_, k) => canisterId(numberOf(first, k)));
  const ids = new Ids(given, () => false);
  try {
    return { first, ids, modules: ids.modules(scenario, modules) };
  } catch (error) {
    if (error instanceof TargetSkip) return undefined;
    throw error;
  }
}

/** Replaces texts of hexadecimal digits inside texts, wherever whole bytes are equal. */
function replaced<T>(value: T, by: ReadonlyMap<string, string>): T {
  if (by.size === 0) return value;
  return replacedIn(value, by) as T;
}

function replacedIn(value: unknown, by: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return replacedText(value, by);
  if (Array.isArray(value)) return value.map((one) => replacedIn(one, by));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replacedIn(one, by)]));
}

function replacedText(text: string, by: ReadonlyMap<string, string>): string {
  let result = text;
  for (const [from, to] of by) {
    for (let at = result.indexOf(from); at >= 0; at = result.indexOf(from, at + 1)) {
      if (at % 2 === 0) result = result.slice(0, at) + to + result.slice(at + from.length);
    }
  }
  return result;
}

function holds(bytes: Uint8Array, id: Principal): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(Buffer.from(bytesOf(id)));
}
