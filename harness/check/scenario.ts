// plumbing: random scenarios for real canisters — their own methods in random order with random arguments, and what happens to a canister around them
import { Principal } from '@icp-sdk/core/principal';
import fc from 'fast-check';
import { bytesOf, cycles, hex, hexOf, nanoseconds, type Hex } from '../../spec/vocabulary/brands.js';
import { ANONYMOUS, canisterId, MANAGEMENT_CANISTER, userId } from '../../spec/vocabulary/ids.js';
import type { CanisterSetup, Pick as ChoicePick, Scenario, Step, Stimulus } from '../../spec/vocabulary/scenario.js';
import { CandidArbitraries } from './candid/arbitrary.js';
import { IdlTypes } from './candid/idl.js';
import type { CandidType } from './candid/types.js';
import type { CheckedModule, ExportedMethod } from './module.js';

/** A module with what the command line says about its canister. */
export interface CheckedCanister {
  readonly module: CheckedModule;
  /** The init argument; absent: random values of the init types, or the empty blob where there are none. */
  readonly init?: Hex;
}

/** A canister starts with 100 T cycles: enough for every step, and for calls between canisters. */
const BALANCE = 100_000_000_000_000n;
const START = nanoseconds(1_700_000_000_000_000_000n);
const SECOND = 1_000_000_000n;
const SENDERS = [userId(0), userId(1), ANONYMOUS];
/** User 0 controls the canisters, and many methods reply to no other. */
const SENDER = fc.constantFrom(userId(0), ...SENDERS);
/** Installations in all, where what the first is given is drawn: many canisters refuse most arguments of the right types. */
const INSTALLATIONS = 4;

/**
 * Scenarios in the profile `check`. Canister k runs module k; user 0 controls all of them.
 * @param environment names and values of the environment variables that every canister gets
 */
export function checkScenarios(
  canisters: readonly CheckedCanister[],
  environment: readonly { readonly name: string; readonly value: string }[],
): fc.Arbitrary<Scenario> {
  const drawn = canisters.map((canister, k) => new CanisterArbitraries(canister, k, canisters));
  const steps = fc.array(fc.oneof(...drawn.flatMap((one) => one.steps())), {
    minLength: 4,
    maxLength: 16,
    size: 'max',
  });
  const initArgs = fc.tuple(...drawn.map((one) => one.initArg()));
  const again = fc.tuple(...drawn.map((one) => one.installAgain()));
  return fc.tuple(initArgs, again, steps).map(([args, installations, drawnSteps]) => ({
    profile: 'check',
    modules: canisters.map(({ module: { bytes, file } }) => ({ kind: 'wasm', bytes, description: file })),
    setup: {
      time: START,
      canisters: args.map((initArg, k): CanisterSetup => ({
        module: k,
        initArg,
        cycles: cycles(BALANCE),
        reservedCycles: cycles(0n),
        settings: environment.length > 0 ? { environmentVariables: environment } : {},
      })),
    },
    steps: [...installations, ...drawnSteps].flat(),
  }));
}

type Weighted = fc.WeightedArbitrary<Step[]>;

/** What can be done to one canister. */
class CanisterArbitraries {
  private readonly values: CandidArbitraries | undefined;
  private readonly idl: IdlTypes | undefined;

  constructor(
    private readonly canister: CheckedCanister,
    private readonly k: number,
    all: readonly CheckedCanister[],
  ) {
    const { candid } = canister.module;
    if (candid === undefined) return;
    const services = all.map(({ module: { methods } }, i) => ({
      id: bytesOf(canisterId(i)),
      methods: methods.map(({ name }) => name),
    }));
    const principals = [...services.map(({ id }) => id), ...[...SENDERS, MANAGEMENT_CANISTER].map(bytesOf)];
    this.values = new CandidArbitraries(candid.definitions, { principals, services });
    this.idl = new IdlTypes(candid.definitions);
  }

