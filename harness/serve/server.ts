// plumbing: a built-in engine behind target-protocol@1
import type { EngineFactory, Engine } from '../../spec/vocabulary/engine.js';
import { Crash, HostLimit } from '../../spec/vocabulary/engine.js';
import { ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import type { Nanoseconds, Principal } from '../../spec/vocabulary/brands.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import type { TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import { certificateOf, queryTree } from '../certificate.js';
import { statusOf } from '../status.js';
import type { CanisterStatus } from '../target.js';
import { choiceByPolicy } from '../scheduler/choices.js';
import { DEFAULT_POLICY } from '../scheduler/policy.js';
import {
  CHECKSUMS,
  PROTOCOL,
  STIMULUS_KINDS,
  type Answer,
  type Capabilities,
  type ChecksumKind,
  type Request,
  type RequestOf,
  type View,
} from '../protocol/messages.js';
import type { Ended } from '../target.js';

export interface ServerOptions {
  readonly name: string;
  readonly version: string;
  /** Show replies, rejects and status only, as a replica does. */
  readonly blackBox: boolean;
}

/** Answers requests one by one. The same requests give the same answers. */
export class Server {
  #engine: Engine | undefined;
  #created = 0;
  #time = 0n as Nanoseconds;
  #ended: Ended[] = [];
  #checksum: ChecksumKind = 'none';

  constructor(
    private readonly factory: EngineFactory,
    private readonly options: ServerOptions,
  ) {}

  /** What protects the lines after the handshake. */
  get checksum(): ChecksumKind {
    return this.#checksum;
  }

  /** Never throws: what the engine throws is the answer `errored`. */
  answer(request: Request): Answer {
    try {
      return this.#answer(request);
    } catch (error) {
      const context = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { seq: request.seq, is: 'errored', kind: error instanceof HostLimit ? 'host-limit' : 'crash', context };
    }
  }

  #answer(request: Request): Answer {
    const { seq } = request;
    switch (request.do) {
      case 'hello':
        return this.#hello(request);
      case 'begin':
        return this.#begin(request);
      case 'submit':
        return this.#submit(request);
      case 'take': {
        if (this.options.blackBox) return { seq, is: 'skipped', reason: 'choices are not shown' };
        return { seq, is: 'taken', view: this.#view(this.#noted(this.#running.take(request.choice))) };
      }
      case 'settle':
        return this.#settle(request);
      case 'status':
        return { seq, is: 'status', status: this.#status(request.canister) };
      case 'digest': {
        if (this.options.blackBox) return { seq, is: 'skipped', reason: 'digests are not shown' };
        const digest = this.#running.digest(request.canister);
        return { seq, is: 'digest', ...(digest && { digest }) };
      }
    }
  }

  #hello({ seq, protocol, checksums }: RequestOf<'hello'>): Answer {
    if (protocol !== PROTOCOL) {
      return { seq, is: 'errored', kind: 'crash', context: `this target speaks ${PROTOCOL}, not ${protocol}` };
    }
    this.#checksum = checksums.find((kind) => CHECKSUMS.includes(kind)) ?? 'none';
    const { name, version } = this.options;
    return {
      seq,
      is: 'welcome',
      protocol: PROTOCOL,
      target: { name, version },
      capabilities: this.#capabilities(),
      checksum: this.#checksum,
    };
  }

  #capabilities(): Capabilities {
    return {
      records: !this.options.blackBox,
      balances: !this.options.blackBox,
      time: true,
      reorders: false,
      widths: ['i32', 'i64'],
      stimuli: STIMULUS_KINDS,
      entryPoints: Object.keys(ENTRY_POINTS) as EntryPoint[],
      ...(this.options.blackBox && { settlesPartly: true }),
    };
  }

  #begin({ seq, profile: name, time, modules }: RequestOf<'begin'>): Answer {
    this.#dispose();
    const profile = profileNamed(name);
    if (profile === undefined) return { seq, is: 'skipped', reason: `there is no profile ${JSON.stringify(name)}` };
    const engine = this.factory({ profile, time, modules, trace: !this.options.blackBox });
    this.#engine = engine;
    this.#time = time;
    if (this.options.blackBox) return { seq, is: 'begun' };
    return { seq, is: 'begun', enabled: engine.enabled(), ledger: engine.ledger() };
  }

  #submit({ seq, stimulus }: RequestOf<'submit'>): Answer {
    const { outcome, transition } = this.#running.submit(this.#certified(stimulus));
    this.#noted(transition);
    if (stimulus.kind === 'advance-time') this.#time = (this.#time + stimulus.by) as Nanoseconds;
    return {
      seq,
      is: 'submitted',
      outcome,
      // What is refused has no id: the next canister gets it.
      ...(stimulus.kind === 'create' && outcome.kind === 'done' && { canister: canisterId(this.#created++) }),
      ...(!this.options.blackBox && { view: this.#view(transition) }),
    };
  }

  /** As the environment of a black box: a query comes with a certificate that shows the canister's certified data. */
  #certified(stimulus: Stimulus): Stimulus {
    if (!this.options.blackBox || stimulus.kind !== 'query' || stimulus.certificate !== undefined) return stimulus;
    const digest = this.#running.digest(stimulus.canister);
    if (digest === undefined) return stimulus;
    return { ...stimulus, certificate: certificateOf(queryTree(stimulus.canister, digest.certifiedData, this.#time)) };
  }

  /** By the default policy, as far as it goes or is to go. */
  #settle({ seq, atMost = DEFAULT_POLICY.transitionsPerStep }: RequestOf<'settle'>): Answer {
    for (let taken = 0; taken < Math.min(atMost, DEFAULT_POLICY.transitionsPerStep); taken++) {
      const choice = choiceByPolicy(DEFAULT_POLICY, this.#running.enabled());
      if (choice === undefined) break;
      this.#noted(this.#running.take(choice));
    }
    const ended = this.#ended;
    this.#ended = [];
    return { seq, is: 'settled', ended };
  }

  #noted(transition: TransitionRecord): TransitionRecord {
    this.#ended.push(...transition.ended);
    return transition;
  }

  #view(transition: TransitionRecord): View {
    return { transition, enabled: this.#running.enabled(), ledger: this.#running.ledger() };
  }

  #status(canister: Principal): CanisterStatus {
    const digest = this.#running.digest(canister);
    if (digest === undefined || this.options.blackBox) return statusOf(digest);
    return { ...statusOf(digest), balance: digest.balance };
  }

  get #running(): Engine {
    if (this.#engine === undefined) throw new Crash('no case has begun');
    return this.#engine;
  }

  #dispose(): void {
    this.#engine?.dispose();
    this.#engine = undefined;
    this.#created = 0;
    this.#ended = [];
  }
}
