// plumbing: an adapter in TypeScript — the suite's own executor as if it were somebody's replica, seen from outside
//
// As an adapter module, or as a program that speaks target-protocol@1:
//   npx ic0-conformance run --target ./dist/examples/adapters/executor.js
//   npx ic0-conformance run --target "stdio:node --stack-size=4000 dist/examples/adapters/executor.js"
import { pathToFileURL } from 'node:url';
import {
  canisterId,
  ENTRY_POINTS,
  executor,
  profileNamed,
  speak,
  STIMULUS_KINDS,
  TargetSkip,
  type CanisterStatus,
  type Capabilities,
  type Choice,
  type Ended,
  type Engine,
  type EntryPoint,
  type Principal,
  type Stimulus,
  type Submitted,
  type SubnetOptions,
  type Target,
  type TransitionRecord,
} from '../../harness/index.js'; // elsewhere: 'ic0-conformance'

/** A stimulus that causes more than this is left unfinished: canisters may call themselves for ever. */
const MOST_TRANSITIONS = 128;

class ExecutorTarget implements Target {
  readonly name = 'executor behind an adapter';
  readonly version = '1';
  readonly capabilities: Capabilities = {
    records: false,
    balances: false,
    time: true,
    reorders: false,
    widths: ['i32', 'i64'],
    stimuli: STIMULUS_KINDS,
    entryPoints: Object.keys(ENTRY_POINTS) as EntryPoint[],
    settlesPartly: true,
  };

  #engine: Engine | undefined;
  #created = 0;
  #ended: Ended[] = [];

  begin({ profile: name, time, modules }: SubnetOptions): undefined {
    this.close();
    const profile = profileNamed(name);
    if (profile === undefined) throw new TargetSkip(`there is no profile ${name} here`);
    this.#engine = executor({ profile, time, modules, trace: false });
  }

  submit(stimulus: Stimulus): Submitted {
    const { outcome, transition } = this.#running.submit(stimulus);
    this.#note(transition);
    const isMade = stimulus.kind === 'create' && outcome.kind === 'done';
    return isMade ? { outcome, canister: canisterId(this.#created++) } : { outcome };
  }

  settle(atMost = MOST_TRANSITIONS): readonly Ended[] {
    for (let taken = 0; taken < Math.min(atMost, MOST_TRANSITIONS); taken++) {
      const next = nextOf(this.#running.enabled());
      if (next === undefined) break;
      this.#note(this.#running.take(next));
    }
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  status(canister: Principal): CanisterStatus {
    const digest = this.#running.digest(canister);
    if (digest === undefined) return { exists: false };
    const { status, moduleHash } = digest;
    return { exists: true, status, ...(moduleHash !== undefined && { moduleHash }) };
  }

  close(): void {
    this.#engine?.dispose();
    this.#engine = undefined;
    this.#created = 0;
    this.#ended = [];
  }

  get #running(): Engine {
    if (this.#engine === undefined) throw new Error('asked before begin');
    return this.#engine;
  }

  #note({ ended }: TransitionRecord): void {
    this.#ended.push(...ended);
  }
}

/**
 * What a replica does by itself: the oldest message, call or response; else a hook, else a timer that is due. undefined: nothing is left.
 * It rejects and expires nothing, and runs no heartbeats.
 */
function nextOf(enabled: readonly Choice[]): Choice | undefined {
  const messages = enabled.filter((choice) => choice.kind === 'execute' || choice.kind === 'deliver');
  const [oldest] = messages.sort((a, b) => a.message - b.message);
  return (
    oldest ??
    enabled.find(({ kind }) => kind === 'low-wasm-memory') ??
    enabled.find(({ kind }) => kind === 'global-timer')
  );
}

export default (): Target => new ExecutorTarget();

const [, program] = process.argv;
if (program !== undefined && import.meta.url === pathToFileURL(program).href) await speak(new ExecutorTarget());
