// plumbing: for tests of the model: canisters in the text format on a subnet of their own

import wabtFactory from 'wabt';
import { conformance } from '../../../spec/profiles/profiles.js';
import type { Profile } from '../../../spec/profiles/profile.js';
import {
  hexOf,
  nanoseconds,
  type Cycles,
  type Hex,
  type Nanoseconds,
  type Principal,
} from '../../../spec/vocabulary/brands.js';
import type { Engine } from '../../../spec/vocabulary/engine.js';
import type { ChoiceKind, Choice, Settings, Stimulus } from '../../../spec/vocabulary/scenario.js';
import type {
  CanisterDigest,
  ExecutionRecord,
  Response,
  StimulusOutcome,
  TransitionRecord,
} from '../../../spec/vocabulary/record.js';
import { canisterId, userId, type RequestId } from '../../../spec/vocabulary/ids.js';
import { ALL_FEATURES } from '../../../spec/wasm/features.js';
import { systemApiFunction, signatureFor } from '../../../spec/system-api.js';
import { standardAssembly, type Assembly } from '../assembly.js';
import { makeReference } from '../engine.js';

const wabt = await wabtFactory();
const FEATURES = {
  ...ALL_FEATURES,
  mutable_globals: true,
  sat_float_to_int: true,
  sign_extension: true,
  multi_value: true,
  bulk_memory: true,
  reference_types: true,
  memory64: true,
};

const compiled = new Map<string, Uint8Array>();

/** The module of a text. */
export function wat(text: string): Uint8Array {
  let bytes = compiled.get(text);
  if (bytes === undefined) {
    const module = wabt.parseWat('test.wat', text, FEATURES);
    bytes = new Uint8Array(module.toBinary({}).buffer);
    module.destroy();
    compiled.set(text, bytes);
  }
  return bytes;
}

/** A canister's text: imports by name, one page of memory, the rest as given. */
export function canister(
  imports: readonly string[],
  body: string,
  width: 'i32' | 'i64' = 'i32',
  memory = '1',
): Uint8Array {
  const declared = imports.map((name) => {
    const f = systemApiFunction(name);
    if (f === undefined) throw new Error(`no import ${name}`);
    const { params, results } = signatureFor(f, width);
    const list = (word: string, types: readonly string[]) =>
      types.length === 0 ? '' : ` (${word} ${types.join(' ')})`;
    return `(import "ic0" "${name}" (func $${name}${list('param', params)}${list('result', results)}))`;
  });
  const index = width === 'i64' ? 'i64 ' : '';
  return wat(`(module ${declared.join('\n')} (memory ${index}${memory}) ${body})`);
}

export const text = (value: string): Hex => hexOf(new TextEncoder().encode(value));
const cycles = (n: bigint): Cycles => n as Cycles;
export const TRILLION = 1_000_000_000_000n;
export const USER = userId(0);

interface SubnetOptions {
  readonly profile?: Profile;
  readonly assembly?: Assembly;
  readonly trace?: boolean;
}

/** An engine with its canisters, and what happened so far. */
export class Subnet {
  readonly engine: Engine;
  readonly #modules: Uint8Array[] = [];
  readonly transitions: TransitionRecord[] = [];
  readonly answers = new Map<RequestId, Response>();

  constructor(options: SubnetOptions = {}) {
    this.engine = makeReference(options.assembly ?? standardAssembly)({
      profile: options.profile ?? conformance,
      time: nanoseconds(1_700_000_000_000_000_000n),
      modules: this.#modules,
      trace: options.trace ?? true,
    });
  }

  submit(stimulus: Stimulus): StimulusOutcome {
    const { outcome, transition } = this.engine.submit(stimulus);
    this.#saw(transition);
    return outcome;
  }

  take(choice: Choice): TransitionRecord {
    const transition = this.engine.take(choice);
    this.#saw(transition);
    return transition;
  }

