// table: mutants of calls, callbacks, timers, installation and lifecycle — canister-interface.md#entry-points, management-canister.md
import type { Machine } from '../../executor/machine.js';
import type { UndoInstallStep } from '../../executor/management/install-code.js';
import type { Canister } from '../../executor/state.js';
import { entry, executorMutants, part, systemCall, type Override } from './mutant.js';

/** What a management stimulus is about. */
const target = (machine: Machine, { canister }: { readonly canister: Canister['id'] }) =>
  machine.subnet.canisters.get(canister);

/** Whether the installation under way has come to the point where pre_upgrade has ended well, and nothing after it was run. */
const afterPreUpgrade = (machine: Machine): boolean => {
  const last = machine.log.executions.at(-1);
  return last?.entryPoint === 'canister_pre_upgrade' && last.outcome.kind === 'returned';
};

/** Leaves out a step of undoing an installation that fails between pre_upgrade and the new code. */
function keptBeforeNewCode(step: 'globalTimer' | 'stableMemory' | 'certifiedData'): Override {
  return (all) => {
    let underWay: Machine | undefined;
    return {
      ...all,
      stimuli: {
        ...all.stimuli,
        install: (machine, stimulus) => all.stimuli.install((underWay = machine), stimulus),
      },
      undoInstall: {
        ...all.undoInstall,
        [step]: (before: Parameters<UndoInstallStep>[0]) => {
          if (underWay === undefined || !afterPreUpgrade(underWay)) all.undoInstall[step](before);
        },
      },
    };
  };
}

/** The environment variables at the first inspection by an instance. */
const inspected = new WeakMap<object, Canister['settings']['environmentVariables']>();