  /** Kinds of steps, the frequent ones first; a kind whose entry point the module does not export is left out. */
  steps(): Weighted[] {
    const { methods, entryPoints } = this.canister.module;
    const of = (...kinds: ExportedMethod['kind'][]) =>
      methods.filter((method) => kinds.includes(method.kind) && this.isPublic(method));
    const updates = of('canister_update');
    const queries = of('canister_query', 'canister_composite_query');
    const optional = (present: boolean, weight: number, arbitrary: () => fc.Arbitrary<Step[]>): Weighted[] =>
      present ? [{ weight, arbitrary: arbitrary() }] : [];
    return [
      ...optional(updates.length > 0, 48, () => this.calls(updates, 'ingress')),
      ...optional(queries.length > 0, 14, () => this.calls(queries, 'query')),
      ...optional(methods.length > 0, 3, () => this.calls(methods, 'ingress')),
      ...optional(methods.length > 0, 2, () => this.calls(methods, 'query')),
      ...optional(true, 8, () => this.upgrade()),
      ...optional(true, 1, () => this.reinstall()),
      ...optional(true, 3, () => this.stopAndStart()),
      ...optional(true, entryPoints.has('canister_global_timer') ? 12 : 4, () => advanceTime()),
      ...optional(entryPoints.has('canister_heartbeat'), 8, () =>
        fc.constant([{ picks: [{ kind: 'heartbeat', rank: this.k }] }]),
      ),
      ...optional(true, 4, () => fc.array(pick(), { minLength: 1, maxLength: 4 }).map((picks) => [{ picks }])),
    ];
  }

  initArg(): fc.Arbitrary<Hex> {
    const { init } = this.canister;
    return init === undefined ? this.drawnInitArg() : fc.constant(init);
  }

  /** More attempts to install the module, each with other values; they are refused where an earlier one was taken. */
  installAgain(): fc.Arbitrary<Step[]> {
    const { init, module } = this.canister;
    if (init !== undefined || (module.candid?.init ?? []).length === 0) return fc.constant([]);
    return fc
      .array(this.drawnInitArg(), { minLength: INSTALLATIONS - 1, maxLength: INSTALLATIONS - 1 })
      .map((args) => args.map((arg) => this.install('install', arg, {})));
  }

  /** Many canisters take at an upgrade what they do not take at first: also where the init argument is given, one of its types is drawn. */
  private upgradeArg(): fc.Arbitrary<Hex> {
    const { init } = this.canister;
    const drawn = this.drawnInitArg();
    return init === undefined ? drawn : fc.oneof(fc.constant(init), drawn);
  }

  private drawnInitArg(): fc.Arbitrary<Hex> {
    return this.typed(this.canister.module.candid?.init ?? []) ?? fc.constant(hex(''));
  }

  /** What the interface does not list is not meant for users, such as helpers that a compiler adds: it is called seldom. */
  private isPublic({ name }: ExportedMethod): boolean {
    return this.canister.module.candid?.methods.has(name) ?? true;
  }

  private calls(methods: readonly ExportedMethod[], kind: 'ingress' | 'query'): fc.Arbitrary<Step[]> {
    const call = fc.constantFrom(...methods).chain(({ name }) =>
      fc.record(
        {
          kind: fc.constant(kind),
          canister: fc.constant(canisterId(this.k)),
          method: fc.constant(name),
          arg: this.arg(name),
          sender: SENDER,
        },
        { noNullPrototype: true },
      ),
    );
    if (kind === 'query') return call.map((stimulus) => [{ stimulus }]);
    // A message that is held runs beside those of later steps.
    return fc.tuple(call, picksAndHold()).map(([stimulus, rest]) => [{ stimulus, ...rest }]);
  }

  /** Values of the method's types where they are known, now and then something else. */
  private arg(method: string): fc.Arbitrary<Hex> {
    const types = this.canister.module.candid?.methods.get(method)?.args;
    const typed = types === undefined ? undefined : this.typed(types);
    if (typed === undefined) return raw();
    return fc.oneof({ weight: 15, arbitrary: typed }, { weight: 1, arbitrary: raw() });
  }

