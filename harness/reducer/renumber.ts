// plumbing: what must change in a scenario when a canister or a module is taken out, so that the rest means the same
import { canisterId } from '../../spec/vocabulary/ids.js';
import type { ModuleIndex, Scenario, Step } from '../../spec/vocabulary/scenario.js';
import { scenario as codec } from '../corpus/vocabulary.js';
import type { Json } from '../../reports/schemas/json.js';

/** How many canisters the scenario makes, those of its steps included. */
function canisterCount({ setup, steps }: Scenario): number {
  return setup.canisters.length + steps.filter(({ stimulus }) => stimulus?.kind === 'create').length;
}

/**
 * Takes canister k out of the setup. The ones after it move up by one, and so does every place where their ids stand, as bytes of
 * arguments and programs too. What addressed canister k addresses its successor now: the caller judges whether that still fails.
 */
export function withoutCanister(scenario: Scenario, k: number): Scenario {
  const canisters = scenario.setup.canisters.filter((_, i) => i !== k);
  let text = JSON.stringify(codec.encode({ ...scenario, setup: { ...scenario.setup, canisters } }));
  for (let i = k + 1; i < canisterCount(scenario); i++) text = text.replaceAll(canisterId(i), canisterId(i - 1));
  return codec.decode(JSON.parse(text) as Json, '$');
}

/** Every place that names a module, renamed. */
export function mapModules(scenario: Scenario, rename: (module: ModuleIndex) => ModuleIndex): Scenario {
  const step = ({ stimulus, ...rest }: Step): Step => {
    if (stimulus === undefined) return rest;
    if (stimulus.kind !== 'install') return { stimulus, ...rest };
    return { stimulus: { ...stimulus, module: rename(stimulus.module) }, ...rest };
  };
  return {
    ...scenario,
    setup: {
      ...scenario.setup,
      canisters: scenario.setup.canisters.map((canister) =>
        canister.module === undefined ? canister : { ...canister, module: rename(canister.module) },
      ),
    },
    steps: scenario.steps.map(step),
  };
}

/** The modules that some canister or step names, in ascending order. */
export function usedModules(scenario: Scenario): readonly ModuleIndex[] {
  const used = new Set<ModuleIndex>();
  mapModules(scenario, (module) => {
    used.add(module);
    return module;
  });
  return [...used].sort((a, b) => a - b);
}

/** Without the modules that nothing names. */
export function withoutUnusedModules(scenario: Scenario): Scenario {
  const used = usedModules(scenario);
  if (used.length === scenario.modules.length) return scenario;
  return {
    ...mapModules(scenario, (module) => used.indexOf(module)),
    modules: scenario.modules.filter((_, i) => used.includes(i)),
  };
}
