// table: clauses — canister-interface.md#system-api-cycles
import { ambiguous, chapter, informative, may, must } from './rule.js';

const CALL = 'canister-interface.md#system-api-call';
const AB = 'abstract-behavior.md#rule-message-execution';

export const cycles = chapter('cycles', 'canister-interface.md#system-api-cycles', {
  conserved: must(
    ['cycles'],
    'Nothing creates cycles: what was put in is in balances, calls, reserves, or was burned, charged or lost.',
    {
      anchor: AB,
    },
  ),
  '128-bit': must(['value'], 'Cycles are 128-bit numbers.'),
  'little-endian': must(['value'], 'An amount written to dst takes 16 bytes, little-endian.', {
    anchor: 'canister-interface.md#system-api-imports',
  }),
  'may-change': may(['cycles'], 'The balance may change between executions and at each system call.'),
  'costs-not-specified': informative('Which action costs how much is not part of the specification.'),
  balance: must(
    ['cycles'],
    'canister_cycle_balance* is the balance less what is reserved for the execution and performed calls and what is attached.',
    {
      sameAs: ['cycles/balance-64'],
    },
  ),
  'balance-64': must(['cycles'], 'canister_cycle_balance gives the same value as canister_cycle_balance128.', {
    sameAs: ['cycles/balance'],
  }),
  'balance-64-traps': must(['trap'], 'canister_cycle_balance traps at 2^64 and above.'),
  'destination-bounds': must(['trap'], 'Functions that write an amount trap if dst + 16 exceeds the memory.', {
    sameAs: ['blobs/copy-destination-bounds'],
    anchor: 'abstract-behavior.md#system-imports',
  }),
  'no-trap-or-bounds': ambiguous(4, ['trap'], 'msg_cycles_accept128 and cycles_burn128 with dst out of bounds.', [
    'They do not trap (interface text).',
    'They trap (abstract behaviour), and nothing is accepted or burned.',
  ]),
  'unused-reserve-returns': may(['cycles'], 'What was reserved for the execution and not used may come back after it.'),
  'liquid-at-most-balance': must(['cycles'], 'The liquid balance is at most the balance.'),
  'liquid-attachable': must(['cycles'], 'The liquid balance can be attached to a call while memory does not grow.'),
  available: must(['value'], 'msg_cycles_available* is what came with the call and is still there.', {
    sameAs: ['cycles/available-64'],
  }),
  'available-64': must(['value'], 'msg_cycles_available gives the same value as msg_cycles_available128.', {
    sameAs: ['cycles/available'],
  }),
  'available-initially': must(
    ['value'],
    'In a method entry point it is the amount that the caller attached; 0 for ingress.',
  ),
  'available-after-accept': must(['value'], 'Accepting lowers it by what was accepted.'),
  'available-zero-after-response': must(['value'], 'After the response it is 0.', {
    sameAs: ['responding/refund-with-response'],
  }),
  'available-in-callback': must(['value'], 'A callback sees what the call context still holds.', { anchor: AB }),
  'available-64-traps': must(['trap'], 'msg_cycles_available traps at 2^64 and above.'),
  'accept-moves': must(
    ['cycles', 'value'],
    'msg_cycles_accept* moves cycles from the call to the balance and says how many.',
    {
      sameAs: ['cycles/accept-64'],
    },
  ),
  'accept-64': must(['cycles', 'value'], 'msg_cycles_accept does the same as msg_cycles_accept128.', {
    sameAs: ['cycles/accept-moves'],
  }),
  'accept-at-most-asked': must(['value'], 'It moves no more than asked.'),
  'accept-at-most-available': must(['value'], 'It moves no more than available.'),
  'accept-as-many-as-possible': must(['value'], 'It moves as many as these bounds allow.'),
  'accept-many-times': must(['value'], 'It can be called many times.'),
  'accept-does-not-trap': must(['trap'], 'msg_cycles_accept does not trap, whatever the amount (2^64 - 1 too).'),
  'accept-after-response': must(['value'], 'After the response nothing is left to accept: 0.'),
  'burn-at-most-asked': must(['value'], 'cycles_burn128 burns no more than asked.'),
  'burn-at-most-liquid': must(['value'], 'It burns no more than the liquid balance.'),
  'burn-as-many-as-possible': must(['value'], 'It burns as many as these bounds allow.'),
  'burn-many-times': must(['value'], 'It can be called many times.'),
  'burn-reports': must(['value'], 'It writes the amount that was burned to dst.'),
  'burn-leaves-balance': ambiguous(28, ['cycles'], 'Burned cycles.', [
    'They leave the balance (interface text).',
    'The new balance does not count them (formula of the abstract behaviour).',
  ]),
  refunded: must(['value'], 'msg_cycles_refunded* is what came back with the response.', {
    sameAs: ['cycles/refunded-64'],
  }),
  'refunded-64': must(['value'], 'msg_cycles_refunded gives the same value as msg_cycles_refunded128.', {
    sameAs: ['cycles/refunded'],
  }),
  'refunded-in-balance': must(['cycles'], 'The refund is already in the balance when the callback runs.'),
  'refunded-64-traps': must(['trap'], 'msg_cycles_refunded traps at 2^64 and above.'),
  'accepted-plus-refunded': must(
    ['cycles'],
    'Accepted plus refunded is what was attached, unless the answer is SYS_UNKNOWN.',
    {
      anchor: AB,
    },
  ),
  'add-moves': must(
    ['cycles', 'value'],
    'call_cycles_add* moves cycles from the balance to the call under construction.',
    {
      sameAs: ['cycles/add-64'],
      anchor: CALL,
    },
  ),
  'add-64': must(['cycles', 'value'], 'call_cycles_add does the same as call_cycles_add128.', {
    sameAs: ['cycles/add-moves'],
    anchor: CALL,
  }),
  'add-deducted-at-once': must(
    ['value'],
    'They are out of the balance as canister_cycle_balance128 shows it at once.',
    { anchor: CALL },
  ),
  'add-returns-on-failure': must(
    ['cycles', 'value'],
    'They come back when call_perform fails, at call_new, and when the execution returns without call_perform.',
    {
      anchor: CALL,
    },
  ),
  'add-many-times': must(['value'], 'It can be called many times; the amounts add up.', { anchor: CALL }),
  'add-outside-builder': must(['trap'], 'It traps without a call under construction.', {
    sameAs: ['calls/builder-after-perform'],
    anchor: CALL,
  }),
  'add-over-liquid': must(['trap'], 'It traps above the liquid balance.', { anchor: CALL }),
  saturates: must(['cycles'], 'A balance does not go above 2^128 - 1 and does not wrap.', {
    anchor: 'index.md#canister-cycles',
  }),
});
