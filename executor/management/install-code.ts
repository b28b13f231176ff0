// spec-shaped: install, reinstall and upgrade, all or nothing — abstract-behavior.md#ic-management-canister-code-installation, #ic-management-canister-code-upgrade
import { blobOf, principalBytes } from '../blob.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { ExecutionRecord, StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import { memorySizes } from '../cycles.js';
import type { Execution } from '../execution.js';
import { CanisterInstance } from '../instance.js';
import { InvalidModule } from '../instrument/bytes.js';
import type { CompiledModule } from '../instrument/compile.js';
import type { Machine } from '../machine.js';
import type { StableMemory } from '../memory/stable-memory.js';
import { charge, credit, type Blob, type Canister } from '../state.js';
import { executeMessage } from '../transitions/message-execution.js';
import type { CanisterTrap } from '../trap.js';
import { asController, refused, REPLIED } from './access.js';

type Install = Extract<Stimulus, { kind: 'install' }>;

/** What an installation changes in place, as it was before. */
interface BeforeInstall {
  readonly canister: Canister;
  readonly instance: CanisterInstance | undefined;
  readonly stable: StableMemory;
  readonly certifiedData: Blob;
  readonly globalTimer: bigint;
  readonly version: bigint;
  readonly log: readonly Blob[];
  /** Executions that returned. */
  readonly executions: Execution[];
}

/** A step that undoes one thing of a failed installation. */
export type UndoInstallStep = (before: BeforeInstall) => void;

export const UNDO_INSTALL_ORDER = [
  'instance',
  'wasmMemory',
  'globals',
  'tables',
  'wasmSize',
  'stableMemory',
  'certifiedData',
  'globalTimer',
  'burned',
  'version',
] as const;

/** The old instance is there again first: pre_upgrade ran in it. */
export const standardUndoInstall: Readonly<Record<(typeof UNDO_INSTALL_ORDER)[number], UndoInstallStep>> = {
  instance: ({ canister, instance }) => {
    canister.instance = instance;
  },
  wasmMemory: ({ instance }) => instance?.memory?.undoWrites(),
  globals: ({ instance }) => instance?.undoGlobals(),
  tables: ({ instance }) => {
    if (instance?.undoTables() === true) instance.recreate();
  },
  wasmSize: ({ instance }) => instance?.undoSize(),
  stableMemory: ({ canister, stable }) => {
    canister.stable = stable;
    stable.undoWrites();
    stable.undoSize();
  },
  certifiedData: ({ canister, certifiedData }) => {
    canister.certifiedData = certifiedData;
  },
  globalTimer: ({ canister, globalTimer }) => {
    canister.globalTimer = globalTimer;
  },
  burned: ({ canister, executions }) => {
    for (const { burned } of executions) canister.balance += burned;
  },
  version: ({ canister, version }) => {
    canister.version = version;
  },
};

/** Why the installation ends before anything is charged. */
function refusal(
  machine: Machine,
  canister: Canister,
  stimulus: Install,
  compiled: CompiledModule,
): RejectCause | undefined {
  const old = canister.instance?.compiled;
  const persistence = stimulus.wasmMemoryPersistence;
  if (stimulus.mode === 'upgrade' && old !== undefined) {
    if (old.canister.orthogonalPersistence && persistence === undefined) return 'invalid-module';
    if (persistence === 'keep') {
      if (!compiled.canister.orthogonalPersistence) return 'invalid-module';
      if (old.canister.width !== compiled.canister.width) return 'invalid-module';
    }
  }
  if (machine.fees.liquid(canister) < machine.fees.maxInstall(compiled.canister.width)) return 'frozen';
  return undefined;
}

/** Runs the steps of one installation on one counter. */
class Installation {
  used = 0n;
  private last: number | undefined;
  private readonly machine: Machine;
  private readonly canister: Canister;
  private readonly stimulus: Install;
  readonly before: BeforeInstall;

  constructor(machine: Machine, canister: Canister, stimulus: Install) {
    this.machine = machine;
    this.canister = canister;
    this.stimulus = stimulus;
    const { instance, stable, certifiedData, globalTimer, version, log } = canister;
    this.before = { canister, instance, stable, certifiedData, globalTimer, version, log, executions: [] };
    stable.begin();
  }

  /** Runs a function of an instance, if there is one. @returns its trap */
  private step(
    instance: CanisterInstance,
    entryPoint: EntryPoint,
    index: number | undefined,
    arg: boolean,
  ): CanisterTrap | undefined {
    if (index === undefined) return undefined;
    const { machine, canister, stimulus } = this;
    const { execution, trap, instructions } = executeMessage(machine, {
      input: {
        entryPoint,
        canister,
        instance,
        caller: principalBytes(stimulus.sender),
        arg: arg ? blobOf(stimulus.arg) : new Uint8Array(0),
        limit: machine.options.profile.limits.installInstructions - this.used,
      },
      run: (running) => instance.run(index, running),
      keep: 'undecided',
    });
    this.used += instructions;
    this.last = machine.log.executions.length - 1;
    this.before.executions.push(execution);
    return trap;
  }

  /** The old code's chance to clean up. */
  preUpgrade(): CanisterTrap | undefined {
    const { instance } = this.canister;
    if (instance === undefined || this.stimulus.mode !== 'upgrade' || this.stimulus.skipPreUpgrade === true)
      return undefined;
    return this.step(
      instance,
      'canister_pre_upgrade',
      instance.compiled.canister.system.get('canister_pre_upgrade'),
      false,
    );
  }

