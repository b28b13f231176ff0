// table: why the system rejects a call, with the reject code and message that our profiles use
import { REJECT_CODES } from '../reject-codes.js';

/** Codes are the profiles' reading; spec tier accepts what docs/ambiguities.md lists. Messages are never part of the specification. */
export const REJECT_CAUSES = {
  'no-such-canister': { code: REJECT_CODES.DESTINATION_INVALID, message: 'Canister not found' },
  'empty-canister': { code: REJECT_CODES.CANISTER_ERROR, message: 'Canister contains no Wasm module' },
  'no-such-method': { code: REJECT_CODES.CANISTER_ERROR, message: 'Canister has no such method' },
  'not-running': { code: REJECT_CODES.CANISTER_ERROR, message: 'Canister is not running' },
  frozen: { code: REJECT_CODES.SYS_TRANSIENT, message: 'Canister is out of cycles' },
  'insufficient-cycles-attached': { code: REJECT_CODES.CANISTER_ERROR, message: 'Call has too few cycles attached' },
  trapped: { code: REJECT_CODES.CANISTER_ERROR, message: 'Canister trapped' },
  'did-not-respond': { code: REJECT_CODES.CANISTER_ERROR, message: 'Canister did not respond' },
  uninstalled: { code: REJECT_CODES.CANISTER_REJECT, message: 'Canister has been uninstalled' },
  'out-of-cycles': {
    code: REJECT_CODES.CANISTER_REJECT,
    message: 'Canister has been uninstalled: it ran out of cycles',
  },
  expired: { code: REJECT_CODES.SYS_UNKNOWN, message: 'Call has expired' },
  spontaneous: { code: REJECT_CODES.SYS_TRANSIENT, message: 'System is overloaded' },
  'query-graph': {
    code: REJECT_CODES.CANISTER_ERROR,
    message: 'Composite query exceeds the instructions of its call graph',
  },
  'query-depth': {
    code: REJECT_CODES.CANISTER_ERROR,
    message: 'Composite query calls beyond the depth of its call graph',
  },
  'not-a-controller': { code: REJECT_CODES.CANISTER_ERROR, message: 'Caller is not a controller of the canister' },
  'invalid-module': { code: REJECT_CODES.CANISTER_ERROR, message: 'Invalid Wasm module' },
  'not-empty': { code: REJECT_CODES.CANISTER_ERROR, message: 'Canister already has code' },
  'install-trapped': { code: REJECT_CODES.CANISTER_ERROR, message: 'Canister trapped while its code was installed' },
  'invalid-settings': { code: REJECT_CODES.CANISTER_ERROR, message: 'Invalid settings' },
  'not-stopped': { code: REJECT_CODES.CANISTER_ERROR, message: 'Canister must be stopped' },
  /** A call to the management canister with a method or argument that the profile does not offer. */
  'management-method': { code: REJECT_CODES.CANISTER_ERROR, message: 'Management canister has no such method' },
  'management-argument': {
    code: REJECT_CODES.CANISTER_ERROR,
    message: 'Management canister cannot decode the argument',
  },
} as const;

export type RejectCause = keyof typeof REJECT_CAUSES;