  private typed(types: readonly CandidType[]): fc.Arbitrary<Hex> | undefined {
    const { idl } = this;
    if (idl === undefined) return undefined;
    return this.values?.args(types)?.map((values) => hexOf(idl.encode(types, values)));
  }

  private upgrade(): fc.Arbitrary<Step[]> {
    const { keepsMemory } = this.canister.module;
    const persistence = keepsMemory ? fc.constant<'keep' | 'replace'>('keep') : fc.constant(undefined);
    return fc
      .tuple(this.upgradeArg(), persistence, fc.constantFrom(false, false, false, true))
      .map(([arg, wasmMemoryPersistence, skipPreUpgrade]) => [
        this.install('upgrade', arg, {
          ...(wasmMemoryPersistence === undefined ? {} : { wasmMemoryPersistence }),
          ...(skipPreUpgrade ? { skipPreUpgrade } : {}),
        }),
      ]);
  }

  private reinstall(): fc.Arbitrary<Step[]> {
    return this.initArg().map((arg) => [this.install('reinstall', arg, {})]);
  }

  private install(
    mode: 'install' | 'upgrade' | 'reinstall',
    arg: Hex,
    more: Pick<Stimulus & { kind: 'install' }, 'wasmMemoryPersistence' | 'skipPreUpgrade'>,
  ): Step {
    const stimulus: Stimulus = {
      kind: 'install',
      canister: canisterId(this.k),
      sender: userId(0),
      mode,
      module: this.k,
      arg,
      ...more,
    };
    return { stimulus };
  }

  private stopAndStart(): fc.Arbitrary<Step[]> {
    const manage = (kind: 'stop' | 'start'): Step => ({
      stimulus: { kind, canister: canisterId(this.k), sender: userId(0) },
    });
    return fc.constant([manage('stop'), manage('start')]);
  }
}

/** From a nanosecond to a day, so that timers fall due and calls expire. */
function advanceTime(): fc.Arbitrary<Step[]> {
  return fc
    .constantFrom(1n, SECOND, 30n * SECOND, 301n * SECOND, 86_400n * SECOND)
    .map((by) => [{ stimulus: { kind: 'advance-time', by: nanoseconds(by) } }]);
}

function picksAndHold(): fc.Arbitrary<Omit<Step, 'stimulus'>> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.constant({ hold: true }) },
    { weight: 1, arbitrary: fc.array(pick(), { minLength: 1, maxLength: 3 }).map((picks) => ({ picks })) },
  );
}

/** Another order of messages, a spontaneous reject, an expired call, an extra version. */
function pick(): fc.Arbitrary<ChoicePick> {
  const rank = fc.nat(3);
  return fc.oneof(
    { weight: 4, arbitrary: rank.map((r): ChoicePick => ({ kind: 'execute', rank: r })) },
    { weight: 4, arbitrary: rank.map((r): ChoicePick => ({ kind: 'deliver', rank: r })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(rank, fc.constantFrom(1, 2))
        .map(([r, code]): ChoicePick => ({ kind: 'reject', rank: r, code })),
    },
    { weight: 1, arbitrary: rank.map((r): ChoicePick => ({ kind: 'expire-message', rank: r })) },
    { weight: 1, arbitrary: rank.map((r): ChoicePick => ({ kind: 'expire-context', rank: r })) },
    { weight: 1, arbitrary: rank.map((r): ChoicePick => ({ kind: 'bump-version', rank: r })) },
  );
}

/** Bytes that mean nothing in particular; empty Candid arguments among them. */
function raw(): fc.Arbitrary<Hex> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 48 }).map(hexOf) },
    { weight: 1, arbitrary: fc.constant(hex('4449444c0000')) },
    { weight: 1, arbitrary: fc.constant(hex('')) },
  );
}

/** The textual form of canister k's id. */
export function canisterText(k: number): string {
  return Principal.fromUint8Array(bytesOf(canisterId(k))).toText();
}
