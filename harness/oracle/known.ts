// plumbing: what is known beside the record of a transition — what was there before it, the modules, and what calls and rejects are about
import { parseModule, type CanisterModule, type InvalidModule } from '../../reference-model/index.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { REJECT_CAUSES, type RejectCause } from '../../spec/profiles/reject-causes.js';
import type { Hex, Principal } from '../../spec/vocabulary/brands.js';
import type { MessageId } from '../../spec/vocabulary/ids.js';
import type { CanisterDigest, NewMessage, Response, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { World } from './world.js';

type CallMessage = Extract<NewMessage, { kind: 'call' }>;

const CAUSES = new WeakMap<Profile, ReadonlyMap<string, RejectCause>>();

/** Why the system rejects, by the messages of a profile; of two with one message the first. */
function causesOf(profile: Profile): ReadonlyMap<string, RejectCause> {
  let causes = CAUSES.get(profile);
  if (causes === undefined) {
    const inOrder = Object.keys(REJECT_CAUSES) as readonly RejectCause[];
    causes = new Map(inOrder.map((cause) => [profile.rejectMessages[cause], cause] as const).reverse());
    CAUSES.set(profile, causes);
  }
  return causes;
}

/** For the report alone, which says what was put to the test: no verdict depends on it. Modules are read by the model. */
export class Known {
  readonly #calls = new Map<MessageId, CallMessage>();
  readonly #byHash = new Map<Hex, CanisterModule>();

  constructor(
    private readonly world: World,
    private readonly profile: Profile,
    private readonly modules: readonly Uint8Array[],
  ) {}

  /** A canister before the transition; undefined where it does not exist. */
  before(canister: Principal): CanisterDigest | undefined {
    return this.world.canister(canister);
  }

  /** A module of the scenario, or why it is none; undefined where there is no such module. */
  uploaded(index: number): CanisterModule | InvalidModule | undefined {
    const bytes = this.modules[index];
    if (bytes === undefined) return undefined;
    const module = parseModule(this.profile, bytes);
    if (!('invalid' in module)) this.#byHash.set(module.hash, module);
    return module;
  }

  /** The module that a canister had before the transition. */
  moduleOf(canister: Principal): CanisterModule | undefined {
    const hash = this.before(canister)?.moduleHash;
    return hash === undefined ? undefined : this.#byHash.get(hash);
  }

  /** A call that a canister made. */
  call(id: MessageId): CallMessage | undefined {
    return this.#calls.get(id);
  }

  /** Why the system rejected; undefined for replies, and where a canister did. */
  why(response: Response): RejectCause | undefined {
    return response.kind === 'reject' ? causesOf(this.profile).get(response.message) : undefined;
  }

  /** Takes over what a transition brought. */
  learn({ messages }: TransitionRecord): void {
    for (const message of messages) if (message.kind === 'call') this.#calls.set(message.id, message);
  }
}
