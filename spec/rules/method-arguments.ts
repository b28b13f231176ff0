// table: clauses — canister-interface.md#method-arguments
import { chapter, must } from './rule.js';

export const methodArguments = chapter('method-arguments', 'canister-interface.md#method-arguments', {
  argument: must(['value'], 'In a method entry point msg_arg_data_* is the argument of the call.', {
    sameAs: ['public-methods/argument-on-demand'],
  }),
  'init-argument': must(['value'], 'In canister_init it is the argument of the installation.', {
    sameAs: ['initialization/argument'],
  }),
  'post-upgrade-argument': must(['value'], 'In canister_post_upgrade it is the argument of the upgrade.', {
    sameAs: ['upgrades/post-upgrade-argument'],
  }),
  'inspect-argument': must(['value'], 'In canister_inspect_message it is the argument of the message.'),
  'reply-is-argument': must(['value'], 'In a reply callback it is the reply.', {
    sameAs: ['callbacks/reply-argument', 'calls/reply-readable'],
  }),
  lifetime: must(
    ['value'],
    'The argument lives for one function execution: a callback does not see the argument of the method.',
  ),
  caller: must(['value'], 'msg_caller_* is the principal of the caller, a canister or a user.'),
  'caller-anonymous': must(['value'], 'The caller of an anonymous request is the principal 04.', {
    anchor: 'index.md#id-classes',
  }),
  'caller-of-install': must(
    ['value'],
    'During installation and upgrade (init, pre_upgrade, post_upgrade) the caller is who asked for it.',
  ),
  'caller-in-system-task': must(['value'], 'In a system task the caller is the management canister: the empty blob.'),
  'caller-in-callback': must(['value'], 'In a callback the caller is the caller of the call context.', {
    anchor: 'abstract-behavior.md#callback-invocation',
  }),
  'caller-info-empty-by-default': must(
    ['value'],
    'msg_caller_info_* are empty unless the caller was authenticated by a canister signature.',
  ),
  'caller-info-empty-for-canisters': must(['value'], 'msg_caller_info_* are empty when the caller is a canister.'),
  'caller-info-data': must(['value'], 'msg_caller_info_data_* is the data that the signing canister provided.'),
  'caller-info-signer': must(['value'], 'msg_caller_info_signer_* is the id of the signing canister.'),
  'caller-info-in-callback': must(['value'], 'In callbacks msg_caller_info_* are those of the call context.', {
    anchor: 'abstract-behavior.md#callback-invocation',
  }),
  'caller-info-traps': must(
    ['trap'],
    'msg_caller_info_* trap in init, post_upgrade, pre_upgrade, transform, (start) and system tasks.',
    {
      sameAs: [
        'availability/msg_caller_info_data_size',
        'availability/msg_caller_info_data_copy',
        'availability/msg_caller_info_signer_size',
        'availability/msg_caller_info_signer_copy',
      ],
    },
  ),
  'reject-code': must(['value'], 'In a reject callback msg_reject_code is the code of the reject.', {
    sameAs: ['calls/reject-readable'],
  }),
  'reject-code-in-cleanup': must(
    ['value'],
    'In the cleanup of a reject callback msg_reject_code is the code of the reject.',
  ),
  'reject-code-zero': must(['value'], 'In a reply callback, and in the cleanup of one, msg_reject_code is 0.'),
  'reject-message': must(['value'], 'msg_reject_msg_* is the reject message.', { sameAs: ['calls/reject-readable'] }),
  'reject-message-none': must(
    ['trap'],
    'msg_reject_msg_* trap where there is no reject message (the reject code is 0).',
  ),
  'deadline-value': must(
    ['value'],
    'msg_deadline in an update method and its callbacks, called with bounded wait: time of the call plus the timeout, in nanoseconds.',
  ),
  'deadline-zero-unbounded': must(['value'], 'msg_deadline is 0 for ingress messages and unbounded-wait calls.'),
  'deadline-zero-queries': must(
    ['value'],
    'msg_deadline is 0 in queries and composite queries, in replicated mode too.',
  ),
});
