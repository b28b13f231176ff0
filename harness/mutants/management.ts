// table: mutants of management calls, settings, time and what follows from them — management-canister.md, abstract-behavior.md
import { memorySizes } from '../../executor/cycles.js';
import type { Machine } from '../../executor/machine.js';
import type { Canister } from '../../executor/state.js';
import type { Limits } from '../../spec/profiles/profile.js';
import type { Cycles, Hex } from '../../spec/vocabulary/brands.js';
import type { StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { InstallMode, Settings, Stimulus, StimulusKind } from '../../spec/vocabulary/scenario.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import { entry, executorMutants, part, type Override } from './mutant.js';

type Of<K extends StimulusKind> = Extract<Stimulus, { kind: K }>;

/** What a management stimulus is about. */
const target = (machine: Machine, { canister }: { readonly canister: Canister['id'] }) =>
  machine.subnet.canisters.get(canister);

type Keeper = 'install' | 'uninstall' | 'update-settings';

/** Carries out a stimulus, and afterwards puts fields of its canister back to what they were. */
const keeping = <K extends Keeper>(
  kind: K,
  fields: readonly (keyof Canister)[],
  applies: (stimulus: Of<K>) => boolean = () => true,
): Override =>
  entry('stimuli', (all) => {
    const run = all[kind] as (machine: Machine, stimulus: Of<K>) => StimulusOutcome;
    const faulty = (machine: Machine, stimulus: Of<K>): StimulusOutcome => {
      const before = { ...target(machine, stimulus) };
      const outcome = run(machine, stimulus);
      const after = target(machine, stimulus);
      if (after !== undefined && applies(stimulus)) {
        Object.assign(after, Object.fromEntries(fields.map((field) => [field, before[field]])));
      }
      return outcome;
    };
    return { ...all, [kind]: faulty };
  });

/** Changes what settings are asked for. */
const changing = (change: (settings: Settings, canister: Canister | undefined) => Settings) =>
  part(
    'stimuli',
    'update-settings',
    (update) => (machine, stimulus) =>
      update(machine, { ...stimulus, settings: change(stimulus.settings, target(machine, stimulus)) }),
  );

const pagesOfItsWidth = ({ wasm32Pages, wasm64Pages }: Limits, canister: Canister) =>
  canister.instance?.width === 'i64' ? wasm64Pages : wasm32Pages;

/** Judges the low-memory condition with another rule for what remains. */
const judging = (
  falls: (remaining: bigint, canister: Canister) => boolean,
  used = wasmBytes,
  pages: (limits: Limits, canister: Canister) => bigint = pagesOfItsWidth,
) =>
  entry('judgeLowMemory', () => (machine, canister) => {
    const { wasmMemoryLimit } = canister.settings;
    const most = pages(machine.options.profile.limits, canister) * BigInt(WASM_PAGE_BYTES);
    const limit = wasmMemoryLimit > 0n ? wasmMemoryLimit : most;
    const remaining = limit > used(canister) ? limit - used(canister) : 0n;
    if (!falls(remaining, canister)) canister.hook = 'condition-not-satisfied';
    else if (canister.hook === 'condition-not-satisfied') canister.hook = 'ready';
  });

/** Does something while the smallest limit of the Wasm memory counts as none. */
function withoutSmallestLimit<T>(canister: Canister, act: () => T): T {
  const { settings } = canister;
  if (settings.wasmMemoryLimit === 1n) canister.settings = { ...settings, wasmMemoryLimit: 0n };
  const result = act();
  canister.settings = settings;
  return result;
}

const wasmBytes = (canister: Canister) => memorySizes(canister).wasmPages * BigInt(WASM_PAGE_BYTES);
const HOOK = ['on-low-wasm-memory/falls-below', 'on-low-wasm-memory/edge-or-level'];
const VERSION = 'profile/version';

/** Installs something else than what was asked for. */
const installing = (change: (stimulus: Of<'install'>) => Of<'install'>) =>
  part('stimuli', 'install', (install) => (machine, stimulus) => install(machine, change(stimulus)));

/** One mode of installing is taken for another. */
const installsAs = (asked: InstallMode, done: InstallMode) =>
  installing((stimulus) => (stimulus.mode === asked ? { ...stimulus, mode: done } : stimulus));

/** One way to treat the Wasm memory in an upgrade is taken for the other. */
const persistsAs = (asked: 'keep' | 'replace', done: 'keep' | 'replace') =>
  installing((stimulus) =>
    stimulus.wasmMemoryPersistence === asked ? { ...stimulus, wasmMemoryPersistence: done } : stimulus,
  );

export const management = [
  ...executorMutants('lifecycle', [
    [
      'hook-counts-stable-memory',
      'The low-memory condition counts the stable memory as well.',
      [...HOOK, 'on-low-wasm-memory/not-above'],
      judging(
        (remaining, { settings }) => remaining < settings.wasmMemoryThreshold,
        (canister) => wasmBytes(canister) + memorySizes(canister).stablePages * BigInt(WASM_PAGE_BYTES),
      ),
    ],
    [
      'hook-at-the-threshold',
      'The low-memory hook is ready when exactly the threshold remains.',
      [...HOOK, 'on-low-wasm-memory/not-above', 'on-low-wasm-memory/default-threshold-zero'],
      judging(
        (remaining, { settings }) => remaining <= settings.wasmMemoryThreshold && settings.wasmMemoryThreshold > 0n,
      ),
    ],
    [
      'hook-needs-a-limit',
      'Without a limit of the Wasm memory the low-memory hook is never ready.',
      HOOK,
      judging((remaining, { settings }) => settings.wasmMemoryLimit > 0n && remaining < settings.wasmMemoryThreshold),
    ],
    [
      'hook-takes-limit-of-32-bits-for-64',
      'Without a limit of its own, as little of a 64-bit memory remains as would of one with 32 bits.',
      HOOK,
      judging(
        (remaining, { settings }) => remaining < settings.wasmMemoryThreshold,
        wasmBytes,
        ({ wasm32Pages }) => wasm32Pages,
      ),
    ],
    [
      'hook-takes-smallest-limit-for-none',
      'The low-memory condition takes a limit of one byte for no limit.',
      [...HOOK, 'on-low-wasm-memory/not-above'],
      entry('judgeLowMemory', (judge) => (machine, canister) => {
        withoutSmallestLimit(canister, () => {
          judge(machine, canister);
        });
      }),
    ],
    [
      'hook-threshold-is-of-usage',
      'The low-memory hook is ready when more than the threshold is in use.',
      [...HOOK, 'on-low-wasm-memory/not-above'],
      judging(
        (_, canister) =>
          wasmBytes(canister) > canister.settings.wasmMemoryThreshold && canister.settings.wasmMemoryThreshold > 0n,
      ),
    ],
    [
      'hook-not-judged-by-settings',
      'A change of the settings does not judge the low-memory condition.',
      HOOK,
      keeping('update-settings', ['hook']),
    ],
    [
      'hook-not-judged-by-install',
      'An installation does not judge the low-memory condition.',
      HOOK,
      keeping('install', ['hook']),
    ],
    [
      'hook-runs-at-every-level',
      'The low-memory hook is ready again after each execution, as long as the memory is low.',
      ['on-low-wasm-memory/once-per-fall', 'on-low-wasm-memory/armed-again', ...HOOK],
      entry('judgeLowMemory', (judge) => (machine, canister) => {
        if (canister.hook === 'executed') canister.hook = 'condition-not-satisfied';
        judge(machine, canister);
      }),
    ],
    [
      'uninstall-keeps-certified-data',
      'Uninstalling keeps the certified data.',
      ['uninstall/removes-code-and-state'],
      keeping('uninstall', ['certifiedData']),
    ],
    [
      'uninstall-keeps-timer',
      'Uninstalling keeps the global timer.',
      ['global-timer/deactivated-by-uninstall'],
      keeping('uninstall', ['globalTimer']),
    ],
    [
      'uninstall-keeps-log',
      'Uninstalling keeps the log.',
      ['uninstall/clears-logs', 'uninstall/removes-code-and-state'],
      keeping('uninstall', ['log']),
    ],
    [
      'uninstall-does-not-count',
      'Uninstalling does not increment the version.',
      ['canister-version/by-uninstall', VERSION],
      keeping('uninstall', ['version']),
    ],
    [
      'uninstall-resets-settings',
      'Uninstalling forgets the freezing threshold and the environment variables.',
      [
        'uninstall/keeps-balance-and-settings',
        'profile/idle-fee',
        'freezing/liquid-balance',
        'environment-variables/count',
      ],
      part('stimuli', 'uninstall', (uninstall) => (machine, stimulus) => {
        const outcome = uninstall(machine, stimulus);
        const canister = target(machine, stimulus);
        if (canister?.instance === undefined && canister !== undefined)
          canister.settings = { ...canister.settings, freezingThreshold: 0n, environmentVariables: [] };
        return outcome;
      }),
    ],
    [
      'uninstall-runs-callbacks-of-new-code',
      'After uninstalling, callbacks of the old calls run in code that is installed later.',
      ['calls/reject-callback', 'calls/reply-callback', 'uninstall/no-callbacks', 'call-contexts/deleted-no-callback'],
      part('stimuli', 'uninstall', (uninstall) => (machine, stimulus) => {
        const open = [...(target(machine, stimulus)?.contexts.values() ?? [])];
        const outcome = uninstall(machine, stimulus);
        for (const context of open) context.deleted = false;
        return outcome;
      }),
    ],
    [
      'reinstall-keeps-stable-memory',
      'Reinstalling keeps the stable memory.',
      ['management/reinstall-clears', 'stable-memory/initially-empty'],
      keeping('install', ['stable'], ({ mode }) => mode === 'reinstall'),
    ],
    [
      'reinstall-clears-log',
      'Reinstalling clears the log.',
      ['profile/log', 'debugging-aids/print-logs', 'atomicity/log-of-trap'],
      part('stimuli', 'install', (install) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        if (canister !== undefined && stimulus.mode === 'reinstall') canister.log = [];
        return install(machine, stimulus);
      }),
    ],
    [
      'upgrade-clears-stable-memory',
      'An upgrade begins with an empty stable memory.',
      [
        'stable-memory/grow-previous',
        'upgrades/stable-memory-kept',
        'stable-memory/kept-by-upgrade',
        'atomicity/upgrade',
        'stable-memory/size',
      ],
      part('stimuli', 'install', (install) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        if (canister !== undefined && stimulus.mode === 'upgrade') canister.stable = machine.assembly.newStableMemory();
        return install(machine, stimulus);
      }),
    ],
    [
      'reinstall-is-install',
      'Reinstalling is refused where there is code.',
      [
        'management/install-needs-empty',
        'management/reinstall-clears',
        'initialization/init-runs-first',
        'management/invalid-module-rejected',
        'wasm/start',
      ],
      installsAs('reinstall', 'install'),
    ],
    [
      'install-is-reinstall',
      'Installing replaces code that is there.',
      [
        'management/install-needs-empty',
        'initialization/init-runs-first',
        'wasm/start',
        'management/invalid-module-rejected',
      ],
      installsAs('install', 'reinstall'),
    ],
    [
      'keep-replaces',
      'wasm_memory_persistence keep replaces the Wasm memory.',
      [
        'management/invalid-module-rejected',
        'upgrades/wasm-memory-kept',
        'upgrades/wasm-memory-replaced',
        'wasm/start',
        'management/keep-needs-section',
      ],
      persistsAs('keep', 'replace'),
    ],
    [
      'replace-keeps',
      'wasm_memory_persistence replace keeps the Wasm memory.',
      [
        'upgrades/wasm-memory-replaced',
        'upgrades/wasm-memory-kept',
        'wasm/start',
        'management/keep-needs-section',
        'management/invalid-module-rejected',
      ],
      persistsAs('replace', 'keep'),
    ],
    [
      'stop-does-not-count',
      'stop_canister does not increment the version.',
      ['canister-version/by-stop', VERSION],
      part('stimuli', 'stop', (stop) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        const before = canister?.version ?? 0n;
        const outcome = stop(machine, stimulus);
        if (canister !== undefined) canister.version = before;
        return outcome;
      }),
    ],
    [
      'stopped-does-not-count',
      'The end of stopping does not increment the version.',
      ['canister-version/by-stopped', 'canister-version/by-stop', VERSION],
      part('bookkeeping', 'stopped', (stopped) => (machine) => {
        const stopping = [...machine.subnet.canisters.values()].filter(({ status }) => status === 'stopping');
        const changed = stopped(machine);
        for (const canister of stopping) if (canister.status === 'stopped') canister.version -= 1n;
        return changed;
      }),
    ],
    [
      'settings-do-not-count',
      'A change of the settings does not increment the version.',
      ['canister-version/by-update-settings', VERSION],
      keeping('update-settings', ['version']),
    ],
    [
      'deposit-counts',
      'A deposit increments the version.',
      ['canister-version/by-balance', VERSION],
      part('stimuli', 'deposit', (deposit) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        if (canister !== undefined) canister.version += 1n;
        return deposit(machine, stimulus);
      }),
    ],
    [
      'timer-does-not-count',
      "The global timer's execution does not increment the version.",
      ['canister-version/by-global-timer', VERSION],
      part('versionIncrements', 'canister_global_timer', () => 0n),
    ],
    [
      'hook-does-not-count',
      'The low-memory hook does not increment the version.',
      ['canister-version/by-hook-and-snapshot', VERSION],
      part('versionIncrements', 'canister_on_low_wasm_memory', () => 0n),
    ],
    [
      'replicated-query-does-not-count',
      'A replicated query does not increment the version.',
      ['canister-version/by-replicated-query', VERSION],
      part('versionIncrements', 'canister_query replicated', () => 0n),
    ],
    [
      'stop-of-stopped-never-ends',
      'Stopping a canister that is stopped already is never answered.',
      ['stopping/already-stopped', 'stopping/stopped-without-contexts'],
      part('stimuli', 'stop', (stop) => (machine, stimulus) => {
        const outcome = stop(machine, stimulus);
        machine.log.ended.length = 0;
        return outcome;
      }),
    ],
    [
      'start-leaves-stop-requests',
      'start_canister leaves the pending stop requests.',
      ['stopping/started-cancels-stop', 'stopping/stopped-without-contexts'],
      part('stimuli', 'start', (start) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        const pending = canister?.stopping ?? [];
        if (canister !== undefined && machine.assembly.isController(canister, stimulus.sender)) canister.stopping = [];
        const outcome = start(machine, stimulus);
        if (canister !== undefined) canister.stopping = pending;
        return outcome;
      }),
    ],
    [
      'start-of-stopping-does-nothing',
      'start_canister has no effect while the canister is stopping.',
      ['stopping/started-cancels-stop', 'stopping/start-running', 'canister-version/by-start'],
      part('stimuli', 'start', (start) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        const stopping = canister?.status === 'stopping' && machine.assembly.isController(canister, stimulus.sender);
        return stopping
          ? { kind: 'responded', response: { kind: 'reply', data: '' as Hex } }
          : start(machine, stimulus);
      }),
    ],
    [
      'smallest-memory-limit-is-none',
      'Execution and installation take a limit of one byte for no limit.',
      ['message-execution/wasm-memory-limit', 'message-execution/wasm-memory-limit-when', 'management/install-atomic'],
      part('endTests', 'wasmMemoryLimit', (test) => (canister) => withoutSmallestLimit(canister, () => test(canister))),
    ],
    [
      'memory-limit-exclusive',
      'A Wasm memory of exactly its limit is too large.',
      ['message-execution/wasm-memory-limit', 'message-execution/wasm-memory-limit-when'],
      part('endTests', 'wasmMemoryLimit', (test) => (canister) => {
        const { settings } = canister;
        const { wasmMemoryLimit } = settings;
        if (wasmMemoryLimit !== wasmBytes(canister) || wasmMemoryLimit === 0n) return test(canister);
        canister.settings = { ...settings, wasmMemoryLimit: wasmMemoryLimit - 1n };
        const trap = test(canister);
        canister.settings = settings;
        return trap;
      }),
    ],
    [
      'settings-add-controllers',
      'Controllers are added to those that there are.',
      ['management/settings-keep-others', 'management/controllers-only', 'controller-check/is-controller'],
      changing((settings, canister) =>
        settings.controllers === undefined
          ? settings
          : {
              ...settings,
              controllers: [...new Set([...(canister?.settings.controllers ?? []), ...settings.controllers])],
            },
      ),
    ],
    [
      'settings-reset-freezing-threshold',
      'A change of the settings that does not name the freezing threshold sets it to 0.',
      [
        'message-execution/balance-suffices',
        'management/settings-keep-others',
        'freezing/liquid-balance',
        'freezing/limit-by-threshold',
        'profile/freezing-limit',
      ],
      changing((settings) => ({ freezingThreshold: 0n, ...settings })),
    ],
    [
      'settings-reset-environment',
      'A change of the settings that does not name environment variables removes them.',
      ['management/settings-keep-others', 'environment-variables/count', 'environment-variables/name-exists'],
      changing((settings) => ({ environmentVariables: [], ...settings })),
    ],
    [
      'settings-keep-old-environment',
      'Environment variables that are not named again stay.',
      ['environment-variables/count', 'environment-variables/name-exists', 'management/settings-keep-others'],
      changing((settings, canister) => {
        const given = settings.environmentVariables;
        if (given === undefined) return settings;
        const old =
          canister?.settings.environmentVariables.filter(({ name }) => !given.some((one) => one.name === name)) ?? [];
        return {
          ...settings,
          environmentVariables: [
            ...old.map(({ name, value }) => ({ name, value: new TextDecoder().decode(value) })),
            ...given,
          ],
        };
      }),
    ],
    [
      'eleven-controllers',
      'A canister may have one controller more than the limit.',
      ['management/settings-controllers-max', 'management/settings-invalid-rejected'],
      changing((settings, canister) =>
        settings.controllers === undefined || canister === undefined
          ? settings
          : { ...settings, controllers: settings.controllers.slice(0, Math.max(10, settings.controllers.length - 1)) },
      ),
    ],
    [
      'compute-allocation-capped',
      'A compute allocation above 100 is taken for 100.',
      ['management/settings-invalid-rejected'],
      changing((settings) =>
        (settings.computeAllocation ?? 0n) > 100n ? { ...settings, computeAllocation: 100n } : settings,
      ),
    ],
    [
      'memory-limit-below-usage-ignored',
      'A limit of the Wasm memory below its size is not refused but ignored.',
      ['management/settings-invalid-rejected', 'canister-version/by-update-settings', VERSION],
      changing((settings, canister) => {
        const { wasmMemoryLimit, ...rest } = settings;
        const refused =
          wasmMemoryLimit !== undefined &&
          canister !== undefined &&
          wasmMemoryLimit > 0n &&
          wasmMemoryLimit < wasmBytes(canister);
        return refused ? rest : settings;
      }),
    ],
    [
      'allocation-may-freeze',
      'An allocation that freezes the canister is not refused.',
      ['management/settings-invalid-rejected', 'freezing/liquid-balance', 'canister-version/by-update-settings'],
      part('stimuli', 'update-settings', (update) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        if (canister === undefined) return update(machine, stimulus);
        const { balance } = canister;
        canister.balance = (1n << 128n) - 1n;
        const outcome = update(machine, stimulus);
        canister.balance = balance;
        return outcome;
      }),
    ],
    [
      'first-controller-of-new-canister-only',
      'A new canister gets only the first of its controllers.',
      ['management/create-controller', 'management/controllers-only', 'controller-check/is-controller'],
      part('stimuli', 'create', (create) => (machine, stimulus) => {
        const { controllers } = stimulus.settings;
        return create(
          machine,
          controllers === undefined
            ? stimulus
            : { ...stimulus, settings: { ...stimulus.settings, controllers: controllers.slice(0, 1) } },
        );
      }),
    ],
    [
      'deleted-canister-answers',
      'A canister that was deleted is still there, stopped.',
      ['management/delete-discards', 'calls/missing-canister', 'cycles/conserved'],
      part('stimuli', 'delete', (remove) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        const outcome = remove(machine, stimulus);
        if (canister !== undefined) machine.subnet.canisters.set(canister.id, canister);
        return outcome;
      }),
    ],
    [
      'time-capped',
      'Time goes on by at most an hour at once.',
      ['global-timer/runs-when-passed', 'time/nanoseconds', 'profile/idle-fee'],
      part(
        'stimuli',
        'advance-time',
        (advance) => (machine, stimulus) =>
          advance(machine, {
            ...stimulus,
            by: stimulus.by > 3_600_000_000_000n ? (3_600_000_000_000n as typeof stimulus.by) : stimulus.by,
          }),
      ),
    ],
  ]),
  ...executorMutants('cycles', [
    [
      'deposit-into-reserved',
      'A deposit goes to the reserved balance when there is one.',
      ['management/deposit-adds', 'cycles/balance'],
      part('stimuli', 'deposit', (deposit) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        const outcome = deposit(machine, stimulus);
        if (canister !== undefined && canister.reserved > 0n) {
          canister.balance -= stimulus.cycles;
          canister.reserved += stimulus.cycles;
        }
        return outcome;
      }),
    ],
    [
      'delete-leaves-reserved',
      'The reserved cycles of a deleted canister are not counted as lost.',
      ['management/delete-discards', 'cycles/conserved', 'profile/fees'],
      part('stimuli', 'delete', (remove) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        const outcome = remove(machine, stimulus);
        if (canister !== undefined && target(machine, stimulus) === undefined)
          machine.subnet.totals.lost -= canister.reserved;
        return outcome;
      }),
    ],
    [
      'idle-burn-by-whole-days',
      'Idle resources are paid for whole days only.',
      ['profile/idle-fee', 'freezing/idle-burn'],
      part('stimuli', 'advance-time', (advance) => (machine, stimulus) => {
        const { time } = machine.subnet;
        const day = 86_400_000_000_000n;
        const outcome = advance(machine, {
          ...stimulus,
          by: (stimulus.by - (stimulus.by % day)) as typeof stimulus.by,
        });
        machine.subnet.time = time + stimulus.by;
        return outcome;
      }),
    ],
    [
      'idle-burn-ignores-module',
      'The module does not count as memory in use.',
      ['profile/idle-fee', 'profile/freezing-limit', 'profile/fees', 'freezing/liquid-balance'],
      part(
        'charges',
        'idlePerDay',
        (charge) => (profile, canister, sizes) =>
          charge(profile, canister, { ...sizes, moduleBytes: sizes.moduleBytes > 0n ? 1n : 0n }),
      ),
    ],
    [
      'stopped-canister-pays-nothing',
      'A stopped canister pays nothing for its resources.',
      ['cycles/conserved', 'profile/idle-fee', 'freezing/idle-burn'],
      part('stimuli', 'advance-time', (advance) => (machine, stimulus) => {
        const stopped = [...machine.subnet.canisters.values()]
          .filter(({ status }) => status === 'stopped')
          .map((canister) => ({ canister, balance: canister.balance, reserved: canister.reserved }));
        const outcome = advance(machine, stimulus);
        for (const { canister, balance, reserved } of stopped) Object.assign(canister, { balance, reserved });
        return outcome;
      }),
    ],
    [
      'liquid-forgets-reserved',
      'The reserved balance does not count towards the freezing limit.',
      ['profile/fees', 'freezing/liquid-balance', 'profile/freezing-limit', 'freezing/reserved-not-spendable'],
      part(
        'stimuli',
        'create',
        (create) => (machine, stimulus) =>
          create(machine, {
            ...stimulus,
            reservedCycles: 0n as Cycles,
            cycles: (stimulus.cycles + stimulus.reservedCycles) as Cycles,
          }),
      ),
    ],
    [
      'failed-install-is-free',
      'An installation that traps is charged nothing.',
      [
        'initialization/failed-install-effects',
        'profile/install-fee',
        'cycles/conserved',
        'message-execution/trap-charges',
        'canister-concepts/failed-executions-charged',
      ],
      part('stimuli', 'install', (install) => (machine, stimulus) => {
        const canister = target(machine, stimulus);
        const balance = canister?.balance ?? 0n;
        const charged = machine.subnet.totals.charged;
        const outcome = install(machine, stimulus);
        if (canister !== undefined && outcome.kind === 'responded' && outcome.response.kind === 'reject') {
          canister.balance = balance;
          machine.subnet.totals.charged = charged;
        }
        return outcome;
      }),
    ],
  ]),
];
