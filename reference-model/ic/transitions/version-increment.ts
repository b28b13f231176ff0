// spec-shaped: the system increments a canister version — canister-interface.md#system-api-canister-version

import type { Principal } from '../../../spec/vocabulary/brands.js';
import type { World } from '../world.js';

/** The canister version grows by one, and nothing else changes. */
export function bumpVersion(w: World, id: Principal): void {
  const canister = w.draft.canister(id);
  w.draft.put({ ...canister, version: canister.version + 1n });
}
