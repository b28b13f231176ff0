// spec-shaped: which contexts are replicated execution — canister-interface.md#system-api-replicated-execution-check

import type { Context } from '../../../../spec/vocabulary/entry-point.js';

/** Contexts in which all nodes of the subnet run the code. */
export const REPLICATED: ReadonlySet<Context> = new Set<Context>(['s', 'I', 'G', 'U', 'RQ', 'Ry', 'Rt', 'C', 'T']);
