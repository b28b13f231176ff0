// plumbing: the passes of reduction, each over one part of a scenario, from the largest cut to the smallest
import type { Cycles, Hex, Nanoseconds } from '../../spec/vocabulary/brands.js';
import type { CanisterSetup, Pick, Scenario, Settings, Step, Stimulus } from '../../spec/vocabulary/scenario.js';
import type { Program } from '../../spec/vocabulary/program.js';
import { mapModules, usedModules, withoutCanister, withoutUnusedModules } from './renumber.js';
import type { Search } from './search.js';
import { simplerBlobs, simplerSenders, smallerAmounts } from './simpler.js';

type Pass = (search: Search<Scenario>) => Promise<void>;

const replaced = <T>(items: readonly T[], i: number, item: T): readonly T[] => [
  ...items.slice(0, i),
  item,
  ...items.slice(i + 1),
];

/** The object without one of its fields. */
function without<T extends object, K extends keyof T>(value: T, field: K): Omit<T, K> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field)) as Omit<T, K>;
}

const withStep = (scenario: Scenario, i: number, step: Step): Scenario => ({
  ...scenario,
  steps: replaced(scenario.steps, i, step),
});

const withCanister = (scenario: Scenario, k: number, canister: CanisterSetup): Scenario => ({
  ...scenario,
  setup: { ...scenario.setup, canisters: replaced(scenario.setup.canisters, k, canister) },
});

/** Fewer steps. */
export const dropSteps: Pass = (search) =>
  search.shrinkList(
    ({ steps }) => steps,
    (scenario, steps) => ({ ...scenario, steps }),
  );

/** Two steps in one: what the second leaves open joins the first; time that passes twice passes once. */
export const mergeSteps: Pass = async (search) => {
  for (let i = search.best.steps.length - 2; i >= 0; i--) {
    const scenario = search.best;
    const merged = mergedSteps(scenario.steps[i], scenario.steps[i + 1]);
    if (merged === undefined) continue;
    await search.attempt({
      ...scenario,
      steps: [...scenario.steps.slice(0, i), merged, ...scenario.steps.slice(i + 2)],
    });
  }
};

function mergedSteps(first: Step | undefined, second: Step | undefined): Step | undefined {
  if (first === undefined || second === undefined) return undefined;
  const picks = [...(first.picks ?? []), ...(second.picks ?? [])];
  const rest = { ...(picks.length > 0 ? { picks } : {}), ...(second.hold === undefined ? {} : { hold: second.hold }) };
  const [a, b] = [first.stimulus, second.stimulus];
  if (a === undefined)
    return b === undefined || first.picks === undefined ? { ...(b && { stimulus: b }), ...rest } : undefined;
  if (b === undefined) return { stimulus: a, ...rest };
  if (a.kind !== 'advance-time' || b.kind !== 'advance-time') return undefined;
  return { stimulus: { kind: 'advance-time', by: (a.by + b.by) as Nanoseconds }, ...rest };
}

/** What a step installs can stand in the setup. */
export const installInSetup: Pass = async (search) => {
  for (let i = 0; i < search.best.steps.length; i++) {
    const scenario = search.best;
    const stimulus = scenario.steps[i]?.stimulus;
    if (stimulus?.kind !== 'install') continue;
    const steps = scenario.steps.filter((_, j) => j !== i);
    for (const [k, canister] of scenario.setup.canisters.entries()) {
      const installed = { ...canister, module: stimulus.module, initArg: stimulus.arg };
      if (await search.attempt({ ...withCanister(scenario, k, installed), steps })) {
        i--;
        break;
      }
    }
  }
};

/** Fewer canisters: each one out of the setup with the others renumbered, or else empty, or else poor in detail. */
export const dropCanisters: Pass = async (search) => {
  for (let k = search.best.setup.canisters.length - 1; k >= 0; k--) {
    if (await search.attempt(withoutUnusedModules(withoutCanister(search.best, k)))) continue;
    const canister = search.best.setup.canisters[k];
    if (canister?.module === undefined) continue;
    await search.attempt(
      withoutUnusedModules(withCanister(search.best, k, { ...without(canister, 'module'), initArg: '' as Hex })),
    );
  }
};

