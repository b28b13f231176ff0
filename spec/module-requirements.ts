// table: names and bytes that a canister module is known by — canister-interface.md#system-api-module; its clauses are in spec/rules/

/** Names of exported functions, all of type () -> (), that the system invokes by themselves. */
export const SYSTEM_ENTRY_POINT_EXPORTS = [
  'canister_init',
  'canister_inspect_message',
  'canister_pre_upgrade',
  'canister_post_upgrade',
  'canister_heartbeat',
  'canister_on_low_wasm_memory',
  'canister_global_timer',
] as const;

/** The first bytes of a module that is unpacked as gzip — canister-interface.md#canister-module-format */
export const GZIP_PREFIX: readonly number[] = [0x1f, 0x8b, 0x08];
