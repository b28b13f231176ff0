// spec-shaped: ic0.canister_status — canister-interface.md#system-api-canister-status

import type { Execution } from '../execution.js';

/** 1: running, 2: stopping, 3: stopped. */
export function canisterStatus(es: Execution): bigint {
  // result
  switch (es.canister.status.kind) {
    case 'running':
      return 1n;
    case 'stopping':
      return 2n;
    case 'stopped':
      return 3n;
  }
}
