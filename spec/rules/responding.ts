// table: clauses — canister-interface.md#responding
import { ambiguous, chapter, informative, must } from './rule.js';

export const responding = chapter('responding', 'canister-interface.md#responding', {
  'append-adds': must(
    ['response'],
    'msg_reply_data_append appends to the reply, which starts empty; it can be called any number of times.',
  ),
  'append-maximum': must(['trap'], 'msg_reply_data_append traps when the data exceeds the maximum response size.'),
  'append-maximum-which': ambiguous(19, ['trap'], 'Which maximum append functions test.', [
    'One maximum, at the append.',
    'A maximum that depends on the destination, so that the call fails later.',
  ]),
  'append-after-response': must(
    ['trap'],
    'msg_reply_data_append traps if the call has been, or need not be, responded to.',
  ),
  'append-after-earlier-response': ambiguous(
    16,
    ['trap'],
    'Append in a later execution of a call context that has responded.',
    [
      'It traps (interface text).',
      'It works, and the data is dropped: only a response of the current execution counts (abstract behaviour).',
    ],
  ),
  'buffer-discarded': must(['response'], 'Data that was appended and not replied is gone at the end of the execution.'),
  'reply-sends-buffer': must(['response'], 'msg_reply replies with the appended data; without any, with empty data.'),
  'reply-at-most-once': must(['trap'], 'A second msg_reply traps.', { sameAs: ['responding/reject-after-response'] }),
  'reply-once-for-success': must(['response'], 'Only a call of msg_reply makes the call succeed.'),
  'second-response-in-callback': ambiguous(17, ['trap', 'order'], 'A second response in a later callback.', [
    'It traps inside the system call; the cleanup runs (interface text).',
    'The execution fails after its return; no cleanup runs (abstract behaviour).',
  ]),
  'reject-message': must(['response'], 'msg_reject rejects the call with the text at src/size as message.'),
  'reject-code': must(['response', 'value'], 'The other side sees the reject code CANISTER_REJECT.'),
  'reject-bounds': must(['trap'], 'msg_reject traps if src + size exceeds the memory.', {
    sameAs: ['blobs/argument-bounds'],
  }),
  'reject-after-response': must(['trap'], 'msg_reject traps if the call has been, or need not be, responded to.', {
    sameAs: ['responding/reply-at-most-once'],
  }),
  'reject-utf8': must(['trap'], 'msg_reject traps if the text is not valid UTF-8.'),
  'reject-utf8-stored': ambiguous(18, ['trap', 'response'], 'msg_reject with text that is not UTF-8.', [
    'It traps (interface text).',
    'The text is stored (abstract behaviour).',
  ]),
  'reject-discards-data': must(['response'], 'Reply data appended before a msg_reject is discarded.'),
  'no-response-needed': must(
    ['trap'],
    'Where nobody waits for a response (system tasks and their callbacks) replying and rejecting trap.',
    {
      sameAs: ['heartbeat/no-response', 'global-timer/no-response'],
    },
  ),
  'at-most-one-response': must(['response'], 'A call gets at most one response.', {
    sameAs: ['call-contexts/one-response'],
  }),
  'refund-with-response': must(
    ['cycles'],
    'With the response all cycles of the call not accepted by then go back to the caller.',
    {
      sameAs: ['cycles/available-zero-after-response'],
      anchor: 'canister-interface.md#system-api-cycles',
    },
  ),
  'append-many': informative('Appending piece by piece saves copying within the canister.'),
});
