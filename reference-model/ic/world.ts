// plumbing: what a transition works with: the state that it is writing, the record of what happened, and the parts of the model

import type { Profile } from '../../spec/profiles/profile.js';
import type { ExecutionRecord, NewMessage, Response as ResponseRecord } from '../../spec/vocabulary/record.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { RequestId } from '../../spec/vocabulary/ids.js';
import { REJECT_CAUSES } from '../../spec/profiles/reject-causes.js';
import type { Assembly } from './assembly.js';
import type { Draft } from './draft.js';
import type { Machine } from './machine.js';
import type { Response } from './state.js';
import { toHex } from './text.js';

export interface World {
  readonly profile: Profile;
  readonly assembly: Assembly;
  readonly machine: Machine;
  /** Modules of the scenario, as uploaded. */
  readonly modules: readonly Uint8Array[];
  readonly draft: Draft;
  readonly log: TransitionLog;
}

/** What happened in a transition, as it is reported. */
export class TransitionLog {
  readonly executions: ExecutionRecord[] = [];
  readonly messages: NewMessage[] = [];
  readonly ended: { request: RequestId; response: ResponseRecord }[] = [];
  /** Canisters that ran out of cycles in this transition. */
  readonly outOfCycles = new Set<Principal>();
}

/** The reject that the system makes for a cause, with another code where one is given. */
export function rejectFor(profile: Profile, cause: RejectCause, code: number = REJECT_CAUSES[cause].code): Response {
  return { kind: 'reject', code, message: profile.rejectMessages[cause] };
}

/** A response as it is reported. */
export function reported(response: Response): ResponseRecord {
  return response.kind === 'reply' ? { kind: 'reply', data: toHex(response.data) } : response;
}

/** A reply with no data. */
export const EMPTY_REPLY: Response = { kind: 'reply', data: new Uint8Array() };