  /** The new instance, over a copy of the kept memory. @returns undefined where that is too large, or has no place */
  replace(compiled: CompiledModule): CanisterInstance | undefined {
    const { canister, machine, stimulus } = this;
    const { assembly } = machine;
    const old = canister.instance;
    const keeps = stimulus.mode === 'upgrade' && stimulus.wasmMemoryPersistence === 'keep';
    const memory = keeps ? old?.memory : undefined;
    const kept = memory?.pages ?? 0n;
    if (memory !== undefined && (compiled.memory === undefined || kept > compiled.memory.allowed)) return undefined;
    const initial = compiled.memory?.initial ?? 0n;
    const instance = new CanisterInstance(compiled, assembly, machine.options.profile, kept > initial ? kept : initial);
    if (memory !== undefined) instance.copyIn(memory);
    if (stimulus.mode !== 'upgrade') {
      canister.stable = assembly.newStableMemory();
      canister.stable.begin();
      canister.certifiedData = new Uint8Array(0);
    }
    canister.globalTimer = 0n;
    canister.version += assembly.versionIncrements.install ?? 0n;
    canister.instance = instance;
    return instance;
  }

  /** The new code: instantiation, start, then init or post_upgrade. */
  newCode(instance: CanisterInstance): CanisterTrap | undefined {
    const failed = instance.instantiate();
    if (failed !== undefined) return failed;
    const trap = this.step(instance, 'start', instance.compiled.decoded.start, false);
    if (trap !== undefined) return trap;
    const entryPoint = this.stimulus.mode === 'upgrade' ? 'canister_post_upgrade' : 'canister_init';
    return this.step(instance, entryPoint, instance.compiled.canister.system.get(entryPoint), true);
  }

  /** The record of the last step says that it trapped after all. */
  trapLast(trap: CanisterTrap): void {
    const { executions } = this.machine.log;
    if (this.last === undefined) return;
    const record = executions[this.last];
    if (record === undefined) throw new Crash('an installation step without record');
    executions[this.last] = {
      ...record,
      outcome: { kind: 'trapped', trap: trap.kind, detail: trap.detail },
      accepted: 0n as ExecutionRecord['accepted'],
      burned: 0n as ExecutionRecord['burned'],
    };
  }

  undo(): void {
    const { assembly } = this.machine;
    const failed = this.canister.instance;
    for (const step of assembly.undoInstallOrder) assembly.undoInstall[step](this.before);
    this.before.stable.commit();
    this.discard(failed);
  }

  /** What no canister runs on any more can be used again. */
  private discard(instance: CanisterInstance | undefined): void {
    if (instance !== this.canister.instance) instance?.memory?.release?.();
  }

  /** Only what this installation logged stays; where it fails the old records stay too. */
  private purgeLog(): void {
    const old = new Set(this.before.log);
    this.canister.log = this.canister.log.filter((record) => !old.has(record));
  }

  commit(instance: CanisterInstance): void {
    this.discard(this.before.instance);
    instance.memory?.commit();
    instance.commitGlobals();
    instance.commitTables();
    instance.promote();
    this.canister.stable.commit();
    if (this.stimulus.mode !== 'upgrade') this.purgeLog();
    for (const { burned } of this.before.executions) this.machine.subnet.totals.burned += burned;
  }
}

/** Runs all steps. @returns the cause of the failure */
function carryOut(
  machine: Machine,
  installation: Installation,
  compiled: CompiledModule,
  givenBack: () => bigint,
): RejectCause | undefined {
  const { canister } = installation.before;
  const { endTests } = machine.assembly;
  if (installation.preUpgrade() !== undefined) return 'install-trapped';
  const instance = installation.replace(compiled);
  if (instance === undefined) return 'invalid-module';
  if (installation.newCode(instance) !== undefined) return 'install-trapped';

  // Both tests once, after the last step.
  const trap =
    endTests.insufficientCycles(machine.fees, canister, givenBack(), memorySizes(canister)) ??
    endTests.wasmMemoryLimit(canister);
  if (trap !== undefined) {
    installation.trapLast(trap);
    return 'install-trapped';
  }
  installation.commit(instance);
  return undefined;
}

/** Installs code. */
export function install(machine: Machine, stimulus: Install): StimulusOutcome {
  return asController(machine, stimulus, (canister) => {
    const { subnet, fees } = machine;
    if (stimulus.mode === 'install' && canister.instance !== undefined) return refused(machine, 'not-empty');
    if (stimulus.mode === 'upgrade' && canister.instance === undefined) return refused(machine, 'empty-canister');
    const uploaded = machine.options.modules[stimulus.module];
    if (uploaded === undefined) throw new Crash(`there is no module ${stimulus.module}`);
    let compiled: CompiledModule;
    try {
      compiled = machine.modules.get(uploaded);
    } catch (error) {
      if (error instanceof InvalidModule) return refused(machine, 'invalid-module');
      throw error;
    }
    const cause = refusal(machine, canister, stimulus, compiled);
    if (cause !== undefined) return refused(machine, cause);

    // Withdrawn for all steps together; what is not used is given back, after success and after a trap alike.
    const { width } = compiled.canister;
    const most = fees.maxInstall(width);
    canister.balance -= most;
    const installation = new Installation(machine, canister, stimulus);
    const cost = () => fees.messageExecution + fees.instructions(width, installation.used);
    const failure = carryOut(machine, installation, compiled, () => most - cost());
    if (failure !== undefined) installation.undo();
    canister.balance += cost();
    charge(subnet, canister, cost());
    credit(subnet, canister, most - cost());
    if (failure !== undefined) return refused(machine, failure);
    machine.assembly.judgeLowMemory(machine, canister);
    return REPLIED;
  });
}
