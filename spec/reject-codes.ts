// table: reject codes — https-interface.md#reject-codes

/** Why a call was rejected. Retry may help with SYS_TRANSIENT; after SYS_UNKNOWN the call may or may not have been processed. */
export const REJECT_CODES = {
  SYS_FATAL: 1,
  SYS_TRANSIENT: 2,
  DESTINATION_INVALID: 3,
  CANISTER_REJECT: 4,
  CANISTER_ERROR: 5,
  SYS_UNKNOWN: 6,
} as const;

/** What ic0.msg_reject_code gives when there is no reject. */
export const NO_REJECT = 0;