export const lifecycle = executorMutants('lifecycle', [
  [
    'no-place-keeps-timer-of-pre-upgrade',
    'Where what is kept has no place in the new code, the timer stays as pre_upgrade set it.',
    ['management/install-atomic', 'upgrades/atomic'],
    keptBeforeNewCode('globalTimer'),
  ],
  [
    'data-beyond-memory-lose-certified-data',
    'Where the data of new code do not fit into its memory, the certified data are gone all the same.',
    ['management/install-atomic', 'upgrades/atomic'],
    part('undoInstall', 'certifiedData', (undo) => (before) => {
      if (before.executions.length > 0 || before.canister.version === before.version) undo(before);
    }),
  ],
  [
    'no-place-keeps-stable-memory-of-pre-upgrade',
    'Where what is kept has no place in the new code, the stable memory stays as pre_upgrade left it.',
    ['management/install-atomic', 'upgrades/atomic'],
    keptBeforeNewCode('stableMemory'),
  ],
  [
    'no-cleanup',
    'The cleanup callback does not run after a trapped callback.',
    ['calls/cleanup-after-trap'],
    entry('cleanupOf', () => () => undefined),
  ],
  [
    'callback-resets-waiting',
    'A second response in a later callback is accepted.',
    [
      'responding/second-response-in-callback',
      'responding/append-after-earlier-response',
      'responding/reply-at-most-once',
      'responding/at-most-one-response',
    ],
    part('choices', 'deliver', (deliver) => (machine, choice) => {
      const message = machine.subnet.messages.get(choice.message);
      if (message?.kind === 'response' && message.call.context.origin.kind === 'user')
        message.call.context.needsToRespond = true;
      deliver(machine, choice);
    }),
  ],
  [
    'silence-is-empty-reply',
    'A call context that never responded is not rejected.',
    [
      'call-contexts/starvation-rejects',
      'call-contexts/starvation-after-trap',
      'call-contexts/starvation-without-response',
    ],
    part('bookkeeping', 'starvation', () => () => false),
  ],
  [
    'context-removed-early',
    'A call context is removed as soon as it has responded, though calls are under way.',
    ['call-contexts/callback-per-response', 'stopping/stopped-without-contexts'],
    part('bookkeeping', 'removal', () => (machine) => {
      let changed = false;
      for (const context of machine.subnet.contexts.values()) {
        if (context.needsToRespond) continue;
        machine.subnet.contexts.delete(context.id);
        context.canister.contexts.delete(context.id);
        machine.log.touched.add(context.canister);
        changed = true;
      }
      return changed;
    }),
  ],
  [
    'stopping-never-ends',
    'A stopping canister does not become stopped.',
    ['stopping/stopped-without-contexts'],
    part('bookkeeping', 'stopped', () => () => false),
  ],
  [
    'stopping-takes-calls',
    'A stopping canister still executes new calls.',
    ['stopping/calls-rejected'],
    part(
      'callChecks',
      'running',
      () =>
        ({ status }) =>
          status !== 'stopped',
    ),
  ],
  [
    'stopped-answers-queries',
    'A stopped canister still answers queries.',
    ['stopping/queries-rejected'],
    part('queryChecks', 'running', () => () => true),
  ],
  [
    'start-keeps-version',
    'start_canister does not increment the version.',
    ['canister-version/by-start', 'profile/version'],
    part('stimuli', 'start', (start) => (machine, stimulus) => {
      const before = target(machine, stimulus)?.version ?? 0n;
      const outcome = start(machine, stimulus);
      const canister = target(machine, stimulus);
      if (canister !== undefined) canister.version = before;
      return outcome;
    }),
  ],
  [
    'anybody-controls',
    'Anybody may install, stop and delete.',
    ['management/controllers-only'],
    entry('isController', () => () => true),
  ],
  [
    'first-controller-only',
    'Only the first controller may install, stop and delete.',
    ['management/controllers-only'],
    entry(
      'isController',
      () =>
        ({ settings }, sender) =>
          settings.controllers[0] === sender,
    ),
  ],
  [
    'upgrade-keeps-timer',
    'An upgrade leaves the global timer active.',
    ['global-timer/deactivated-by-upgrade'],
    part('stimuli', 'install', (install) => (machine, stimulus) => {
      const timer = target(machine, stimulus)?.globalTimer ?? 0n;
      const outcome = install(machine, stimulus);
      const canister = target(machine, stimulus);
      if (canister?.globalTimer === 0n && stimulus.mode === 'upgrade') canister.globalTimer = timer;
      return outcome;
    }),
  ],
  [
    'each-install-step-has-its-own-limit',
    'The steps of an installation have the whole instruction limit each, not together.',
    ['profile/instruction-limit', 'message-execution/instruction-limit', 'profile/instructions'],
    part('stimuli', 'install', (install) => (machine, stimulus) => {
      const { profile } = machine.options;
      const limits = {
        ...profile.limits,
        // What the steps before have used is taken from it where it is read.
        get installInstructions() {
          return machine.log.executions.reduce(
            (sum, { instructions }) => sum + instructions,
            profile.limits.installInstructions,
          );
        },
      };
      return install({ ...machine, options: { ...machine.options, profile: { ...profile, limits } } }, stimulus);
    }),
  ],
  [
    'install-keeps-timer',
    'Reinstalling leaves the global timer active.',
    ['global-timer/deactivated-by-install'],
    part('stimuli', 'install', (install) => (machine, stimulus) => {
      const timer = target(machine, stimulus)?.globalTimer ?? 0n;
      const outcome = install(machine, stimulus);
      const canister = target(machine, stimulus);
      if (canister?.globalTimer === 0n && stimulus.mode === 'reinstall') canister.globalTimer = timer;
      return outcome;
    }),
  ],
  [
    'reinstall-keeps-certified-data',
    'Reinstalling keeps the certified data.',
    ['certified-data/empty-when-fresh', 'management/reinstall-clears'],
    part('stimuli', 'install', (install) => (machine, stimulus) => {
      const data = target(machine, stimulus)?.certifiedData;
      const outcome = install(machine, stimulus);
      const canister = target(machine, stimulus);
      if (stimulus.mode === 'reinstall' && canister?.certifiedData.length === 0 && data !== undefined)
        canister.certifiedData = data;
      return outcome;
    }),
  ],
  [
    'upgrade-clears-certified-data',
    'An upgrade clears the certified data.',
    ['atomicity/upgrade', 'certified-data/kept-by-upgrade'],
    part('stimuli', 'install', (install) => (machine, stimulus) => {
      const canister = target(machine, stimulus);
      if (stimulus.mode === 'upgrade' && canister !== undefined) canister.certifiedData = new Uint8Array(0);
      return install(machine, stimulus);
    }),
  ],
  [
    'upgrade-skips-pre-upgrade',
    'canister_pre_upgrade is never run.',
    ['upgrades/pre-upgrade-on-old'],
    part(
      'stimuli',
      'install',
      (install) => (machine, stimulus) => install(machine, { ...stimulus, skipPreUpgrade: true }),
    ),
  ],
  [
    'skip-pre-upgrade-ignored',
    'canister_pre_upgrade runs even when it is to be skipped.',
    ['upgrades/pre-upgrade-skipped'],
    part(
      'stimuli',
      'install',
      (install) => (machine, stimulus) => install(machine, { ...stimulus, skipPreUpgrade: false }),
    ),
  ],
  [
    'install-does-not-count',
    'Installing code does not increment the version.',
    ['canister-version/by-install', 'canister-version/by-upgrade', 'canister-version/by-reinstall', 'profile/version'],
    part('versionIncrements', 'install', () => 0n),
  ],
  [
    'reject-callback-does-not-count',
    'A reject callback does not increment the version.',
    ['canister-version/by-reject-callback', 'profile/version'],
    part('versionIncrements', 'reject callback', () => 0n),
  ],
  [
    'heartbeat-does-not-count',
    'A heartbeat does not increment the version.',
    ['canister-version/by-heartbeat', 'profile/version'],
    part('versionIncrements', 'canister_heartbeat', () => 0n),
  ],
  [
    'uninstall-keeps-stable-memory',
    'Uninstalling leaves the stable memory.',
    ['uninstall/removes-code-and-state'],
    part('stimuli', 'uninstall', (uninstall) => (machine, stimulus) => {
      const stable = target(machine, stimulus)?.stable;
      const outcome = uninstall(machine, stimulus);
      const canister = target(machine, stimulus);
      if (canister !== undefined && stable !== undefined) canister.stable = stable;
      return outcome;
    }),
  ],
  [
    'uninstall-forgets-open-calls',
    'Uninstalling drops open call contexts without a response.',
    ['uninstall/rejects-open-calls', 'call-contexts/one-response'],
    part('stimuli', 'uninstall', (uninstall) => (machine, stimulus) => {
      for (const context of target(machine, stimulus)?.contexts.values() ?? []) context.needsToRespond = false;
      return uninstall(machine, stimulus);
    }),
  ],
  [
    'uninstall-answers-one-user',
    'Of several users that wait for a canister that is uninstalled only one is told.',
    ['uninstall/rejects-open-calls', 'call-contexts/one-response', 'call-contexts/starvation-without-response'],
    part('stimuli', 'uninstall', (uninstall) => (machine, stimulus) => {
      const open = [...(target(machine, stimulus)?.contexts.values() ?? [])];
      const waiting = open.filter(({ needsToRespond, origin }) => needsToRespond && origin.kind === 'user');
      for (const context of waiting.slice(1)) context.needsToRespond = false;
      const outcome = uninstall(machine, stimulus);
      // Who may not uninstall changes nothing.
      for (const context of waiting.slice(1)) if (!context.deleted) context.needsToRespond = true;
      return outcome;
    }),
  ],
  [
    'answers-after-uninstall-fill-queues',
    'Calls of before an uninstallation stay in the queues of the code that is installed next.',
    ['calls/perform-result', 'calls/perform-may-fail', 'profile/queue-capacity'],
    part('choices', 'deliver', (deliver) => (machine, choice) => {
      const message = machine.subnet.messages.get(choice.message);
      deliver(machine, choice);
      if (message?.kind !== 'response') return;
      const { context, caller, callee } = message.call;
      if (context.deleted && caller.instance !== undefined)
        caller.outstanding.set(callee, (caller.outstanding.get(callee) ?? 0) + 1);
    }),
  ],
  [
    'inspection-sees-old-variables',
    'An inspection sees the environment variables that there were when the same code inspected a message first.',
    ['environment-variables/name-exists'],
    systemCall('env_var_name_exists', (exists) => (execution, ...args) => {
      const { canister, instance, letter } = execution;
      if (letter !== 'F') return exists(execution, ...args);
      const { settings } = canister;
      const seen = inspected.get(instance) ?? settings.environmentVariables;
      inspected.set(instance, seen);
      canister.settings = { ...settings, environmentVariables: seen };
      try {
        return exists(execution, ...args);
      } finally {
        canister.settings = settings;
      }
    }),
  ],
  [
    'refused-settings-set-threshold',
    'Of settings that are refused for what the canister uses the threshold of the Wasm memory is set all the same.',
    ['management/settings-invalid-rejected', 'on-low-wasm-memory/falls-below', 'on-low-wasm-memory/armed-again'],
    part('stimuli', 'update-settings', (update) => (machine, stimulus) => {
      const outcome = update(machine, stimulus);
      const canister = target(machine, stimulus);
      const { wasmMemoryThreshold } = stimulus.settings;
      const refused = outcome.kind === 'responded' && outcome.response.kind === 'reject';
      const mayAsk = canister !== undefined && machine.assembly.isController(canister, stimulus.sender);
      if (refused && mayAsk && wasmMemoryThreshold !== undefined && wasmMemoryThreshold < 1n << 48n)
        canister.settings = { ...canister.settings, wasmMemoryThreshold };
      return outcome;
    }),
  ],
  [
    'delete-running',
    'A canister that is not stopped can be deleted.',
    ['management/delete-needs-stopped'],
    part('stimuli', 'delete', (remove) => (machine, stimulus) => {
      const canister = target(machine, stimulus);
      if (canister !== undefined && machine.assembly.isController(canister, stimulus.sender))
        canister.status = 'stopped';
      return remove(machine, stimulus);
    }),
  ],
  [
    'expired-context-answers-twice',
    'After SYS_UNKNOWN the response of the callee is delivered as well.',
    [
      'expiry/bounded-wait-only',
      'expiry/one-response',
      'expiry/late-response-dropped',
      'calls/best-effort-one-response',
    ],
    part('choices', 'expire-context', (expire) => (machine, choice) => {
      const context = machine.subnet.contexts.get(choice.context);
      expire(machine, choice);
      if (context?.origin.kind === 'canister') context.origin.call.expired = false;
    }),
  ],
  [
    'low-memory-hook-never-ready',
    'The low-memory hook is never scheduled.',
    ['on-low-wasm-memory/falls-below', 'on-low-wasm-memory/edge-or-level'],
    entry('judgeLowMemory', () => () => undefined),
  ],
  [
    'stopping-canister-has-enough-memory',
    'The low-memory condition is judged in running canisters only, not after the callbacks of one that is stopping.',
    ['on-low-wasm-memory/falls-below', 'on-low-wasm-memory/armed-again', 'on-low-wasm-memory/frozen-then-unfrozen'],
    entry('judgeLowMemory', (judge) => (machine, canister) => {
      if (canister.status === 'running') judge(machine, canister);
    }),
  ],
  [
    'frozen-canister-has-enough-memory',
    'The low-memory condition is not judged while the canister is frozen, not even after its callbacks.',
    ['on-low-wasm-memory/falls-below', 'on-low-wasm-memory/armed-again', 'on-low-wasm-memory/frozen-then-unfrozen'],
    entry('judgeLowMemory', (judge) => (machine, canister) => {
      if (machine.fees.liquid(canister) >= 0n) judge(machine, canister);
    }),
  ],
  [
    'empty-canister-has-too-little-memory',
    'The low-memory condition is not judged without code: taking it away arms the hook for no other.',
    ['uninstall/removes-code-and-state', 'on-low-wasm-memory/armed-again', 'on-low-wasm-memory/falls-below'],
    entry('judgeLowMemory', (judge) => (machine, canister) => {
      if (canister.instance !== undefined) judge(machine, canister);
    }),
  ],
  [
    'started-while-stopping-forgets-timer',
    'A canister that is started before it has stopped has no timer any more.',
    ['global-timer/zero-deactivates', 'global-timer/runs-when-passed', 'stopping/started-cancels-stop'],
    part('stimuli', 'start', (start) => (machine, stimulus) => {
      const canister = target(machine, stimulus);
      const wasStopping = canister?.status === 'stopping';
      const outcome = start(machine, stimulus);
      if (canister?.status === 'running' && wasStopping) canister.globalTimer = 0n;
      return outcome;
    }),
  ],
  [
    'stop-of-empty-stops-again',
    'An empty canister that has stopped stops once more when it is asked to.',
    ['canister-version/by-stop', 'canister-version/by-stopped', 'stopping/already-stopped'],
    part('stimuli', 'stop', (stop) => (machine, stimulus) => {
      const canister = target(machine, stimulus);
      if (canister?.instance === undefined && canister?.status === 'stopped') canister.status = 'stopping';
      return stop(machine, stimulus);
    }),
  ],
  [
    'low-memory-hook-armed-once',
    'The low-memory hook is not armed again when there is memory enough.',
    ['on-low-wasm-memory/armed-again', 'on-low-wasm-memory/falls-below', 'on-low-wasm-memory/edge-or-level'],
    entry('judgeLowMemory', (judge) => (machine, canister) => {
      if (canister.hook !== 'executed') judge(machine, canister);
    }),
  ],
  [
    'low-memory-hook-lost-when-frozen',
    'A low-memory hook that is due is forgotten when its canister is frozen.',
    ['on-low-wasm-memory/falls-below', 'on-low-wasm-memory/frozen-waits', 'on-low-wasm-memory/frozen-then-unfrozen'],
    entry('judgeLowMemory', (judge) => (machine, canister) => {
      if (canister.hook === 'ready' && machine.fees.liquid(canister) < 0n) canister.hook = 'executed';
      else judge(machine, canister);
    }),
  ],
  [
    'wasm-memory-limit-ignored',
    'An update may leave the Wasm memory larger than its limit.',
    ['message-execution/wasm-memory-limit', 'message-execution/wasm-memory-limit-when'],
    part('endTests', 'wasmMemoryLimit', () => () => undefined),
  ],
  [
    'timer-does-not-clear',
    'The timer stays active when its function runs.',
    ['global-timer/deactivated-when-scheduled', 'atomicity/timer-stays-off', 'global-timer/previous-zero'],
    part('choices', 'global-timer', (run) => (machine, choice) => {
      const canister = machine.subnet.canisters.get(choice.canister);
      const due = canister?.globalTimer ?? 0n;
      run(machine, choice);
      if (canister?.globalTimer === 0n) canister.globalTimer = due;
    }),
  ],
  [
    'callback-judged-at-call',
    'call_new traps when the table has no function at the index of a callback.',
    [
      'callbacks/judged-at-response',
      'calls/callback-read-at-response',
      'callbacks/table-type',
      'calls/name-and-callee',
    ],
    systemCall('call_new', (begin) => (execution, ...args) => {
      const replyFun = args[4];
      const entries = execution.instance.tables()[0] ?? [];
      if (replyFun >= BigInt(entries.length)) begin(execution, Infinity, 1, 0, 0, 0n, 0n, 0n, 0n);
      begin(execution, ...args);
    }),
  ],
]);