/** Fewer modules: unused ones go, and one may do for two canisters. */
export const dropModules: Pass = async (search) => {
  await search.attempt(withoutUnusedModules(search.best));
  for (const from of [...usedModules(search.best)].reverse()) {
    for (const to of usedModules(search.best)) {
      if (to >= from) break;
      const shared = mapModules(search.best, (module) => (module === from ? to : module));
      if (await search.attempt(withoutUnusedModules(shared))) break;
    }
  }
  for (const [i, module] of search.best.modules.entries()) {
    if (module.kind !== 'program' || module.gzip === undefined) continue;
    const plain = { kind: 'program', program: module.program } as const;
    await search.attempt({ ...search.best, modules: replaced(search.best.modules, i, plain) });
  }
};

/** Smaller programs than the given one, most aggressive first; the generators know how. */
type SmallerPrograms = (program: Program) => Iterable<Program>;

/**
 * Smaller programs. After a success the search goes on at the same place of the new program's candidates: what did not do before is
 * tried again in the next round only.
 */
export function reducePrograms(smallerPrograms: SmallerPrograms): Pass {
  return async (search) => {
    for (let i = 0; i < search.best.modules.length; i++) {
      let from = 0;
      for (let found = true; found;) {
        found = false;
        const module = search.best.modules[i];
        if (module?.kind !== 'program') break;
        let at = 0;
        for (const program of smallerPrograms(module.program)) {
          if (search.exhausted) return;
          if (at++ < from) continue;
          const modules = replaced(search.best.modules, i, { ...module, program });
          found = await search.attempt({ ...search.best, modules });
          if (found) break;
        }
        from = at - 1;
      }
    }
  };
}

/** Fewer and plainer picks, no messages held back. */
export const simplifyPicks: Pass = async (search) => {
  for (let i = 0; i < search.best.steps.length; i++) {
    const read = (scenario: Scenario): readonly Pick[] => scenario.steps[i]?.picks ?? [];
    const write = (scenario: Scenario, picks: readonly Pick[]): Scenario => {
      const step = without(scenario.steps[i] ?? {}, 'picks');
      return withStep(scenario, i, picks.length > 0 ? { ...step, picks } : step);
    };
    await search.shrinkList(read, write);
    for (const [j, pick] of read(search.best).entries()) {
      if (pick.rank === 0) continue;
      await search.firstOf(
        [0, pick.rank >> 1].map((rank) => write(search.best, replaced(read(search.best), j, { ...pick, rank }))),
      );
    }
    const { hold, ...step } = search.best.steps[i] ?? {};
    if (hold !== undefined) await search.attempt(withStep(search.best, i, step));
  }
};

/** Plainer canisters: fewer settings, round amounts, no init argument. */
export const simplifyCanisters: Pass = async (search) => {
  for (let k = 0; k < search.best.setup.canisters.length; k++) {
    const canister = (): CanisterSetup => search.best.setup.canisters[k] as CanisterSetup;
    const put = (changed: Partial<CanisterSetup>): Scenario =>
      withCanister(search.best, k, { ...canister(), ...changed });
    await search.firstOf(candidates(simplerBlobs(canister().initArg), (initArg) => put({ initArg })));
    await simplifySettings(
      search,
      () => canister().settings,
      (settings) => put({ settings }),
    );
    for (const reservedCycles of smallerAmounts(canister().reservedCycles)) {
      if (await search.attempt(put({ reservedCycles: reservedCycles as Cycles }))) break;
    }
    await search.firstOf(candidates(rounder(canister().cycles), (cycles) => put({ cycles: cycles as Cycles })));
  }
  const time = search.best.setup.time;
  await search.firstOf(
    candidates(smallerAmounts(time), (smaller) => ({
      ...search.best,
      setup: { ...search.best.setup, time: smaller as Nanoseconds },
    })),
  );
};

