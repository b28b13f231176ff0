// table: import name to handler — canister-interface.md#system-api-imports
//
// Availability is not asked here: machine.ts derives it from the import table for every function alike.

import type { Execution } from '../execution.js';
import { msgArgDataSize } from './msg-arg-data-size.js';
import { msgArgDataCopy } from './msg-arg-data-copy.js';
import { msgCallerSize } from './msg-caller-size.js';
import { msgCallerCopy } from './msg-caller-copy.js';
import { msgCallerInfoDataSize } from './msg-caller-info-data-size.js';
import { msgCallerInfoDataCopy } from './msg-caller-info-data-copy.js';
import { msgCallerInfoSignerSize } from './msg-caller-info-signer-size.js';
import { msgCallerInfoSignerCopy } from './msg-caller-info-signer-copy.js';
import { msgRejectCode } from './msg-reject-code.js';
import { msgRejectMsgSize } from './msg-reject-msg-size.js';
import { msgRejectMsgCopy } from './msg-reject-msg-copy.js';
import { msgDeadline } from './msg-deadline.js';
import { msgReplyDataAppend } from './msg-reply-data-append.js';
import { msgReply } from './msg-reply.js';
import { msgReject } from './msg-reject.js';
import { msgCyclesAvailable128 } from './msg-cycles-available128.js';
import { msgCyclesRefunded128 } from './msg-cycles-refunded128.js';
import { msgCyclesAccept128 } from './msg-cycles-accept128.js';
import { cyclesBurn128 } from './cycles-burn128.js';
import { canisterSelfSize } from './canister-self-size.js';
import { canisterSelfCopy } from './canister-self-copy.js';
import { canisterCycleBalance128 } from './canister-cycle-balance128.js';
import { canisterLiquidCycleBalance128 } from './canister-liquid-cycle-balance128.js';
import { canisterStatus } from './canister-status.js';
import { canisterVersion } from './canister-version.js';
import { subnetSelfSize } from './subnet-self-size.js';
import { subnetSelfCopy } from './subnet-self-copy.js';
import { msgMethodNameSize } from './msg-method-name-size.js';
import { msgMethodNameCopy } from './msg-method-name-copy.js';
import { acceptMessage } from './accept-message.js';
import { callNew } from './call-new.js';
import { callOnCleanup } from './call-on-cleanup.js';
import { callDataAppend } from './call-data-append.js';
import { callWithBestEffortResponse } from './call-with-best-effort-response.js';
import { callCyclesAdd128 } from './call-cycles-add128.js';
import { callPerform } from './call-perform.js';
import { stable64Size } from './stable64-size.js';
import { stable64Grow } from './stable64-grow.js';
import { stable64Write } from './stable64-write.js';
import { stable64Read } from './stable64-read.js';
import { rootKeySize } from './root-key-size.js';
import { rootKeyCopy } from './root-key-copy.js';
import { certifiedDataSet } from './certified-data-set.js';
import { dataCertificatePresent } from './data-certificate-present.js';
import { dataCertificateSize } from './data-certificate-size.js';
import { dataCertificateCopy } from './data-certificate-copy.js';
import { time } from './time.js';
import { globalTimerSet } from './global-timer-set.js';
import { performanceCounter } from './performance-counter.js';
import { isController } from './is-controller.js';
import { inReplicatedExecution } from './in-replicated-execution.js';
import { costCall } from './cost-call.js';
import { costCreateCanister } from './cost-create-canister.js';
import { costHttpRequest } from './cost-http-request.js';
import { costSignWithEcdsa } from './cost-sign-with-ecdsa.js';
import { costSignWithSchnorr } from './cost-sign-with-schnorr.js';
import { costVetkdDeriveKey } from './cost-vetkd-derive-key.js';
import { envVarCount } from './env-var-count.js';
import { envVarNameSize } from './env-var-name-size.js';
import { envVarNameCopy } from './env-var-name-copy.js';
import { envVarNameExists } from './env-var-name-exists.js';
import { envVarValueSize } from './env-var-value-size.js';
import { envVarValueCopy } from './env-var-value-copy.js';
import { debugPrint } from './debug-print.js';
import { trap } from './trap.js';
import { msgCyclesAvailable } from './msg-cycles-available.js';
import { msgCyclesRefunded } from './msg-cycles-refunded.js';
import { msgCyclesAccept } from './msg-cycles-accept.js';
import { canisterCycleBalance } from './canister-cycle-balance.js';
import { callCyclesAdd } from './call-cycles-add.js';
import { stableSize } from './stable-size.js';
import { stableGrow } from './stable-grow.js';
import { stableWrite } from './stable-write.js';
import { stableRead } from './stable-read.js';