  #saw(transition: TransitionRecord): void {
    this.transitions.push(transition);
    for (const { request, response } of transition.ended) this.answers.set(request, response);
  }

  /** @throws Error where there is no such canister */
  digest(id: Principal): CanisterDigest {
    const digest = this.engine.digest(id);
    if (digest === undefined) throw new Error(`there is no canister ${id}`);
    return digest;
  }

  enabled(kind: ChoiceKind): readonly Choice[] {
    return this.engine.enabled().filter((choice) => choice.kind === kind);
  }

  /** The first choice of a kind, taken. */
  pick(kind: ChoiceKind): TransitionRecord {
    const [choice] = this.enabled(kind);
    if (choice === undefined) throw new Error(`no ${kind} is enabled`);
    return this.take(choice);
  }

  /** Executes and delivers until no message is left. */
  settle(): void {
    for (;;) {
      const choice = this.engine.enabled().find(({ kind }) => kind === 'execute' || kind === 'deliver');
      if (choice === undefined) return;
      this.take(choice);
    }
  }

  module(bytes: Uint8Array): number {
    const known = this.#modules.indexOf(bytes);
    return known >= 0 ? known : this.#modules.push(bytes) - 1;
  }

  /** A canister of that many cycles, empty. */
  create(amount = 100n * TRILLION, settings: Settings = {}, reservedCycles = 0n): Principal {
    const index = this.transitions.filter(({ cause }) => cause.kind === 'create').length;
    this.submit({
      kind: 'create',
      sender: USER,
      cycles: cycles(amount),
      reservedCycles: cycles(reservedCycles),
      settings,
    });
    return canisterId(index);
  }

  install(
    id: Principal,
    bytes: Uint8Array,
    options: Partial<Omit<Extract<Stimulus, { kind: 'install' }>, 'kind' | 'canister' | 'module'>> = {},
  ): StimulusOutcome {
    const { mode = 'install', arg = '' as Hex, sender = USER, ...rest } = options;
    return this.submit({ kind: 'install', canister: id, module: this.module(bytes), mode, arg, sender, ...rest });
  }

  /** A canister with code. */
  deploy(bytes: Uint8Array, amount = 100n * TRILLION, settings: Settings = {}): Principal {
    const id = this.create(amount, settings);
    const outcome = this.install(id, bytes);
    if (outcome.kind !== 'responded' || outcome.response.kind !== 'reply')
      throw new Error(`install: ${JSON.stringify(outcome)}`);
    return id;
  }

  ingress(id: Principal, method: string, arg: Hex = '' as Hex): StimulusOutcome {
    return this.submit({ kind: 'ingress', canister: id, method, arg, sender: USER });
  }

  /** An ingress call with everything that follows; its answer, if there was one. */
  call(id: Principal, method: string, arg: Hex = '' as Hex): Response | undefined {
    const outcome = this.ingress(id, method, arg);
    if (outcome.kind !== 'accepted') throw new Error(`refused: ${JSON.stringify(outcome)}`);
    this.settle();
    return this.answers.get(outcome.request);
  }

  query(id: Principal, method: string, arg: Hex = '' as Hex): Response {
    const outcome = this.submit({ kind: 'query', canister: id, method, arg, sender: USER });
    if (outcome.kind !== 'responded') throw new Error('a query ends at once');
    return outcome.response;
  }

  advance(by: bigint): void {
    this.submit({ kind: 'advance-time', by: by as Nanoseconds });
  }

  /** All executions so far. */
  get executions(): readonly ExecutionRecord[] {
    return this.transitions.flatMap(({ executions }) => executions);
  }

  lastExecution(): ExecutionRecord {
    const last = this.executions.at(-1);
    if (last === undefined) throw new Error('nothing was executed');
    return last;
  }

  /** What is in and what went out, which should be equal. */
  conservation(): { putIn: bigint; accounted: bigint } {
    const { putIn, ...rest } = this.engine.ledger();
    return { putIn, accounted: Object.values(rest).reduce((sum, amount) => sum + amount, 0n) };
  }
}