/** A balance says most when it is a power of ten: a larger one first, since a small one fails for reasons of its own. */
function* rounder(amount: bigint): Generator<bigint> {
  for (const round of [10n ** 15n, 10n ** 13n, 10n ** 12n, 10n ** 9n, 0n])
    if (round !== amount && !isPowerOfTen(amount)) yield round;
}

function isPowerOfTen(amount: bigint): boolean {
  return /^10*$/.test(String(amount));
}

async function simplifySettings(
  search: Search<Scenario>,
  read: () => Settings,
  write: (settings: Settings) => Scenario,
): Promise<void> {
  if (Object.keys(read()).length === 0 || (await search.attempt(write({})))) return;
  for (const field of Object.keys(read()) as (keyof Settings)[]) {
    if (await search.attempt(write(without(read(), field)))) continue;
    const value = read()[field];
    if (typeof value === 'bigint') {
      await search.firstOf(candidates(smallerAmounts(value), (smaller) => write({ ...read(), [field]: smaller })));
    }
    if (Array.isArray(value)) {
      await search.shrinkList(
        () => read()[field] as readonly unknown[],
        (_, items) => write({ ...read(), [field]: items }),
      );
    }
  }
}

/** Plainer stimuli: shorter arguments, smaller amounts, the default sender, no optional parts. */
export const simplifyStimuli: Pass = async (search) => {
  for (let i = 0; i < search.best.steps.length; i++) {
    const stimulus = (): Stimulus | undefined => search.best.steps[i]?.stimulus;
    const put = (changed: Stimulus): Scenario =>
      withStep(search.best, i, { ...search.best.steps[i], stimulus: changed });
    for (const field of OPTIONAL_PARTS) {
      const given = stimulus();
      if (given === undefined || !(field in given)) continue;
      const rest = Object.fromEntries(Object.entries(given).filter(([name]) => name !== field)) as Stimulus;
      await search.attempt(put(rest));
    }
    const given = stimulus();
    if (given === undefined) continue;
    if ('sender' in given) {
      await search.firstOf(candidates(simplerSenders(given.sender), (sender) => put({ ...given, sender })));
    }
    await simplifyDetails(search, stimulus, put);
  }
};

const OPTIONAL_PARTS = ['senderInfo', 'certificate', 'skipPreUpgrade', 'wasmMemoryPersistence'] as const;

async function simplifyDetails(
  search: Search<Scenario>,
  read: () => Stimulus | undefined,
  put: (stimulus: Stimulus) => Scenario,
): Promise<void> {
  const given = read();
  switch (given?.kind) {
    case undefined:
    case 'uninstall':
    case 'start':
    case 'stop':
    case 'delete':
      return;
    case 'ingress':
    case 'query':
    case 'transform':
    case 'install':
      await search.firstOf(candidates(simplerBlobs(given.arg), (arg) => put({ ...given, arg })));
      return;
    case 'create':
    case 'deposit':
      await search.firstOf(
        candidates(smallerAmounts(given.cycles), (cycles) => put({ ...given, cycles: cycles as Cycles })),
      );
      return;
    case 'update-settings':
      await simplifySettings(
        search,
        () => settingsOf(read()),
        (settings) => put({ ...given, settings }),
      );
      return;
    case 'advance-time':
      await search.firstOf(
        candidates(smallerAmounts(given.by), (by) => put({ kind: 'advance-time', by: by as Nanoseconds })),
      );
      return;
  }
}

function settingsOf(stimulus: Stimulus | undefined): Settings {
  return stimulus?.kind === 'update-settings' ? stimulus.settings : {};
}

function* candidates<T>(values: Iterable<T>, make: (value: T) => Scenario): Generator<Scenario> {
  for (const value of values) yield make(value);
}