/**
 * Carries out a system call: arguments unsigned, as the import table types them; the result likewise (-1 stands for all bits set).
 * @throws WasmTrap
 */
type SystemApiHandler =
  | ((es: Execution, ...args: bigint[]) => bigint)
  | ((es: Execution, ...args: bigint[]) => void)
  | ((es: Execution, ...args: bigint[]) => never);

/** A handler for each function of the System API. */
export type SystemApiHandlers = Readonly<Record<string, SystemApiHandler>>;

export const SYSTEM_API_HANDLERS: SystemApiHandlers = {
  msg_arg_data_size: msgArgDataSize,
  msg_arg_data_copy: msgArgDataCopy,
  msg_caller_size: msgCallerSize,
  msg_caller_copy: msgCallerCopy,
  msg_caller_info_data_size: msgCallerInfoDataSize,
  msg_caller_info_data_copy: msgCallerInfoDataCopy,
  msg_caller_info_signer_size: msgCallerInfoSignerSize,
  msg_caller_info_signer_copy: msgCallerInfoSignerCopy,
  msg_reject_code: msgRejectCode,
  msg_reject_msg_size: msgRejectMsgSize,
  msg_reject_msg_copy: msgRejectMsgCopy,
  msg_deadline: msgDeadline,
  msg_reply_data_append: msgReplyDataAppend,
  msg_reply: msgReply,
  msg_reject: msgReject,
  msg_cycles_available128: msgCyclesAvailable128,
  msg_cycles_refunded128: msgCyclesRefunded128,
  msg_cycles_accept128: msgCyclesAccept128,
  cycles_burn128: cyclesBurn128,
  canister_self_size: canisterSelfSize,
  canister_self_copy: canisterSelfCopy,
  canister_cycle_balance128: canisterCycleBalance128,
  canister_liquid_cycle_balance128: canisterLiquidCycleBalance128,
  canister_status: canisterStatus,
  canister_version: canisterVersion,
  subnet_self_size: subnetSelfSize,
  subnet_self_copy: subnetSelfCopy,
  msg_method_name_size: msgMethodNameSize,
  msg_method_name_copy: msgMethodNameCopy,
  accept_message: acceptMessage,
  call_new: callNew,
  call_on_cleanup: callOnCleanup,
  call_data_append: callDataAppend,
  call_with_best_effort_response: callWithBestEffortResponse,
  call_cycles_add128: callCyclesAdd128,
  call_perform: callPerform,
  stable64_size: stable64Size,
  stable64_grow: stable64Grow,
  stable64_write: stable64Write,
  stable64_read: stable64Read,
  root_key_size: rootKeySize,
  root_key_copy: rootKeyCopy,
  certified_data_set: certifiedDataSet,
  data_certificate_present: dataCertificatePresent,
  data_certificate_size: dataCertificateSize,
  data_certificate_copy: dataCertificateCopy,
  time: time,
  global_timer_set: globalTimerSet,
  performance_counter: performanceCounter,
  is_controller: isController,
  in_replicated_execution: inReplicatedExecution,
  cost_call: costCall,
  cost_create_canister: costCreateCanister,
  cost_http_request: costHttpRequest,
  cost_sign_with_ecdsa: costSignWithEcdsa,
  cost_sign_with_schnorr: costSignWithSchnorr,
  cost_vetkd_derive_key: costVetkdDeriveKey,
  env_var_count: envVarCount,
  env_var_name_size: envVarNameSize,
  env_var_name_copy: envVarNameCopy,
  env_var_name_exists: envVarNameExists,
  env_var_value_size: envVarValueSize,
  env_var_value_copy: envVarValueCopy,
  debug_print: debugPrint,
  trap: trap,
  msg_cycles_available: msgCyclesAvailable,
  msg_cycles_refunded: msgCyclesRefunded,
  msg_cycles_accept: msgCyclesAccept,
  canister_cycle_balance: canisterCycleBalance,
  call_cycles_add: callCyclesAdd,
  stable_size: stableSize,
  stable_grow: stableGrow,
  stable_write: stableWrite,
  stable_read: stableRead,
};
