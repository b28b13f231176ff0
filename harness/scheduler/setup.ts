// plumbing: a scenario's setup as the stimuli that bring it about
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { CanisterSetup, Settings, Setup, Stimulus } from '../../spec/vocabulary/scenario.js';

/**
 * Creates all canisters, then installs their modules, then takes away the controllers of those that shall have none (nobody
 * could install code otherwise). Whatever a stimulus of the setup ends in, the run goes on: a canister that cannot pay for
 * its installation, or whose module is refused, is empty when the steps begin.
 */
export function setupStimuli(setup: Setup): readonly Stimulus[] {
  const creations = setup.canisters.map((canister): Stimulus => ({
    kind: 'create',
    sender: userId(0),
    cycles: canister.cycles,
    reservedCycles: canister.reservedCycles,
    settings: hasNoControllers(canister) ? without(canister.settings, 'controllers') : canister.settings,
  }));
  const installations = setup.canisters.flatMap((canister, k): Stimulus[] =>
    canister.module === undefined
      ? []
      : [
          {
            kind: 'install',
            canister: canisterId(k),
            sender: installer(canister),
            mode: 'install',
            module: canister.module,
            arg: canister.initArg,
          },
        ],
  );
  const abandonments = setup.canisters.flatMap((canister, k): Stimulus[] =>
    hasNoControllers(canister)
      ? [{ kind: 'update-settings', canister: canisterId(k), sender: userId(0), settings: { controllers: [] } }]
      : [],
  );
  return [...creations, ...installations, ...abandonments];
}

/** Who installs a canister's code: `userId(0)` where it is a controller, else the first controller. */
function installer(canister: CanisterSetup): Principal {
  const controllers = canister.settings.controllers ?? [];
  return controllers.includes(userId(0)) ? userId(0) : (controllers[0] ?? userId(0));
}

function hasNoControllers(canister: CanisterSetup): boolean {
  return canister.settings.controllers?.length === 0;
}

function without(settings: Settings, key: keyof Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== key));
}
