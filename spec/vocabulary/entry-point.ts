// table: the contexts of the import table and the entry points behind each letter — canister-interface.md#system-api-imports

/** Where a System API function may be invoked from, in the specification's letters; `s` is the (start) function. */
export const CONTEXTS = [
  'I', 'G', 'U', 'RQ', 'NRQ', 'TQ', 'CQ', 'Ry', 'Rt', 'CRy', 'CRt', 'C', 'CC', 'F', 'T', 's',
] as const; // prettier-ignore
export type Context = (typeof CONTEXTS)[number];

/**
 * Every way into a canister's code, finer than contexts: availability is a matter of entry points. `below` means that the
 * execution belongs to a canister other than the target of the query call.
 */
export const ENTRY_POINTS = {
  start: 's',
  canister_init: 'I',
  canister_post_upgrade: 'I',
  canister_pre_upgrade: 'G',
  canister_update: 'U',
  'canister_query replicated': 'RQ',
  canister_query: 'NRQ',
  'canister_query below': 'NRQ',
  'canister_query transform': 'TQ',
  canister_composite_query: 'CQ',
  'canister_composite_query below': 'CQ',
  'reply callback': 'Ry',
  'reject callback': 'Rt',
  'composite reply callback': 'CRy',
  'composite reject callback': 'CRt',
  'cleanup callback after reply': 'C',
  'cleanup callback after reject': 'C',
  'composite cleanup callback after reply': 'CC',
  'composite cleanup callback after reject': 'CC',
  canister_inspect_message: 'F',
  canister_heartbeat: 'T',
  canister_global_timer: 'T',
  canister_on_low_wasm_memory: 'T',
} as const satisfies Record<string, Context>;

export type EntryPoint = keyof typeof ENTRY_POINTS;

/** The letter under which the import table lists an entry point. */
export function contextOf(entryPoint: EntryPoint): Context {
  return ENTRY_POINTS[entryPoint];
}
